// Models that are no good, registered and deployed as an operator would: the
// one before stays in service.

#include "runtime/sha256.hpp"
#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstring>
#include <functional>
#include <limits>

using namespace vpaas;
using nlohmann::json;
using test::ask_until;
using test::running_node;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The small detector that ships, as its card and files are.
struct parts {
  std::string card = text_of("config/models/street-backup.ini");
  std::string config = text_of("config/models/weights/street-backup.cfg");
  std::string weights = text_of("config/models/weights/street-backup.weights");
  bool true_hashes = true; ///< the card says those of the files

  void replace(const std::string& from, const std::string& to) {
    auto at = card.find(from);
    BOOST_TEST_REQUIRE(at != std::string::npos, from);
    card.replace(at, from.size(), to);
  }

  void replace_in_config(const std::string& from, const std::string& to) {
    auto at = config.find(from);
    BOOST_TEST_REQUIRE(at != std::string::npos, from);
    config.replace(at, from.size(), to);
  }

  /// All numbers behind the header.
  void fill_weights(float x) {
    for (size_t at = 20; at + sizeof x <= weights.size(); at += sizeof x)
      std::memcpy(&weights[at], &x, sizeof x);
  }

  /// Another card, whose one file is this.
  void become(const std::string& name, const std::string& file) {
    card = text_of("config/models/" + name + ".ini");
    weights = file;
    config.clear();
  }
};

struct kind {
  const char* name;
  std::function<void(parts&)> breaks;
};

const std::string backbone
  = "config/models/weights/street-backbone.safetensors";
const std::string strong = "config/models/weights/street-detector.safetensors";
constexpr auto nan = std::numeric_limits<float>::quiet_NaN();
constexpr auto inf = std::numeric_limits<float>::infinity();

const std::vector<kind> kinds{
  {"unknown-key", [](parts& x) { x.replace("width", "breadth"); }},
  {"no-card", [](parts& x) { x.card = "weights"; }},
  {"no-width", [](parts& x) { x.replace("width = 640", "width = 0"); }},
  {"other-task", [](parts& x) { x.replace("task = detect", "task = guess"); }},
  {"few-labels",
   [](parts& x) {
     x.replace("labels = labels/street.txt", "names = car, van");
   }},
  {"other-hash", [](parts& x) { x.true_hashes = false; }},
  {"no-file", [](parts& x) { x.config.clear(); }},
  {"short-weights", [](parts& x) { x.weights.resize(x.weights.size() / 2); }},
  {"long-weights", [](parts& x) { x.weights += std::string(4000, 'w'); }},
  {"header-only", [](parts& x) { x.weights.resize(20); }},
  {"text-weights", [](parts& x) { x.weights = "no weights at all"; }},
  {"nan", [](parts& x) { x.fill_weights(nan); }},
  {"infinite", [](parts& x) { x.fill_weights(inf); }},
  {"huge-numbers", [](parts& x) { x.fill_weights(3e38f); }},
  {"text-config", [](parts& x) { x.config = "no network at all\n"; }},
  {"layer-unknown",
   [](parts& x) { x.replace_in_config("[convolutional]", "[telepathic]"); }},
  {"other-layers",
   [](parts& x) { x.replace_in_config("filters=16", "filters=17"); }},
  {"more-classes",
   [](parts& x) {
     x.replace("classes = 11", "classes = 80");
     x.replace("labels = labels/street.txt", "");
   }},
  {"other-network",
   [](parts& x) { x.become("street-detector", text_of(backbone)); }},
  {"short-tensors",
   [](parts& x) {
     auto file = text_of(strong);
     x.become("street-detector", file.substr(0, file.size() / 3));
   }},
  {"tensors-of-text",
   [](parts& x) { x.become("street-detector", std::string(5000, '{')); }},
  {"backbone",
   [](parts& x) { x.become("street-backbone", text_of(backbone)); }},
};

struct fixture {
  fixture() {
    std::filesystem::create_directories(zoo + "/labels");
    for (auto& x : std::filesystem::directory_iterator{"config/models/labels"})
      std::filesystem::copy(x.path(), zoo + "/labels");
  }

  test::outcome vpaas(const std::string& options) {
    return test::run("vpaas", options + " --nodes=" + backend.address);
  }

  /// Puts a model into the zoo, with the hashes that its card shall say; what
  /// is empty is not there.
  void place(const std::string& name, parts x) {
    for (auto& [file, bytes] :
         {std::pair{"config", &x.config}, std::pair{"weights", &x.weights}}) {
      if (!bytes->empty())
        std::ofstream{zoo + "/" + name + "." + file, std::ios::binary}
          << *bytes;
      auto section = x.card.find(std::string{"[file."} + file);
      if (section == std::string::npos)
        continue;
      auto hash = sha256(x.true_hashes ? *bytes : *bytes + "x");
      auto end = x.card.find("\n\n", section);
      x.card.replace(section, end == std::string::npos ? end : end - section,
                     std::string{"[file."} + file + "]\nname = " + name + "."
                       + file + "\nsha256 = " + hash
                       + "\nbytes = " + std::to_string(bytes->size()));
    }
    std::ofstream{zoo + "/" + name + ".ini"} << x.card;
  }

  bool serves(const std::string& model) {
    return ask_until(
      "fog-1/backup_detector --nodes=" + fog.address,
      [&](const json& x) { return x["details"]["model"] == model; });
  }

  test::temp_dir dir;
  std::string zoo = dir.path("zoo");
  running_node backend{"backend", {}};
  running_node fog{"fog", {"--node.backend=" + backend.address}};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(models_that_are_no_good_leave_the_one_before, fixture) {
  auto joined = [&] {
    auto x = vpaas("nodes --json");
    return x.status == 0 && json::parse(x.text).size() == 1;
  };
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!joined() && std::chrono::steady_clock::now() < end)
    continue;
  place("good", {});
  auto options = " --zoo.path=" + zoo;
  auto x = vpaas("model register good" + options);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  x = vpaas("model deploy good --on=fog-1");
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  BOOST_TEST(kinds.size() >= 20u);
  size_t by_node = 0;
  for (auto& broken : kinds) {
    BOOST_TEST_CONTEXT(broken.name) {
      parts made;
      broken.breaks(made);
      place(broken.name, std::move(made));
      x = vpaas(std::string{"model register "} + broken.name + options);
      if (x.status == 0) {
        ++by_node;
        x = vpaas(std::string{"model deploy "} + broken.name
                  + " --on=fog-1 --function=backup_detector");
        BOOST_TEST(x.text.find("refused") != std::string::npos, x.text);
      }
      BOOST_TEST(x.status == 1, x.text);
      BOOST_TEST_MESSAGE(broken.name << ": " << x.text);
      BOOST_TEST(serves("good@1 fp32"));
    }
  }
  BOOST_TEST(by_node >= 10u);
  x = vpaas("model deploy good --on=fog-1");
  BOOST_TEST(x.status == 0, x.text);
}
