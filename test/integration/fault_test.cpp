// What goes wrong beside one stream, in real nodes: the others do not notice,
// no keyframe is lost uncounted, and somebody says what happened.

#include "messages/protocol.hpp"
#include "runtime/json.hpp"
#include "support/clips.hpp"
#include "support/meddler.hpp"
#include "support/programs.hpp"
#include "support/real_node.hpp"
#include "support/small_disk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

using namespace vpaas;
using namespace std::chrono_literals;
using test::ask_until;
using test::run;
using test::running_node;

namespace {

/// 75 frames, of which every fifth is a keyframe: a chunk of 15.
constexpr uint64_t keyframes = 15;

const std::string& video() {
  static auto path = test::clip("fault.mp4", "320x180", "25",
                                "-c:v libx264 -preset ultrafast -g 25", 75);
  return path;
}

std::string text_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

uint16_t port_of(const std::string& address) {
  return uint16_t(std::stoi(address.substr(address.rfind(':') + 1)));
}

void add(const running_node& fog, const std::string& stream,
         const std::string& source, const std::string& options = "") {
  auto x = run("vpaas", "stream add " + stream + " --source='" + source
                          + "' --every=5 " + options + " --node=" + fog.address
                          + " --nodes=" + fog.address);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
}

/// What the coordinator of a stream says at its end. Checks the law.
json ended(const running_node& fog, const std::string& stream,
           const std::string& node = "fog-1") {
  json result;
  auto came = ask_until(node + "/streams/" + stream
                          + "/coordinator --nodes=" + fog.address,
                        [&](const json& x) {
                          result = x["details"];
                          return x["state"] == "ended";
                        });
  BOOST_TEST_REQUIRE(came, stream + ": " + result.dump());
  uint64_t dropped = 0;
  for (auto& n : result["dropped"])
    dropped += n.get<uint64_t>();
  BOOST_TEST(result["received"]
             == result["answered"].get<uint64_t>()
                  + result.value("spooled", uint64_t{0})
                  + result["in_flight"].get<uint64_t>() + dropped);
  return result;
}

/// A stream that was not to notice anything.
void check_untouched(const running_node& fog, const std::string& stream,
                     const std::string& node = "fog-1") {
  auto x = ended(fog, stream, node);
  BOOST_TEST(x["received"] == keyframes);
  BOOST_TEST(x["answered"] == keyframes);
  BOOST_TEST(x["cloud_frames"] == keyframes);
  BOOST_TEST(x["failures"] == 0);
  BOOST_TEST(x["backup_frames"] == 0);
  BOOST_TEST(x["last_error"] == "");
}

/// How often each frame of a stream is in the ledger, in their order.
std::map<uint64_t, int> kept(const running_node& fog,
                             const std::string& stream) {
  std::map<uint64_t, int> result;
  std::istringstream in{
    run("vpaas", "results --stream=" + stream + " --node=" + fog.address).text};
  for (std::string line; std::getline(in, line);)
    ++result[json::parse(line)["frame"].get<uint64_t>()];
  return result;
}

/// Overwrites the picture in a later part of a chunk of stream "bad".
class vandal {
public:
  void operator()(test::meddler::payload& x) {
    static const std::string sent = "\x09"
                                    "fog-1/bad";
    constexpr std::array<uint8_t, 4> start_code{0, 0, 0, 1};
    if (std::search(x.begin(), x.end(), sent.begin(), sent.end()) == x.end())
      return;
    auto unit = std::find_end(x.begin(), x.end(), start_code.begin(),
                              start_code.end());
    constexpr auto type = ptrdiff_t(start_code.size());
    constexpr auto slice = 1; // not of an IDR
    if (x.end() - unit <= type || (unit[type] & 31) != slice)
      return;
    if (++seen == 7) // part 3 of the second chunk of five
      std::fill(unit, x.end(), uint8_t{0xff});
  }

