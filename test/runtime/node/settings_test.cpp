#include "runtime/node/settings.hpp"

#include "support/expect.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

std::string error_of(const std::string& ini, const overrides& changes = {}) {
  test::temp_dir dir;
  auto path = dir.write("fog.ini", ini);
  auto result = read_settings(path, node_options(tier::fog), changes);
  if (result)
    return "accepted";
  auto text = describe(result.error());
  auto at = text.find(path);
  return at == std::string::npos ? text
                                 : text.replace(at, path.size(), "fog.ini");
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_tests)

BOOST_AUTO_TEST_CASE(a_number_that_would_be_octal_is_refused_by_name) {
  for (auto ini : {"[node]\nport=05000\n", "[node]\nport = 05000 ; five\n",
                   "[node]\nport=-05\n", "[vars]\nxs=[1, 05000]\n",
                   "[vars]\nxs=[1,\n05000]\n", "[node]\ngrace=010s\n"}) {
    auto text = error_of(ini);
    BOOST_TEST(text.find("octal") != std::string::npos, text);
    BOOST_TEST(text.find("fog.ini, line ") != std::string::npos, text);
  }
  BOOST_TEST(error_of("[node]\nport=05000\n").find("line 2: 05000")
             != std::string::npos);
  auto text = error_of("", {{"node.port", "05000"}});
  BOOST_TEST(text.find("--node.port=05000: 05000") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_nought_elsewhere_is_no_octal_number) {
  for (auto ini :
       {"[node]\nport=0\n", "[node]\nport=5000\n", "[vars]\nx=0.05\n",
        "[vars]\nx=1e05\n", "[vars]\nx=\"05000\"\n", "[vars]\nx05=1\n",
        "[vars]\nx=[10, 0]\n", "[node]\nport=1 ; was 05\n", "[vars]\nx=0x05\n"})
    BOOST_TEST(error_of(ini) == "accepted", ini);
  BOOST_TEST(error_of("", {{"node.name", "007"}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_command_line_wins_over_the_file_and_it_over_defaults) {
  test::temp_dir dir;
  auto path = dir.write("fog.ini", R"(
[node]
name = "fog-7" ; a comment
port = 5000
grace = 3s
[scheduler]
policy = "stealing"
[vars]
cameras = ["a", "b"]
depth = 3
)");
  auto x = read_settings(path, node_options(tier::fog),
                         {{"node.port", "5001"},
                          {"node.cloud", "10.0.0.1:4712"},
                          {"vars.fast", "true"}});
  BOOST_TEST_REQUIRE(test::why(x) == "");
  BOOST_TEST(x->get<std::string>("node", "name") == "fog-7");
  BOOST_TEST(x->get<int>("node", "port") == 5001);
  BOOST_TEST(x->get<std::string>("node", "cloud") == "10.0.0.1:4712");
  BOOST_TEST(x->get<std::string>("node", "backend") == "127.0.0.1:4713");
  BOOST_TEST((x->get<caf::timespan>("node", "grace") == 3s));
  BOOST_TEST(x->get<std::string>("scheduler", "policy") == "stealing");
  BOOST_TEST(x->values()["vars"]["cameras"][1] == "b");
  BOOST_TEST(x->values()["vars"]["depth"] == 3);
  BOOST_TEST(x->values()["vars"]["fast"] == true);
}

BOOST_AUTO_TEST_CASE(each_wrong_configuration_gets_its_one_line) {
  const std::pair<const char*, const char*> cases[] = {
    {"[nod]\nname=\"x\"\n", "bad_config: fog.ini: unknown group [nod]; known: "
                            "fog, gateway, log, node, notify, "
                            "openssl, scheduler, store, traces, vars, zoo"},
    {"[node]\nnmae=\"x\"\n",
     "bad_config: fog.ini: [node]: unknown key \"nmae\"; known: name, host, "
     "port, advertise, topology, network, grace, cloud, backend, secret, "
     "max_message"},
    {"[node]\nport=70000\n",
     "bad_config: fog.ini: [node]: port = 70000 is not allowed; write an "
     "integer from 0 to 65535"},
    {"[node]\nport=-1\n",
     "bad_config: fog.ini: [node]: port = -1 is not allowed; write an integer "
     "from 0 to 65535"},
    {"[node]\nport=\"4711\"\n",
     "bad_config: fog.ini: [node]: port = \"4711\" is not allowed; write an "
     "integer from 0 to 65535"},
    {"[node]\nport=47.11\n",
     "bad_config: fog.ini: [node]: port = 47.11 is not allowed; write an "
     "integer from 0 to 65535"},
    {"[node]\nname=7\n",
     "bad_config: fog.ini: [node]: name = 7 is not allowed; write text"},
    {"[node]\ngrace=5\n",
     "bad_config: fog.ini: [node]: grace = 5 is not allowed; write a duration "
     "such as 250ms from 1 to 3600 s"},
    {"[node]\ngrace=2h\n",
     "bad_config: fog.ini: [node]: grace = \"2h\" is not allowed; write a "
     "duration such as 250ms from 1 to 3600 s"},
    {"[node]\nnetwork=\"wlan\"\n",
     "bad_config: fog.ini: [node]: network = \"wlan\" is not allowed; write "
     "one of wan, lan"},
    {"[log]\nlevel=\"loud\"\n",
     "bad_config: fog.ini: [log]: level = \"loud\" is not allowed; write one "
     "of info, debug, warning, error"},
    {"[log]\nformat=true\n",
     "bad_config: fog.ini: [log]: format = true is not allowed; write one of "
     "text, json"},
    {"[scheduler]\nmax-threads=5000\n",
     "bad_config: fog.ini: [scheduler]: max-threads = 5000 is not allowed; "
     "write an integer from 0 to 1024"},
    {"[openssl]\ncapath=\"x\"\n",
     "bad_config: fog.ini: [openssl]: unknown key \"capath\"; known: "
     "folder, certificate, key, cafile, revoked, without_role"},
    {"# comment\n[node]\n",
     "bad_config: fog.ini: syntax error in line 1, column 1; write [group], "
     "then key=value, text in \"\", ; comments"},
    {"[node]\nname=\"x\n",
     "bad_config: fog.ini: syntax error in line 3, column 1; write [group], "
     "then key=value, text in \"\", ; comments"},
    {"name=\"x\"\n", "bad_config: fog.ini: \"name\" stands outside of a group"},
  };
  for (const auto& [ini, expected] : cases)
    BOOST_TEST(error_of(ini) == expected);
}

BOOST_AUTO_TEST_CASE(each_wrong_option_gets_its_one_line) {
  BOOST_TEST(error_of("", {{"node.prot", "1"}})
             == "bad_config: [node]: unknown key \"prot\"; known: name, host, "
                "port, advertise, topology, network, grace, cloud, backend, "
                "secret, max_message");
  BOOST_TEST(error_of("", {{"port", "1"}})
             == "bad_config: command line: unknown option --port; write "
                "--group.key=value, groups: fog, gateway, log, node, notify, "
                "openssl, scheduler, store, traces, vars, zoo");
  BOOST_TEST(error_of("", {{"node.port", "high"}})
             == "bad_config: [node]: port = \"high\" is not allowed; write an "
                "integer from 0 to 65535");
  BOOST_TEST(error_of("", {{"node.name", "7"}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_file_of_another_system_is_read) {
  BOOST_TEST(error_of("\xEF\xBB\xBF[node]\r\nname=\"x\"\r\n\r\nport=1\r\n")
             == "accepted");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_refused) {
  BOOST_TEST(error_of("[node]\nport=1\n[log]\nlevel=\"info\"\n"
                      "[node]\n port = 2\n")
             == "bad_config: fog.ini: [node]: \"port\" stands in line 2 and "
                "again in line 6; leave out one");
  BOOST_TEST(error_of("[vars]\na=\"x ; b=1\"\nb=[\n1,\n2]\n"
                      "c={ a=1 }\n; b=2\n[log]\n")
             == "accepted");
}

BOOST_AUTO_TEST_CASE(a_missing_file_and_a_folder_are_named) {
  for (std::string path : {"/nonexistent/x.ini", "/"}) {
    auto x = read_settings(path, node_options(tier::fog), {});
    BOOST_REQUIRE(!x);
    BOOST_TEST(describe(x.error())
               == "io: failed to read " + path
                    + ": no such file, or no permission; name it with "
                      "--config-file=");
  }
}

BOOST_AUTO_TEST_CASE(a_dumped_configuration_is_read_back_as_it_was) {
  test::temp_dir dir;
  for (auto x : {tier::client, tier::fog, tier::cloud, tier::backend}) {
    auto first = read_settings("", node_options(x), {{"vars.list", "[1, 2]"}});
    BOOST_REQUIRE(first);
    auto path = dir.write("dump.ini", to_ini(*first));
    auto second = read_settings(path, node_options(x), {});
    BOOST_TEST_REQUIRE(test::why(second) == "");
    BOOST_TEST(first->values() == second->values());
  }
}

BOOST_AUTO_TEST_CASE(the_shipped_files_hold_every_key_with_its_default) {
  std::map<std::string, std::vector<option>> files{{"vpaas", tool_options()}};
  for (auto x : {tier::client, tier::fog, tier::cloud, tier::backend})
    files[to_string(x)] = node_options(x);
  for (const auto& [name, options] : files) {
    std::ifstream in{"config/" + name + ".ini"};
    std::string shipped{std::istreambuf_iterator<char>{in}, {}};
    auto defaults = read_settings("", options, {});
    BOOST_TEST_REQUIRE(test::why(defaults) == "");
    BOOST_TEST(shipped == to_ini(*defaults), "config/" + name + ".ini differs");
  }
}

BOOST_AUTO_TEST_SUITE_END()
