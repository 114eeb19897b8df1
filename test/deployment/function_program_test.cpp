// Functions of users from a file to what pipelines and streams call, in
// processes of their own.

#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace vpaas;
using nlohmann::json;
using test::ask_until;
using test::running_node;

namespace {

/// A backend, a cloud and a fog that knows no functions of users by itself.
struct fixture {
  fixture() {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto joined = size_t{0};
    while (joined < 2 && std::chrono::steady_clock::now() < end) {
      auto x = vpaas("nodes --json");
      joined = x.status == 0 ? json::parse(x.text).size() : 0;
    }
    BOOST_TEST_REQUIRE(joined == 2u);
    BOOST_TEST_REQUIRE(
      ask_until("fog-1/cloud_link --nodes=" + fog.address,
                [](const json& x) { return x["state"] == "up"; }));
  }

  test::outcome vpaas(const std::string& options) {
    return test::run("vpaas", options + " --nodes=" + backend.address + ","
                                + fog.address);
  }

  void says(const std::string& options, const std::string& what,
            int status = 0) {
    auto x = vpaas(options);
    BOOST_TEST(x.status == status, options << ": " << x.text);
    BOOST_TEST(x.text.find(what) != std::string::npos,
               options << ": " << x.text);
    if (status != 0)
      BOOST_TEST(std::count(x.text.begin(), x.text.end(), '\n') == 1, x.text);
  }

  std::string write(const std::string& name, const std::string& text) const {
    return dir.write(name, text);
  }

  /// The stream goes on with this pipeline, and a function that a backend sent
  /// looks at its keyframes.
  void looks(const std::string& node, const std::string& address,
             const std::string& pipeline) {
    BOOST_TEST(ask_until(
      "fog-1/streams/door/coordinator --nodes=" + fog.address,
      [&](const json& x) { return x["details"]["pipeline"] == pipeline; }));
    BOOST_TEST(
      ask_until(node + "/motion --nodes=" + address, [](const json& x) {
        return x["details"]["items"] > 2 && x["details"]["failed"] == 0;
      }));
  }

  test::temp_dir dir;
  running_node backend{"backend", {}};
  running_node cloud{"cloud", {"--node.backend=" + backend.address}};
  running_node fog{
    "fog",
    {"--node.backend=" + backend.address, "--node.cloud=" + cloud.address},
    dir.path("fog")};
};

const auto street
  = std::string{"'synthetic://street?seed=3&seconds=600&size=320x180&fps=10'"};

constexpr const char* seen_from_afar
  = "return pipeline { help = \"seen from afar\",\n"
    "  copy = fog.encoder { keyframes },\n"
    "  seen = cloud.chunk_decoder { copy },\n"
    "  found = cloud.motion { seen },\n"
    "  result = merge { found } }\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(function_program_tests, fixture)

BOOST_AUTO_TEST_CASE(a_library_is_called_on_fog_and_cloud) {
  says("function register " + test::program("libmotion_function.so"),
       "registered motion@1");
  says("function deploy motion --on=fog", "fog-1: motion@1 serves");
  says("function deploy motion --on=cloud", "cloud-1: motion@1 serves");
  auto near = write("near.lua", "return pipeline { help = \"what moves\",\n"
                                "  found = fog.motion { keyframes },\n"
                                "  result = merge { found } }\n");
  auto far = write("far.lua", seen_from_afar);
  says("pipeline register " + near, "registered near@1");
  says("pipeline register " + far, "registered far@1");
  says("stream add door --every=5 --source=" + street, "added door");
  says("policy use near --stream=door", "door: near@1 runs");
  looks("fog-1", fog.address, "near@1");
  says("policy use far --stream=door", "door: far@1 runs");
  looks("cloud-1", cloud.address, "far@1");
  // The next version is another file of the same function.
  std::ifstream in{test::program("libmotion_function.so"), std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  says("function register " + write("next.so", bytes + "2"),
       "registered motion@2");
  says("function deploy motion --on=cloud", "cloud-1: motion@2 serves");
  looks("cloud-1", cloud.address, "far@1");
  says("function rollback --on=cloud", "cloud-1: motion@1 serves");
  says("function rollback --on=cloud", "cloud-1: no version serves");
  auto gone = test::run("vpaas",
                        "inspect cloud-1/motion --nodes=" + cloud.address);
  BOOST_TEST(gone.status == 1);
}

BOOST_AUTO_TEST_CASE(fogs_know_what_runs_on_clouds_only) {
  says("function register " + test::program("libmotion_function.so"),
       "registered motion@1");
  says("function deploy motion --on=cloud", "cloud-1: motion@1 serves");
  BOOST_TEST(
    ask_until("fog-1/model_cache --nodes=" + fog.address, [](const json& x) {
      auto& slots = x["details"]["slots"];
      return slots.size() == 1 && slots[0]["state"] == "held";
    }));
  auto far = write("far.lua", seen_from_afar);
  says("pipeline register " + far, "registered far@1");
  says("stream add door --every=5 --source=" + street, "added door");
  says("policy use far --stream=door", "door: far@1 runs");
  looks("cloud-1", cloud.address, "far@1");
}

BOOST_AUTO_TEST_CASE(a_function_in_lua_is_found_by_its_name) {
  auto path = write("tall.lua", "help = \"changes nothing\"\n"
                                "function apply(result) end\n");
  says("function register " + path, "registered tall@1");
  says("function deploy tall --on=fog", "fog-1: tall@1 serves");
  says("stream add door --functions=tall --source=" + street, "added door");
  says("stream add gate --functions=short --source=" + street,
       "there is no function \"short\"", 1);
  says("function register "
         + write("tall.lua", "help = \"names all new\"\n"
                             "function apply(result) end\n"),
       "registered tall@2");
  says("function deploy tall --on=fog", "fog-1: tall@2 serves");
  says("function rollback --on=fog", "fog-1: tall@1 serves");
  says("function rollback --on=fog --function=tall",
       "fog-1: no version serves");
  says("stream add gate --functions=tall --source=" + street,
       "there is no function \"tall\"", 1);
}

BOOST_AUTO_TEST_CASE(what_is_no_function_is_refused_in_one_line) {
  says("function register " + write("text.so", "no library at all"), "text.so",
       1);
  says("function register " + write("bad.lua", "function apply(result\n"),
       "bad", 1);
  says("function deploy none --on=fog", "there is no function \"none\"", 1);
  says("function register", "name a function", 1);
  says("function register " + write("mask.lua", "function apply(result) end\n"),
       "VPaaS has a function of this name", 1);
  auto near = write("near.lua",
                    "return pipeline { found = fog.motion { keyframes },\n"
                    "  result = merge { found } }\n");
  says("pipeline register " + near,
       "near.lua: stage \"found\": there is no function", 1);
}

BOOST_AUTO_TEST_SUITE_END()
