#include "runtime/json.hpp"
#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

using namespace vpaas;
using test::run;

namespace {

struct fixture {
  test::temp_dir dir;

  std::string file(const std::string& name, const std::string& script) {
    auto path = dir.path(name);
    std::ofstream{path} << script;
    return path;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_program_tests, fixture)

BOOST_AUTO_TEST_CASE(every_shipped_pipeline_fits_the_functions_that_there_are) {
  auto x = run("vpaas", "pipeline list --json");
  BOOST_TEST(x.status == 0);
  auto all = parse_json(x.text);
  BOOST_REQUIRE(all);
  BOOST_TEST(all->size() >= 5u);
  for (auto& y : *all)
    BOOST_TEST(y.value("good", false), y.dump());
  auto table = run("vpaas", "pipeline list");
  BOOST_TEST(table.status == 0);
  BOOST_TEST(table.text.find("qp=36 scale=0.8") != std::string::npos,
             table.text);
}

BOOST_AUTO_TEST_CASE(a_pipeline_is_shown_and_drawn) {
  auto svg = dir.path("p.svg");
  auto x = run("vpaas", "pipeline show dds --svg=" + svg);
  BOOST_TEST(x.status == 0);
  BOOST_TEST(x.text.find("cloud.paster") != std::string::npos, x.text);
  std::ifstream in{svg};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST(text.find("</svg>") != std::string::npos);
  auto none = run("vpaas", "pipeline show nothing");
  BOOST_TEST(none.status == 1);
  BOOST_TEST(none.text.find("allowed: cloud_only, cloudseg, dds, fog_only, "
                            "glimpse, high_low, mpeg")
               != std::string::npos,
             none.text);
}

BOOST_AUTO_TEST_CASE(a_bad_file_gets_one_line) {
  auto good = file("good.lua", "return pipeline { a = fog.backup_detector { "
                               "keyframes }, result = a }");
  auto bad = file("bad.lua", "return pipeline { a = cloud.detector { keyframes "
                             "}, result = a }");
  auto x = run("vpaas", "pipeline check " + good + " " + bad);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text
             == "good  " + good + "\nbad   " + bad
                  + ": stage \"a\": pixels do not leave their node, and "
                    "keyframes is on the fog; send what an encoder makes of "
                    "it\n");
}

BOOST_AUTO_TEST_CASE(functions_are_listed_and_shown) {
  auto x = run("vpaas", "function list");
  BOOST_TEST(x.status == 0);
  BOOST_TEST(x.text.find("region_filter") != std::string::npos);
  x = run("vpaas", "function show encoder");
  BOOST_TEST(x.status == 0);
  BOOST_TEST(x.text.find("+ qp") != std::string::npos, x.text);
  x = run("vpaas", "function show oracle");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("there is no function \"oracle\"")
             != std::string::npos);
  x = run("vpaas", "configure");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("write NODE/ACTOR") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
