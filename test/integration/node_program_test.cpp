#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

using namespace vpaas;
using nlohmann::json;

using test::ask_until;
using test::run;
using test::running_node;

BOOST_AUTO_TEST_SUITE(node_program_tests)

BOOST_AUTO_TEST_CASE(nodes_find_each_other_and_can_be_looked_into) {
  running_node backend{"backend", {}};
  running_node cloud{"cloud", {"--node.backend=" + backend.address}};
  running_node fog{
    "fog",
    {"--node.backend=" + backend.address, "--node.cloud=" + cloud.address}};
  BOOST_TEST(ask_until("fog-1/cloud_link --nodes=" + fog.address,
                       [](const json& x) { return x["state"] == "up"; }));
  // One address is enough: nodes know each other.
  BOOST_TEST(ask_until("--nodes=" + backend.address,
                       [](const json& x) { return x.size() == 3; }));
  BOOST_TEST(ask_until("fog-1 --nodes=" + fog.address, [](const json& x) {
    return x.size() == 12 && x[0]["path"].get<std::string>().empty()
           && x[2]["path"] == "cloud_link" && x[2]["state"] == "ready";
  }));
  BOOST_TEST(cloud.stop() == 0);
  BOOST_TEST(ask_until("fog-1/cloud_link --nodes=" + fog.address,
                       [](const json& x) { return x["state"] != "up"; }));
  BOOST_TEST(fog.stop() == 0);
  BOOST_TEST(backend.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_cloud_starts_as_many_decoders_as_it_is_told) {
  running_node cloud{"cloud", {"--cloud.decoders=3"}};
  BOOST_TEST(ask_until("cloud-1 --nodes=" + cloud.address, [](const json& x) {
    std::vector<std::string> ready;
    for (auto& y : x)
      if (y["state"] == "ready")
        ready.push_back(y["path"]);
    return ready
           == std::vector<std::string>{"",
                                       "bulk_receiver",
                                       "backend_link",
                                       "chunk_decoder-1",
                                       "chunk_decoder-2",
                                       "chunk_decoder-3",
                                       "detectors",
                                       "region_filter",
                                       "paster",
                                       "runner",
                                       "model_cache"};
  }));
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_CASE(weights_that_are_missing_end_the_node_with_the_cause) {
  test::temp_dir dir;
  auto log = dir.path("log");
  auto x = run("vpaas-cloud", "--node.port=0 --cloud.detector=no-such-model "
                              "--log.file="
                                + log);
  BOOST_TEST(x.status == 1);
  std::ifstream in{log};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST(text.find("failed to start child \"detectors\"")
             != std::string::npos);
  BOOST_TEST(text.find("no-such-model") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(with_certificates_nodes_talk_to_their_own_only) {
  test::temp_dir dir;
  auto certs = dir.path("certs");
  BOOST_TEST(run("vpaas", "certs init --dir=" + certs).status == 0);
  BOOST_TEST(
    run("vpaas", "certs issue fog-1 cloud-1 operator --dir=" + certs).status
    == 0);
  auto tls = [&](const std::string& name) {
    return test::tls_options(certs, name);
  };
  running_node cloud{"cloud", tls("cloud-1")};
  auto options = tls("fog-1");
  options.push_back("--node.cloud=" + cloud.address);
  running_node fog{"fog", options};
  std::string words;
  for (const auto& x : tls("operator"))
    words += " " + x;
  BOOST_TEST(ask_until("fog-1/cloud_link --nodes=" + fog.address + words,
                       [](const json& x) { return x["state"] == "up"; }));
  auto stranger = run("vpaas",
                      "inspect --tool.timeout=2s --nodes=" + fog.address);
  BOOST_TEST(stranger.status == 1);
  BOOST_TEST(stranger.text.find("no node answers") != std::string::npos,
             stranger.text);
  BOOST_TEST(ask_until("--nodes=" + fog.address + words,
                       [](const json& x) { return x.size() == 2; }));
  BOOST_TEST(fog.stop() == 0);
  BOOST_TEST(cloud.stop() == 0);
}

// Each `inspect` probes a port and hangs up: CAF took that for an error of the
// next connection that it looked at.
BOOST_AUTO_TEST_CASE(who_hangs_up_costs_no_other_tls_connection) {
  test::temp_dir dir;
  auto certs = dir.path("certs");
  BOOST_TEST(run("vpaas", "certs init --dir=" + certs).status == 0);
  BOOST_TEST(
    run("vpaas", "certs issue fog-1 cloud-1 operator --dir=" + certs).status
    == 0);
  running_node cloud{"cloud", test::tls_options(certs, "cloud-1")};
  auto options = test::tls_options(certs, "fog-1");
  options.push_back("--node.cloud=" + cloud.address);
  running_node fog{"fog", options};
  auto ask = "fog-1/cloud_link --nodes=" + fog.address;
  for (const auto& x : test::tls_options(certs, "operator"))
    ask += " " + x;
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(
      ask_until(ask, [](const json& x) { return x["state"] == "up"; }));
  BOOST_TEST(ask_until(ask, [](const json& x) {
    BOOST_TEST(x["details"]["reconnects"] == 0);
    return true;
  }));
}

BOOST_AUTO_TEST_CASE(a_wrong_start_ends_with_one_line_and_status_1) {
  test::temp_dir dir;
  auto topology = dir.write("x.lua", "node.supervise {\n{ kind = 'camra' } }");
  const std::pair<std::string, std::string> cases[] = {
    {"--config-file=/nonexistent.ini",
     "vpaas-fog: failed to read /nonexistent.ini: no such file, or no "
     "permission; name it with --config-file=\n"},
    {"--node.port=70000", "vpaas-fog: [node]: port = 70000 is not allowed; "
                          "write an integer from 0 to 65535\n"},
    {"--nod.port=1",
     "vpaas-fog: command line: unknown option --nod.port; write "
     "--group.key=value, groups: fog, gateway, log, node, notify, openssl, "
     "scheduler, store, traces, vars, zoo\n"},
    {"--verbose", "vpaas-fog: unknown option --verbose; see --help\n"},
    {"start", "vpaas-fog: unknown word \"start\"; see --help\n"},
    {"--node.host=0.0.0.0",
     "vpaas-fog: node.host = \"0.0.0.0\": without TLS a node listens on "
     "loopback only; set [openssl] (vpaas certs makes the files) or "
     "host=\"127.0.0.1\"\n"},
    {"--openssl.key=x.key",
     "vpaas-fog: openssl.certificate is missing; TLS needs certificate, key "
     "and cafile, or none of them\n"},
    {"--node.name=../fog-1",
     "vpaas-fog: node.name = \"../fog-1\" is not allowed; write at most 64 "
     "letters, digits, -, _ and ., beginning with no .\n"},
    {"--node.name=", "vpaas-fog: node.name = \"\" is not allowed; write at "
                     "most 64 letters, digits, -, _ and ., beginning with no "
                     ".\n"},
    {"--openssl.folder=/nowhere", "vpaas-fog: failed to load openssl.key "
                                  "/nowhere/fog-1.key: No such file or "
                                  "directory; make one with vpaas certs\n"},
    {"--check --store.ledger=mysql://x",
     "vpaas-fog: failed to read the connection \"mysql://x\": unknown; write "
     "sqlite3://FILE or postgresql://host=... dbname=... user=...\n"},
    {"--node.cloud=nowhere", "vpaas-fog: [node]: cloud = \"nowhere\" is not "
                             "allowed; write host:port\n"},
    {"--node.topology=" + topology,
     "vpaas-fog: " + topology
       + ":1: child \"camra\": no kind \"camra\" on this node; known: "
         "supervisor, collector, bulk_receiver, cloud_link, backend_link, "
         "camera, "
         "decoder, encoder, forwarder, trigger, box_follower, renderer, "
         "backup_detector, classifier, second_look, model_cache, "
         "user_function, ledger, "
         "results, "
         "chunk_spool, clip_store, stream, result_functions, window, "
         "coordinator, policy_cache, "
         "here_link, data_store, monitor, gateway, webhook, mqtt, "
         "trace_exporter, "
         "data_collector, trainer\n"},
    {"--node.topology=/nonexistent.lua",
     "vpaas-fog: failed to read topology /nonexistent.lua: No such file or "
     "directory; set node.topology\n"},
  };
  for (const auto& [options, expected] : cases) {
    auto x = run("vpaas-fog", options);
    BOOST_TEST(x.status == 1, options);
    BOOST_TEST(x.text == expected);
  }
}

BOOST_AUTO_TEST_CASE(check_looks_at_what_the_configuration_names) {
  test::temp_dir dir;
  auto check = [&](const std::string& options) {
    return run("vpaas-fog", "--check --config-file="
                              + dir.write("my.ini", "[fog]\nheads=\"\"\n") + " "
                              + options);
  };
  auto good = check("--store.folder=" + dir.path("new"));
  BOOST_TEST(good.text
             == "configuration, topology, TLS and what they name are good\n");
  BOOST_TEST(!std::filesystem::exists(dir.path("new")));
  auto broken = dir.write("ledger.db", std::string(4096, 'x'));
  auto bad = check("--store.ledger=" + broken);
  BOOST_TEST(bad.status == 1);
  BOOST_TEST(bad.text.find("vpaas-fog: failed to open the ledger " + broken)
               == 0u,
             bad.text);
  auto lacking = check("--fog.backup=no-such-model");
  BOOST_TEST(lacking.status == 1);
  BOOST_TEST(lacking.text.find("no-such-model") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(check_warns_of_a_key_that_others_can_read) {
  test::temp_dir dir;
  auto certs = dir.path("certs");
  BOOST_TEST(run("vpaas", "certs init --dir=" + certs).status == 0);
  BOOST_TEST(run("vpaas", "certs issue fog-1 --dir=" + certs).status == 0);
  auto check = [&] {
    return run("vpaas-fog", "--check --fog.classifier= --fog.backup=null "
                            "--openssl.folder="
                              + certs)
      .text;
  };
  auto good = "configuration, topology, TLS and what they name are good\n";
  BOOST_TEST(check() == good);
  using std::filesystem::perms;
  auto key = certs + "/fog-1.key";
  std::filesystem::permissions(key, perms::group_read,
                               std::filesystem::perm_options::add);
  BOOST_TEST(check()
             == "warning: " + key + " can be read by others; chmod 600 " + key
                  + "\n" + good);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_ends_the_second_node) {
  running_node first{"backend", {}};
  auto port = first.address.substr(first.address.rfind(':') + 1);
  auto x = run("vpaas-backend", "--log.file=/dev/null --node.port=" + port);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("vpaas-backend: failed to listen on 127.0.0.1:" + port)
               == 0u,
             x.text);
  BOOST_TEST(first.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_tree_that_cannot_start_ends_the_node) {
  test::temp_dir dir;
  auto topology = dir.write("x.lua", "node.supervise { { kind = 'echo', node = "
                                     "'nowhere' } }");
  auto x = run("vpaas-fog", "--node.port=0 --log.file=/dev/null "
                            "--node.topology="
                              + topology);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text
             == "fog-1: the tree of this node ended; the log says why\n");
}

BOOST_AUTO_TEST_CASE(every_program_helps_and_names_its_version) {
  for (auto name :
       {"vpaas", "vpaas-client", "vpaas-fog", "vpaas-cloud", "vpaas-backend"})
    for (auto option : {"--help", "--version"})
      BOOST_TEST(run(name, option).status == 0, name);
  for (auto verb : {"inspect", "results", "doctor", "certs", "stream", "model",
                    "record", "eval", "heads", "run", "demo"})
    BOOST_TEST(run("vpaas", std::string{verb} + " --help").text.find("usage: ")
               == 0u);
  BOOST_TEST(run("vpaas", "").status == 1);
  BOOST_TEST(run("vpaas", "inspct").text
             == "vpaas: unknown verb \"inspct\"; see vpaas --help\n");
}

BOOST_AUTO_TEST_CASE(a_value_may_stand_after_a_blank) {
  auto x = run("vpaas-fog", "--node.port 70000 --check");
  BOOST_TEST(x.text
             == "vpaas-fog: [node]: port = 70000 is not allowed; write "
                "an integer from 0 to 65535\n");
  test::temp_dir dir;
  BOOST_TEST(run("vpaas", "certs init --dir " + dir.path("c")).status == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_without_a_source_or_name_is_refused_at_once) {
  BOOST_TEST(run("vpaas", "stream add door").text
             == "vpaas stream: no source is named; write --source=URL, "
                "--source-file=FILE or --camera=NODE:NAME\n");
  auto x = run("vpaas", "stream add 'a b' --source=x");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("is no name of a stream") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_fogs_are_listed_and_a_change_names_one) {
  running_node one{"fog", {"--node.name=fog-1"}};
  running_node two{"fog", {"--node.name=fog-2"}};
  auto at = " --nodes=" + one.address + "," + two.address;
  auto x = run("vpaas", "stream add a --source=/no/such.mp4" + at);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("several fog nodes answer: ") != std::string::npos,
             x.text);
  for (std::string fog : {"fog-1", "fog-2"}) {
    x = run("vpaas", "stream add a --source=/no/such.mp4 --node=" + fog + at);
    BOOST_TEST(x.text == "added a on " + fog + "\n");
  }
  x = run("vpaas", "stream list --json" + at);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  std::set<std::string> fogs;
  for (auto& line : json::parse(x.text))
    fogs.insert(line["node"]);
  BOOST_TEST((fogs == std::set<std::string>{"fog-1", "fog-2"}));
}

// Whoever may add a stream shall not read the files of the fog.
BOOST_AUTO_TEST_CASE(a_policy_is_text_or_one_of_the_folder) {
  running_node fog{"fog", {}};
  auto add = [&](const std::string& policy) {
    return run("vpaas", "stream add a --source=/no/such.mp4 --policy='" + policy
                          + "' --node=" + fog.address
                          + " --nodes=" + fog.address)
      .text;
  };
  for (auto x : {"/etc/passwd.lua", "../policies/../x", "/etc"}) {
    auto said = add(x);
    BOOST_TEST(said.find("there is none of this name") != std::string::npos,
               said);
    BOOST_TEST(said.find("root:") == std::string::npos, said);
  }
  BOOST_TEST(add("latency_bound") == "added a on fog-1\n");
}

BOOST_AUTO_TEST_CASE(a_node_lists_what_it_can_host) {
  auto x = run("vpaas-fog", "--kinds --json");
  BOOST_TEST(x.status == 0);
  auto kinds = json::parse(x.text);
  auto receiver = std::find_if(kinds.begin(), kinds.end(), [](auto& y) {
    return y["name"] == "bulk_receiver";
  });
  BOOST_TEST_REQUIRE((receiver != kinds.end()));
  BOOST_TEST((*receiver)["parameters"][0]["name"] == "memory");
  BOOST_TEST(
    run("vpaas-fog", "--kinds")
      .text.find("  memory = 1073741824  for unfinished transfers (a size such "
                 "as 64KiB from 1048576 to 1000000000000 bytes)\n")
    != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_doctor_names_every_check) {
  auto x = run("vpaas", "doctor --json");
  auto findings = json::parse(x.text.substr(0, x.text.rfind(']') + 1));
  std::set<std::string> names;
  for (const auto& finding : findings)
    names.insert(finding["name"]);
  for (auto name : {"packages", "blas", "cpu", "environment", "tls", "disk",
                    "clock", "descriptors", "port of a fog"})
    BOOST_TEST(names.count(name) == 1u, name);
}

BOOST_AUTO_TEST_SUITE_END()
