#include "actors/fog/stream.hpp"

#include "actors/client/camera.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/result_functions.hpp"
#include "actors/stream/coordinator_config.hpp"
#include "actors/stream/window.hpp"
#include "support/expect.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace vpaas;

namespace {

child_spec tree_of(const json& changes) {
  auto checked = check(stream_parameters("chunk_spool"), changes, "it");
  BOOST_REQUIRE_MESSAGE(checked, test::why(checked));
  child_spec x;
  x.name = "door";
  x.parameters = *checked;
  return stream_tree(x);
}

const child_spec* find(const child_spec& tree, const std::string& name) {
  for (auto& x : tree.children)
    if (x.name == name)
      return &x;
  return nullptr;
}

std::string children_of(const child_spec& tree) {
  std::string result;
  for (auto& x : tree.children)
    result += (result.empty() ? "" : " ") + x.name;
  return result;
}

json of(const child_spec& tree, const std::string& child,
        const std::string& key) {
  auto x = find(tree, child);
  BOOST_REQUIRE(x);
  return x->parameters.value().value(key, json());
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream_tests)

BOOST_AUTO_TEST_CASE(a_stream_has_what_its_parameters_need) {
  BOOST_TEST(children_of(tree_of({{"source", "x.mp4"}}))
             == "camera decoder revisit encoder result_functions window "
                "coordinator");
  BOOST_TEST(
    children_of(
      tree_of({{"camera", "client-1:door"}, {"spool", ""}, {"tracker", false}}))
    == "decoder encoder window coordinator");
}

BOOST_AUTO_TEST_CASE(each_part_gets_its_own_keys) {
  auto x = tree_of({{"source", "x.mp4"},
                    {"every", 5},
                    {"part_time", "50ms"},
                    {"camera_queue", "1MiB"},
                    {"decoder_threads", 2},
                    {"skip", false},
                    {"encoder_threads", 3},
                    {"encoder", "libx264"},
                    {"preset", "slow"},
                    {"crf", 30},
                    {"flat_qp", true},
                    {"max_chunk_time", "4s"},
                    {"transport", "whole"},
                    {"qp", 20},
                    {"pixel_memory", "64MiB"}});
  BOOST_TEST(of(x, "camera", "source") == "x.mp4");
  BOOST_TEST(of(x, "camera", "stream") == "door");
  BOOST_TEST(of(x, "camera", "part_time") == "50ms");
  BOOST_TEST(of(x, "camera", "queue") == 1 << 20);
  for (auto* name : {"decoder", "revisit"}) {
    BOOST_TEST(of(x, name, "every") == 5);
    BOOST_TEST(of(x, name, "threads") == 2);
    BOOST_TEST(of(x, name, "skip") == false);
    BOOST_TEST(of(x, name, "pixel_memory") == 32 << 20);
  }
  BOOST_TEST(of(x, "encoder", "threads") == 3);
  BOOST_TEST(of(x, "encoder", "backend") == "libx264");
  BOOST_TEST(of(x, "encoder", "preset") == "slow");
  BOOST_TEST(of(x, "encoder", "crf") == 30);
  BOOST_TEST(of(x, "encoder", "flat_qp") == true);
  BOOST_TEST(of(x, "encoder", "transport") == "whole");
  BOOST_TEST(of(x, "coordinator", "stream") == "door");
  BOOST_TEST(of(x, "coordinator", "qp") == 20);
  BOOST_TEST(of(x, "coordinator", "max_chunk_time") == "4s");
  BOOST_TEST(of(x, "coordinator", "pixel_memory") == 32 << 20);
  BOOST_TEST(of(x, "coordinator", "spool") == "chunk_spool");
  BOOST_TEST(of(x, "coordinator", "result_functions") == "result_functions");
}

// A key that no stream can set is none.
BOOST_AUTO_TEST_CASE(every_key_of_every_part_can_be_set) {
  auto decoder = decoder_function::spec().parameters;
  std::map<std::string, parameter_specs> tables{
    {"camera", specs_of(camera_parameters())},
    {"decoder", decoder},
    {"revisit", decoder},
    {"encoder", encoder_function::spec().parameters},
    {"result_functions", result_functions::spec().parameters},
    {"window", specs_of(window_parameters())},
    {"coordinator", specs_of(coordinator_parameters())}};
  // The pipeline decides the first two; the others say who it is.
  std::set<std::string> excused{"qp", "scale", "stream", "with_stream",
                                "result_functions"};
  auto tree = tree_of({{"source", "x.mp4"}});
  BOOST_TEST(tree.children.size() == tables.size());
  for (auto& child : tree.children)
    for (auto& x : tables.at(child.name))
      BOOST_TEST((child.parameters.has(x.name) || excused.count(x.name) > 0),
                 child.name << ": " << x.name);
  auto changed = tree_of({{"source", "x.mp4"}, {"window_memory", "1MiB"}});
  BOOST_TEST(of(changed, "window", "max_bytes") == 1 << 20);
}

// A key that two parts have is one key of the stream.
BOOST_AUTO_TEST_CASE(no_key_is_there_twice) {
  std::vector<std::string> names;
  for (auto& x : stream_parameters()) {
    names.push_back(x.name);
    BOOST_TEST(!x.required);
  }
  std::sort(names.begin(), names.end());
  BOOST_CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

BOOST_AUTO_TEST_CASE(what_runs_codecs_or_scripts_blocks) {
  auto x = tree_of({{"source", "x.mp4"}, {"functions", {"line_count"}}});
  for (auto& child : x.children) {
    auto blocks = child.name != "camera" && child.name != "window"
                  && child.name != "coordinator";
    BOOST_TEST(child.detached == blocks, child.name);
  }
  x = tree_of({{"source", "x.mp4"}});
  BOOST_TEST(!find(x, "result_functions")->detached);
}

BOOST_AUTO_TEST_SUITE_END()
