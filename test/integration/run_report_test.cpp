// What vpaas run reports, and what it is judged by.

#include "support/street_run.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace vpaas;
using nlohmann::json;

using test::camera;
using test::report_of;
using test::run;
using test::street;

BOOST_AUTO_TEST_SUITE(run_report_tests)

BOOST_AUTO_TEST_CASE(a_report_says_what_the_cloud_is_paid) {
  auto x = report_of("--price.frame=0.5 --price.gb=1000 --against=truth");
  auto& cost = x["cost"];
  BOOST_TEST(cost["billed_per_keyframe"] == 1);
  BOOST_TEST(cost["bill"]["frames"] == 3);
  auto bytes = x["bytes_to_cloud"].get<double>()
               + x["bytes_from_cloud"].get<double>();
  BOOST_TEST(cost["bill"]["traffic"].get<double>() == bytes * 1e-6,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(cost["bill"]["total"].get<double>() == 3 + bytes * 1e-6,
             boost::test_tools::tolerance(1e-9));
  auto& protocols = x["f1"]["protocols"];
  BOOST_TEST(protocols["one_to_one"]["value"] == x["f1"]["value"]);
  BOOST_TEST(protocols.contains("dds"));
  BOOST_TEST(protocols.contains("accmpeg"));
  auto refused = run("vpaas", "run " + camera + "--price.gb=-1");
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.text.find("gb") != std::string::npos, refused.text);
}

BOOST_AUTO_TEST_CASE(truth_may_be_lines_in_a_file) {
  test::temp_dir dir;
  auto first = dir.path("first");
  report_of("--against=truth --results=" + first);
  auto x = report_of("--truth=" + first); // what one run found is found again
  BOOST_TEST(x["f1"]["value"] == 1);
  BOOST_TEST(x["f1"]["objects"] == 6);
  BOOST_TEST(x["f1"]["protocols"]["dds"]["value"] == 1);
  BOOST_TEST(x["f1"]["protocols"]["accmpeg"]["value"] == 1);
  auto written = dir.path("written");
  auto a = report_of("--truth=" + written);
  auto b = report_of("--against=truth --truth=" + written);
  BOOST_TEST(a["f1"] == b["f1"]);
  auto bad = dir.write("bad", "{\"frame\": 0, \"objects\": []}\n7\n");
  auto refused = run("vpaas", "run " + camera + "--truth=" + bad);
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.text.find("line 2") != std::string::npos, refused.text);
}

BOOST_AUTO_TEST_CASE(the_first_ten_seconds_are_scored_apart_too) {
  test::temp_dir dir;
  auto found = dir.path("found");
  report_of("--against=truth --results=" + found, street(12));
  std::ifstream in{found};
  std::string early;
  for (std::string line; std::getline(in, line);)
    if (json::parse(line)["frame"] < 300)
      early += line + '\n';
  auto x = report_of("--truth=" + dir.write("early", early), street(12));
  BOOST_TEST(x["f1"]["first_10s"] == 1);
  BOOST_TEST(x["f1"]["recall"] == 1);
  BOOST_TEST(x["f1"]["precision"].get<double>() == 20. / 24,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
