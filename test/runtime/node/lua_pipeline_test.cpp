#include "runtime/node/lua_pipeline.hpp"

#include "support/expect.hpp"
#include "support/pipelines.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// What is wrong with a script, read and checked; its name is x.lua.
std::string fault(const std::string& script) {
  auto read = parse_pipeline(script, "x.lua");
  if (!read)
    return cause_of(read.error());
  auto plan = check(*read, some_functions());
  return plan ? "good" : "x.lua: " + cause_of(plan.error());
}

/// `script` without its line `was`, and with another instead.
std::string with(std::string script, const std::string& was,
                 const std::string& is) {
  auto i = script.find(was);
  BOOST_REQUIRE(i != std::string::npos);
  return script.replace(i, was.size(), is);
}

const std::string dds = R"(
return pipeline {
  help = "a second look at what the first was not sure of",
  parameters = { low = 36, high = { 26, min = 20, max = 36, help = "finer" } },
  copy = fog.encoder { keyframes, qp = param.low },
  found = cloud.detector { copy },
  known = cloud.region_filter { found, theta_cls = 0.5 },
  fine = fog.encoder { keyframes, known, qp = param.high },
  pasted = cloud.paster { copy, fine, known },
  again = cloud.detector { pasted },
  sure = cloud.region_filter { again },
  result = merge { known, sure, iou = 0.3 },
  without = { cloud = fog.backup_detector { keyframes } } }
)";

} // namespace

BOOST_AUTO_TEST_SUITE(lua_pipeline_tests)

BOOST_AUTO_TEST_CASE(a_pipeline_of_two_rounds_is_data) {
  auto read = parse_pipeline(dds, "some/folder/dds.lua");
  BOOST_TEST_REQUIRE(why(read) == "");
  BOOST_TEST(read->name == "dds");
  BOOST_TEST(read->help == "a second look at what the first was not sure of");
  BOOST_TEST((read->result == std::vector<std::string>{"known", "sure"}));
  auto plan = check(*read, some_functions(), document{json{{"high", 22}}});
  BOOST_TEST_REQUIRE(why(plan) == "");
  BOOST_TEST(plan->merge.iou == .3f);
  BOOST_TEST(plan->errands.size() == 5u);
  for (auto& x : plan->stages)
    if (x.spec.id == "fine")
      BOOST_TEST(x.spec.options.get<int>("qp") == 22);
  for (auto& x : plan->parameter_table)
    if (x.name == "high") {
      BOOST_TEST(x.min == 20);
      BOOST_TEST(x.help == "finer");
    } else {
      BOOST_TEST(x.max == 51);
      BOOST_TEST(x.help == "quantiser");
    }
}