  std::atomic<int> seen{0};
};

/// Takes results, and never says so.
struct silent_state {
  std::vector<caf::response_promise> owed;
};

caf::behavior silent(caf::stateful_actor<silent_state>* self) {
  return {
    [self](result_atom, const std::vector<frame_result>&) {
      self->state.owed.push_back(self->make_response_promise());
      return caf::delegated<void>{};
    },
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(fault_tests)

BOOST_AUTO_TEST_CASE(a_chunk_that_is_damaged_on_its_way_costs_its_rest) {
  vandal break_one;
  running_node cloud{"cloud", {}};
  test::meddler between{port_of(cloud.address), std::ref(break_one)};
  running_node fog{
    "fog", {"--node.cloud=127.0.0.1:" + std::to_string(between.port())}};
  // Until the cloud is there, a stream would begin on the backup.
  BOOST_TEST_REQUIRE(
    ask_until("fog-1/cloud_link --nodes=" + fog.address,
              [](const json& x) { return x["state"] == "up"; }));
  add(fog, "good", video(), "--chunk_frames=5");
  add(fog, "bad", video(), "--chunk_frames=5 --corrections=none");
  check_untouched(fog, "good");
  auto x = ended(fog, "bad");
  BOOST_TEST(break_one.seen == 12); // all parts but the first ones
  BOOST_TEST(x["received"] == keyframes);
  BOOST_TEST(x["answered"] == keyframes);
  BOOST_TEST(x["backup_frames"] == 2); // to the end of its chunk
  BOOST_TEST(x["cloud_frames"] == keyframes - 2);
  auto why = x["last_error"].get<std::string>();
  BOOST_TEST(why.find("codec: failed to decode fog-1/bad, chunk 25.4")
               != std::string::npos,
             why);
}

BOOST_AUTO_TEST_CASE(fogs_may_name_their_streams_alike) {
  running_node cloud{"cloud", {}};
  auto start = [&](const std::string& name) {
    auto fog = std::make_unique<running_node>(
      "fog", std::vector<std::string>{"--node.name=" + name,
                                      "--node.cloud=" + cloud.address});
    auto up = ask_until(name + "/cloud_link --nodes=" + fog->address,
                        [](const json& x) { return x["state"] == "up"; });
    BOOST_TEST_REQUIRE(up);
    return fog;
  };
  auto north = start("north"), south = start("south");
  add(*north, "door", video(), "--real_time=true");
  add(*south, "door", video(), "--real_time=true");
  check_untouched(*north, "door", "north");
  check_untouched(*south, "door", "south");
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_its_own_streams_trouble) {
  test::temp_dir dir;
  auto bytes = text_of(video());
  // Everything but the index of the file, and the first picture.
  auto data = bytes.find("mdat");
  BOOST_TEST_REQUIRE(data != std::string::npos);
  for (auto i = data + (bytes.size() - data) / 3;
       i < data + (bytes.size() - data) * 2 / 3; i += 3)
    bytes[i] = char(i * 7);
  auto damaged = dir.path("damaged.mp4");
  std::ofstream{damaged, std::ios::binary} << bytes;
  running_node cloud{"cloud", {}};
  running_node fog{"fog", {"--node.cloud=" + cloud.address}};
  BOOST_TEST_REQUIRE(
    ask_until("fog-1/cloud_link --nodes=" + fog.address,
              [](const json& x) { return x["state"] == "up"; }));
  add(fog, "good", video());
  add(fog, "bad", damaged);
  check_untouched(fog, "good");
  auto x = ended(fog, "bad");
  BOOST_TEST(x["received"] > 3);
  BOOST_TEST(x["dropped"]["undecodable"] > 0, x.dump());
  auto why = x["last_error"].get<std::string>();
  BOOST_TEST(why.find("codec: failed to decode") == 0u, why);
}

BOOST_AUTO_TEST_CASE(a_full_disk_delays_results_and_loses_none) {
  test::small_disk disk{1 << 20};
  if (!disk.mounted()) {
    BOOST_TEST_MESSAGE("not permitted to mount; skipped");
    return;
  }
  running_node cloud{"cloud", {}};
  running_node fog{"fog",
                   {"--node.cloud=" + cloud.address,
                    "--store.ledger=" + disk.path("ledger.db")}};
  BOOST_TEST_REQUIRE(
    ask_until("fog-1/cloud_link --nodes=" + fog.address,
              [](const json& x) { return x["state"] == "up"; }));
  add(fog, "before", video());
  check_untouched(fog, "before");
  auto ballast = disk.path("ballast");
  {
    std::ofstream out{ballast, std::ios::binary};
    while (out << std::string(4096, 'x') && out.flush())
      ;
  }
  add(fog, "a", video());
  add(fog, "b", video());
  BOOST_TEST(
    ask_until("fog-1/results --nodes=" + fog.address, [](const json& x) {
      return x["details"]["failures"] > 0
             && x["details"]["last_error"].get<std::string>().find("full")
                  != std::string::npos;
    }));
  std::filesystem::remove(ballast);
  for (auto* stream : {"a", "b"}) {
    check_untouched(fog, stream);
    auto found = kept(fog, stream);
    BOOST_TEST(found.size() == keyframes);
    for (auto& [frame, times] : found)
      BOOST_TEST(times == 1);
  }
  BOOST_TEST(kept(fog, "before").size() == keyframes);
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(weights_that_are_missing_are_named_with_the_remedy) {
  test::temp_dir zoo;
  const std::string sum(64, '0');
  auto card = [&](const std::string& name, const std::string& task,
                  const std::string& rest, const std::string& url) {
    zoo.write(name + ".ini", "[model]\nname = " + name
                               + "\nlicence = MIT\nsource = x\ntask = " + task
                               + rest + "[file.weights]\nname = " + name
                               + ".onnx\nsha256 = " + sum + "\n" + url);
  };
  card("absent", "detect",
       "\nengine = opencv\narchitecture = onnx\n[input]\nwidth = 416\n"
       "height = 416\n[output]\ndecoder = yolox\nclasses = 80\n",
       "url = https://example.org/absent.onnx\n");
  card("backbone", "classify",
       "\narchitecture = mobilenet_v2\n[input]\nwidth = 224\nheight = 224\n"
       "[output]\nclasses = 1000\nprobability = 0\nfeature = 1\n",
       "");
  auto log_of = [&](const std::string& tier, const std::string& options) {
    auto log = zoo.path(tier + ".log");
    auto x = run("vpaas-" + tier, "--node.port=0 --zoo.path=" + zoo.path()
                                    + " --log.file=" + log + " " + options);
    BOOST_TEST(x.status == 1);
    return text_of(log);
  };
  auto cloud = log_of("cloud", "--cloud.detector=absent");
  for (auto* words :
       {"model_missing: failed to start child \"detectors\"", "absent.onnx",
        "000000", "; pull it from https://example.org/absent.onnx"})
    BOOST_TEST(cloud.find(words) != std::string::npos, cloud);
  auto fog = log_of("fog", "--fog.backup=null --fog.classifier=backbone "
                           "--store.folder="
                             + zoo.path());
  for (auto* words :
       {"model_missing: failed to start child \"classifier\"", "backbone.onnx",
        "000000", "; copy it into one of these folders"})
    BOOST_TEST(fog.find(words) != std::string::npos, fog);
}

BOOST_AUTO_TEST_CASE(a_slow_subscriber_loses_results_and_delays_no_stream) {
  test::temp_dir dir;
  auto topology = dir.write("x.lua",
                            "node.supervise {\n"
                            "{ kind = 'bulk_receiver' },\n"
                            "{ kind = 'cloud_link', to = config.cloud },\n"
                            "{ kind = 'results', ledger = '', queue = 3 },\n"
                            "{ kind = 'backup_detector', model = 'null' },\n"
                            "{ kind = 'supervisor', name = 'streams' } }");
  running_node cloud{"cloud", {}};
  running_node fog{
    "fog", {"--node.cloud=" + cloud.address, "--node.topology=" + topology}};
  test::visitor_config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  auto slow = sys.spawn(silent);
  auto node = test::visit(sys, port_of(fog.address));
  BOOST_REQUIRE(node);
  auto fail = [](const caf::error& x) { BOOST_ERROR(describe(x)); };
  self->request(*node, 10s, resolve_atom_v, std::string{"results"})
    .receive(
      [&](const caf::actor& found) {
        self
          ->request(caf::actor_cast<results_actor>(found), 10s,
                    subscribe_atom_v, std::string{}, slow)
          .receive([] {}, fail);
      },
      fail);
  BOOST_TEST_REQUIRE(
    ask_until("fog-1/cloud_link --nodes=" + fog.address,
              [](const json& x) { return x["state"] == "up"; }));
  add(fog, "a", video());
  add(fog, "b", video());
  check_untouched(fog, "a");
  check_untouched(fog, "b");
  BOOST_TEST(
    ask_until("fog-1/results --nodes=" + fog.address, [](const json& x) {
      auto& y = x["details"];
      auto sum = [&](auto... keys) {
        return (y[keys].template get<uint64_t>() + ...);
      };
      return y["slow"] > 0 && y["published"] == 2 * keyframes
             && sum("slow", "delivered", "unanswered", "gone", "queued")
                  == 2 * keyframes;
    }));
  caf::anon_send_exit(slow, caf::exit_reason::user_shutdown);
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
