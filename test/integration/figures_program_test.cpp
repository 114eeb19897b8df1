#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vpaas;
using nlohmann::json;

using test::run;

namespace {

struct fixture {
  test::temp_dir dir;
  std::string out = dir.path("out");
  std::string set = dir.write("set.json", R"({"clips": [
    {"name": "tiny", "kind": "a street", "detector": "null", "seed": 3,
     "source": "synthetic://street?seed=3&seconds=2&size=320x180&fps=30"}]})");

  test::outcome figures(const std::string& words) {
    return run("vpaas",
               "figures " + words + " --clips=" + set + " --out=" + out);
  }

  /// With networks that are none of the null model: as long as it takes.
  bool made(const std::string& words) {
    auto line = test::program("vpaas") + " figures " + words + " --clips=" + set
                + " --out=" + out + " >/dev/null";
    return std::system(line.c_str()) == 0;
  }

  json written(const std::string& figure) {
    std::ifstream in{out + "/figure-" + figure + ".json"};
    auto x = json::parse(in, nullptr, false);
    BOOST_TEST_REQUIRE(x.is_object());
    return x;
  }

  std::string page() {
    auto path = dir.path("page.md");
    auto plot = "scripts/plot " + out + " --page=" + path + " >/dev/null";
    BOOST_TEST_REQUIRE(std::system(plot.c_str()) == 0);
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

/// Cells without what depends on the machine and the hour.
json without_times(json cells) {
  for (auto& x : cells)
    for (auto key :
         {"freshness_ms", "processing_ms", "stage_ms", "seconds", "made"})
      BOOST_TEST(x.erase(key) == 1u, key);
  return cells;
}

bool says(const test::outcome& x, const std::string& what) {
  return x.text.find(what) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(figures_program_tests, fixture)

BOOST_AUTO_TEST_CASE(a_figure_compares_systems_and_runs_each_once) {
  auto first = figures("9 --systems=high_low,dds");
  BOOST_TEST_REQUIRE(first.status == 0, first.text);
  BOOST_TEST(says(first, "2 of 2"), first.text);
  auto x = written("9");
  BOOST_TEST_REQUIRE(x["cells"].size() == 2u);
  BOOST_TEST(x["missing"].empty());
  for (auto& cell : x["cells"]) {
    auto is_dds = cell["system"] == "dds";
    BOOST_TEST(cell["billed"] == (is_dds ? 2 : 1));
    BOOST_TEST(cell["seed"] == 3);
    BOOST_TEST(cell["f1"].size() == 4u);
    BOOST_TEST(cell["f1"]["first_10s"] == cell["f1"]["one_to_one"]); // of 2 s
    BOOST_TEST(cell["relative_bytes"].get<double>() > 0);
    BOOST_TEST(cell["keyframes"] == 4);
  }
  auto& best = x["relations"]["best_against_dds"];
  BOOST_TEST_REQUIRE(best.size() == 1u);
  BOOST_TEST(best[0]["ours"] == "high_low");
  BOOST_TEST(best[0]["billed"] == 0.5);
  BOOST_TEST(x["made"]["version"].is_string());
  auto again = figures("9 --systems=high_low,dds");
  BOOST_TEST(!says(again, " of 2"), again.text); // all of it is there
  BOOST_TEST(written("9")["cells"] == x["cells"]);
  BOOST_TEST(page().find("| tiny | high_low |") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_numbers) {
  set = dir.write("named.json", R"({"clips": [{"name": "tiny", "seed": 3,
    "source": "synthetic://street?seed=3&seconds=2&size=640x360&fps=30"}]})");
  BOOST_TEST_REQUIRE(made("9 --systems=high_low"));
  auto first = written("9")["cells"];
  BOOST_TEST_REQUIRE(first.size() == 1u);
  BOOST_TEST(first[0]["f1"]["one_to_one"].get<double>() > 0);
  out = dir.path("again");
  BOOST_TEST_REQUIRE(made("9 --systems=high_low"));
  BOOST_TEST(without_times(written("9")["cells"]) == without_times(first));
}

BOOST_AUTO_TEST_CASE(of_glimpse_the_k_that_suits_a_clip_is_marked) {
  BOOST_TEST_REQUIRE(figures("9 --systems=glimpse-20,glimpse-1").status == 0);
  auto cells = written("9")["cells"];
  BOOST_TEST_REQUIRE(cells.size() == 2u);
  BOOST_TEST(cells[0].contains("chosen") != cells[1].contains("chosen"));
  auto text = page();
  BOOST_TEST(text.find("| tiny | glimpse (k=") != std::string::npos);
  BOOST_TEST(text.find("glimpse-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_fog_alone_is_compared_by_its_own_detector) {
  set = dir.write("fog.json", R"({"clips": [{"name": "tiny", "seed": 3,
    "source": "synthetic://street?seed=3&seconds=2&size=640x360&fps=30"}]})");
  BOOST_TEST_REQUIRE(made("9 --systems=fog_only"));
  auto cells = written("9")["cells"];
  BOOST_TEST_REQUIRE(cells.size() == 1u);
  BOOST_TEST(cells[0]["bytes"] == 0);
  BOOST_TEST(cells[0]["f1"]["one_to_one"].get<double>() > 0);
}

BOOST_AUTO_TEST_CASE(a_run_that_fails_is_missing_and_says_why) {
  set = dir.write("gone.json", R"({"clips": [
    {"name": "gone", "source": "gone.mp4", "detector": "null"}]})");
  auto x = figures("4");
  BOOST_TEST(x.status == 0, x.text);
  auto y = written("4");
  BOOST_TEST(y["cells"].empty());
  BOOST_TEST_REQUIRE(y["missing"].size() == 1u);
  BOOST_TEST(y["missing"][0]["run"] == "gone.high_low");
  BOOST_TEST(y["missing"][0]["why"].get<std::string>().find("gone.mp4")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(figures_that_cannot_be_made_yet_say_so) {
  auto x = figures("13 16 --no-runs");
  BOOST_TEST(x.status == 0, x.text);
  BOOST_TEST(says(x, "left out"), x.text);
  BOOST_TEST(written("13").contains("not_yet"));
  BOOST_TEST(written("16").contains("not_yet"));
  auto text = page();
  BOOST_TEST(text.find("## Figure 13") != std::string::npos);
  BOOST_TEST(text.find("Not made:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_in_one_line) {
  struct wrong {
    std::string content, says;
  };
  for (auto& x :
       {wrong{"[]", "clips"},
        {R"({"clips": []})", "no clip"},
        {R"({"clips": [{"name": "a"}]})", "a source"},
        {R"({"clips": [{"name": "a", "source": "b", "fps": 3}]})", "\"fps\""},
        {R"({"clips": [{"name": "a", "source": "b"},
                       {"name": "a", "source": "c"}]})",
         "is taken"}}) {
    set = dir.write("wrong.json", x.content);
    auto y = figures("9");
    BOOST_TEST(y.status == 1);
    BOOST_TEST(says(y, x.says), y.text);
  }
  BOOST_TEST(says(figures("77"), "there is no figure 77"));
  BOOST_TEST(says(figures("9 --systems=none"), "there is no system none"));
}

BOOST_AUTO_TEST_CASE(the_sets_that_ship_can_be_read) {
  for (std::string name : {"street", "nine"}) {
    set = "config/clips/" + name + ".json";
    BOOST_TEST(figures("table1 --no-runs").status == 0, name);
    BOOST_TEST(written("table1")["missing"].size() >= 5u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