BOOST_AUTO_TEST_CASE(parameters_that_go_together_have_a_name) {
  auto text = dds;
  text.insert(text.find("  copy ="), "  presets = { fine = { high = 20 } },\n");
  auto read = parse_pipeline(text, "dds.lua");
  BOOST_TEST_REQUIRE(why(read) == "");
  BOOST_TEST(read->presets.at("fine").get<int>("high") == 20);
  text.replace(text.find("{ high = 20 }"), 13, "20");
  BOOST_TEST(why(parse_pipeline(text, "dds.lua")).find("preset \"fine\"")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stages_may_be_optional_per_stream_and_of_a_version) {
  auto read
    = parse_pipeline("return pipeline { a = fog.f { keyframes, optional "
                     "= true, per_stream = true, version = 3 } }",
                     "x.lua");
  BOOST_TEST_REQUIRE(why(read) == "");
  auto& x = read->stages.at(0);
  BOOST_TEST(x.optional);
  BOOST_TEST(x.per_stream);
  BOOST_TEST(x.version == 3u);
  BOOST_TEST(x.options.value().empty());
}

BOOST_AUTO_TEST_CASE(one_result_needs_no_merge) {
  BOOST_TEST(fault("return pipeline { a = fog.backup_detector { keyframes }, "
                   "result = a }")
             == "good");
}

BOOST_AUTO_TEST_CASE(a_bad_pipeline_gets_one_line) {
  struct row {
    const char *was, *is, *fault;
  };
  const row rows[] = {
    {"{ keyframes, qp = param.low }", "{ sure, qp = param.low }",
     "x.lua: the stages again, copy, fine, found, known, pasted, sure wait for "
     "each other; let each take only what is made before it"},
    {"cloud.detector { copy }", "cloud.detektor { copy }",
     "x.lua: stage \"found\": there is no function \"detektor\"; allowed: "
     "encoder, chunk_decoder, detector, region_filter, paster, classifier, "
     "second_look, renderer, backup_detector"},
    {"cloud.detector { copy }", "cloud.detector { keyframes }",
     "x.lua: stage \"found\": pixels do not leave their node, and keyframes is "
     "on the fog; send what an encoder makes of it"},
    {"return", "while true do end return",
     "x.lua:2: the script ran over its limit of 1000000 instructions"},
    {"param.low", "param.lwo",
     "x.lua: stage \"copy\": there is no parameter \"lwo\"; allowed: high, "
     "low"},
    {"{ known, sure,", "{ knwon, sure,",
     "x.lua: result: there is no stage \"knwon\"; allowed: again, copy, fine, "
     "found, known, pasted, sure"},
    {"{ copy, fine, known }", "{ \"copy\", fine, known }",
     "x.lua:9: cloud.paster: an input is keyframes or the name of a stage"},
    {"fog.encoder { keyframes,", "fog.encoder { optional = 1, keyframes,",
     "x.lua:5: fog.encoder: optional = 1 is not allowed; write true or false"},
    {"help = \"finer\"", "hlep = \"finer\"",
     "x.lua:2: parameter \"high\": hlep is not allowed; write { DEFAULT, min = "
     "NUMBER, max = NUMBER, help = TEXT }"},
    {"low = 36", "low = {}",
     "x.lua:2: parameter \"low\": it has no default; write low = DEFAULT"},
    {"found = cloud.detector { copy }", "found = 7",
     "x.lua:2: found is no stage; write found = TIER.FUNCTION { ... }"},
    {"merge { known, sure, iou = 0.3 }", "7",
     "x.lua:2: result is no stage; write result = merge { STAGE, ... }"},
    {"cloud = fog.backup_detector { keyframes }", "cloud = 3",
     "x.lua:2: without: write cloud = fog.FUNCTION { keyframes }"},
    {"merge { known, sure, iou = 0.3 }", "{ [\"$merge\"] = 7 }",
     "x.lua:2: result is no stage; write result = merge { STAGE, ... }"},
    {"cloud.detector { copy }", "{ [\"$stage\"] = { id = 7 } }",
     "x.lua:2: found is no stage; write found = TIER.FUNCTION { ... }"},
    {"return pipeline", "return pipelin",
     "x.lua:2: attempt to call a table value (global 'pipelin')"},
    {"cloud.detector { copy }", "clod.detector { copy }",
     "x.lua:6: attempt to call a nil value (field 'detector')"},
  };
  for (auto& x : rows) {
    auto cause = fault(with(dds, x.was, x.is));
    BOOST_TEST(cause == x.fault);
    BOOST_TEST(cause.find('\n') == std::string::npos);
  }
  BOOST_TEST(fault("return 7") == "x.lua: write return pipeline { ... }");
  BOOST_TEST(fault("pipeline { }\nreturn pipeline { }")
             == "x.lua:2: pipeline was called before; write one a file");
  BOOST_TEST(fault("return pipeline {")
             == "x.lua:1: unexpected symbol near <eof>");
}

BOOST_AUTO_TEST_CASE(shipped_pipelines_are_read) {
  auto all = pipelines_in("config/pipelines");
  for (auto name : {"high_low", "cloud_only", "fog_only"}) {
    BOOST_TEST_REQUIRE(all.count(name) == 1u, name);
    auto read = load_pipeline(all.at(name));
    BOOST_TEST_REQUIRE(why(read) == "");
    BOOST_TEST(read->name == name);
    BOOST_TEST(!read->help.empty());
    BOOST_TEST(why(check(*read, some_functions())) == "");
  }
  BOOST_TEST(pipelines_in("no/such/folder").empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
  auto read = load_pipeline("no/such.lua");
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error() == ec::io));
  BOOST_TEST(cause_of(read.error()).find("no/such.lua") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
