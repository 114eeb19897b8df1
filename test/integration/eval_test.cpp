// vpaas eval as a user starts it.

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vpaas;
using nlohmann::json;

namespace {

struct outcome {
  int status = -1;
  std::string out, err;
};

std::string content_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

outcome vpaas_with(const std::string& options) {
  test::temp_dir dir;
  auto program = std::filesystem::read_symlink("/proc/self/exe")
                   .replace_filename("vpaas")
                   .string();
  test::child_process child{{"timeout", "60", "sh", "-c",
                             program + " " + options + " >" + dir.path("out")
                               + " 2>" + dir.path("err")}};
  auto status = child.finish();
  return {status, content_of(dir.path("out")), content_of(dir.path("err"))};
}

outcome eval(const std::string& options) {
  return vpaas_with("eval " + options);
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(eval_tests)

BOOST_AUTO_TEST_CASE(what_is_no_number_is_refused_by_name) {
  for (auto verb :
       {"eval detector --threshold=x", "eval detector --threads=1.5",
        "eval detector --every=0", "eval detector --from=2",
        "eval detector --frames=many", "eval heads --to=1e999",
        "eval protocol --theta-cls=1,5", "eval protocol --look-budget=-1",
        "heads fit --theta-loc=", "model run x y --score=high",
        "model run x y --threads=0", "run --camera=x --score-from=half",
        "run --camera=x --max_batch=4x", "demo --outage --seconds=1m",
        "demo --outage --every=0"}) {
    auto x = vpaas_with(verb);
    BOOST_TEST(x.status == 1, verb);
    std::string option = verb;
    option = option.substr(option.rfind("--"));
    BOOST_TEST(mentions(x.err, option + " is not allowed; write a"), x.err);
  }
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
  auto x = eval("");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(mentions(x.err, "detector"), x.err);
  x = eval("detector --model=nanodet-plus-m");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(mentions(x.err, "--source"), x.err);
  x = eval("detector --source=x --quality=36");
  BOOST_TEST(mentions(x.err, "QP,SCALE"), x.err);
  x = eval("detector --source=x --from=0.5 --to=0.5");
  BOOST_TEST(mentions(x.err, "--from"), x.err);
  x = eval("detector --source=x --unknown");
  BOOST_TEST(mentions(x.err, "--unknown"), x.err);
  BOOST_TEST(eval("detector --help").status == 0);
}

BOOST_AUTO_TEST_CASE(a_detector_agrees_with_itself_on_the_original) {
  std::string clip = "../shared/videos/cars-swdee.mp4";
  if (!std::filesystem::exists(clip)
      || !std::filesystem::exists(
        "../shared/models/nanodet-plus-m.torchscript.pt")) {
    BOOST_TEST_MESSAGE("skipped: ../shared is absent");
    return;
  }
  auto options = "detector --model=nanodet-plus-m --frames=31 --groups=road "
                 "--json --source="
                 + clip;
  auto x = eval(options);
  BOOST_TEST_REQUIRE(x.status == 0, x.err);
  auto same = json::parse(x.out);
  BOOST_TEST(same["keyframes"] == 3);
  BOOST_TEST(same["boxes"] == same["objects"]);
  BOOST_TEST(same["f1"]["one_to_one"]["value"] == 1.0);
  BOOST_TEST(same["f1"]["accmpeg"]["recall"] == 1.0);
  BOOST_TEST(same["bytes"] == 0);
  x = eval(options + " --quality=36,0.8");
  BOOST_TEST_REQUIRE(x.status == 0, x.err);
  auto poor = json::parse(x.out);
  BOOST_TEST(poor["f1"]["one_to_one"]["value"] < 1.0);
  BOOST_TEST(poor["objects"] == same["objects"]);
  BOOST_TEST(poor["bytes"] > 0);
  BOOST_TEST(poor["quality"]["qp"] == 36);
}

// With what is shipped: the made-up street, its detector and its backbone.
BOOST_AUTO_TEST_CASE(fitted_heads_name_more_than_the_detector_alone) {
  test::temp_dir dir;
  auto models = std::string{"--backbone=street-backbone --threads=2 "};
  auto x = vpaas_with("heads fit 'synthetic://street?seed=1201&seconds=20' "
                      "--detector=street-detector --teacher=truth --objects "
                      + models + "--json --output=" + dir.path("heads.json"));
  BOOST_TEST_REQUIRE(x.status == 0, x.err);
  auto fit = json::parse(x.out);
  BOOST_TEST(fit["regions"] > 0);
  BOOST_TEST(fit["chosen"]["f1"] > fit["f1_cloud"]);
  BOOST_TEST(fit["f1_perfect"] >= fit["chosen"]["f1"]);
  auto source = std::string{"--source='synthetic://street?seed=21&seconds=6' "
                            "--heads="}
                + dir.path("heads.json ") + models + "--json ";
  x = eval("protocol --model=street-detector --against=truth " + source);
  BOOST_TEST_REQUIRE(x.status == 0, x.err);
  auto run = json::parse(x.out);
  auto f1 = [&](const char* who) {
    return run[who]["one_to_one"]["value"].get<double>();
  };
  BOOST_TEST(f1("high_low") > f1("cloud_only"));
  BOOST_TEST(f1("perfect") >= f1("high_low"));
  // On crops alone: much is seen in the original that the copy does not show.
  x = eval("heads " + source);
  BOOST_TEST_REQUIRE(x.status == 0, x.err);
  auto original = json::parse(x.out);
  x = eval("heads --quality=36,0.8 " + source);
  BOOST_TEST_REQUIRE(x.status == 0, x.err);
  auto poor = json::parse(x.out);
  BOOST_TEST(original["crops"] == poor["crops"]);
  BOOST_TEST(original["accuracy_without_thresholds"].get<double>()
             > poor["accuracy_without_thresholds"].get<double>() + .1);
}

// The street's own truth, sent through the files of all tools.
BOOST_AUTO_TEST_CASE(truth_of_every_tool_scores_the_same) {
  test::temp_dir dir;
  auto street = std::string{"'synthetic://street?seed=3&seconds=2&size=640x360&"
                            "fps=30'"};
  auto truth = dir.path("truth.jsonl");
  BOOST_TEST(vpaas_with("record " + street + " --output=" + dir.path("a.mp4")
                        + " --truth=" + truth)
               .status
             == 0);
  auto score = [&](const std::string& file) {
    auto x = eval("detector --model=street-detector --json --against=truth "
                  "--every=30 --groups='car;van;walker' --source="
                  + street + (file.empty() ? "" : " --truth=" + file));
    BOOST_TEST_REQUIRE(x.status == 0, x.err);
    auto report = json::parse(x.out);
    return report["f1"].dump() + report["objects"].dump();
  };
  auto own = score("");
  for (std::string to : {"lines", "cvat", "cvat-images", "coco", "yolo", "mot",
                         "label-studio"}) {
    auto path = dir.path("of-" + to);
    auto x = vpaas_with("truth convert " + truth
                        + " --size=640x360 --json --to=" + to
                        + " --output=" + path);
    BOOST_TEST_REQUIRE(x.status == 0, x.err);
    BOOST_TEST(json::parse(x.out)["frames"] == 60);
    BOOST_TEST(score(path) == own, to);
  }
}

BOOST_AUTO_TEST_CASE(truth_says_what_is_wrong) {
  test::temp_dir dir;
  auto x = vpaas_with("truth");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(mentions(x.err, "see vpaas truth --help"), x.err);
  BOOST_TEST(vpaas_with("truth --help").status == 0);
  x = vpaas_with("truth convert x --to=coco");
  BOOST_TEST(mentions(x.err, "--output"), x.err);
  x = vpaas_with("truth show x --size=1920");
  BOOST_TEST(mentions(x.err, "1920x1080"), x.err);
  x = vpaas_with("truth convert x --to=voc --output=y");
  BOOST_TEST(mentions(x.err, "label-studio"), x.err);
  x = vpaas_with("truth show "
                 + dir.write("a.json", "{\"images\": 1, "
                                       "\"annotations\": 2}"));
  BOOST_TEST(x.status == 1);
  BOOST_TEST(mentions(x.err, "categories"), x.err);
  x = vpaas_with("truth formats --json");
  BOOST_TEST(json::parse(x.out)["formats"].size() == 9u);
}

BOOST_AUTO_TEST_SUITE_END()
