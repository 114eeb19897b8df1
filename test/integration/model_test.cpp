// vpaas model as a user starts it.

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vpaas;
using nlohmann::json;

namespace fs = std::filesystem;

namespace {

struct outcome {
  int status = -1;
  std::string out, err;
};

/// A cache of models of its own.
struct fixture : test::temp_dir {
  std::string config = write("net.cfg", test::tiny_darknet(56));

  static std::string content_of(const std::string& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  outcome model(const std::string& options) {
    auto program
      = fs::read_symlink("/proc/self/exe").replace_filename("vpaas").string();
    test::child_process child{{"timeout", "60", "sh", "-c",
                               "XDG_CACHE_HOME=" + path("cache") + " " + program
                                 + " model " + options + " >" + path("out")
                                 + " 2>" + path("err")}};
    auto status = child.finish();
    return {status, content_of(path("out")), content_of(path("err"))};
  }

  std::string weights(float value) {
    return write("best.weights", test::tiny_weights(value));
  }
};

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(model_tests, fixture)

BOOST_AUTO_TEST_CASE(two_models_of_one_file_name_live_side_by_side) {
  for (auto name : {"one", "two"}) {
    auto x = model("import " + config + " "
                   + weights(name[0] == 'o' ? .01f : .02f) + " --name=" + name);
    BOOST_TEST(x.status == 0, x.err);
  }
  auto x = model("verify one two");
  BOOST_TEST(x.status == 0, x.out + x.err);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_needs_replace) {
  auto files = config + " " + weights(.01f);
  for (auto name : {"yolov3", "mine"}) {
    if (name[0] == 'm')
      BOOST_TEST(model("import " + files + " --name=mine").status == 0);
    auto x = model("import " + files + " --name=" + name);
    BOOST_TEST(x.status == 1);
    BOOST_TEST(mentions(x.err, "--replace"), x.err);
    x = model("import " + files + " --replace --name=" + name);
    BOOST_TEST(x.status == 0, x.err);
    x = model(std::string{"show "} + name);
    BOOST_TEST(mentions(x.out, "width = 56"), x.out);
  }
}

BOOST_AUTO_TEST_CASE(files_that_make_no_model_leave_nothing) {
  auto broken = write("broken.weights", test::tiny_weights(.01f, 100));
  auto x = model("import " + config + " " + broken);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(mentions(x.err, "100 weights"), x.err);
  auto folder = path("cache") + "/vpaas/models";
  BOOST_TEST((!fs::exists(folder) || fs::is_empty(folder)));
  x = model("import " + config + " " + broken + " " + weights(1));
  BOOST_TEST(mentions(x.err, "two files for weights"), x.err);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_do_not_end_a_listing) {
  fs::create_directories(path("cache/vpaas/models"));
  write("cache/vpaas/models/caf\xe9.ini", "[model]\nname = \xff\n");
  for (auto what : {"list --json", "verify --json"}) {
    auto x = model(what);
    auto all = json::parse(x.out, nullptr, false);
    BOOST_TEST(all.is_array(), x.out + x.err);
  }
  auto picture = path("\xff.png");
  auto x = model("run yolov3 " + picture);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(!mentions(x.err, "terminate"), x.err);
}

BOOST_AUTO_TEST_SUITE_END()
