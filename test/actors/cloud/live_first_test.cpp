// Four files at full speed and two cameras on one cloud: a decoder and a
// detector that serve one part after the other, behind the runner and the pool.

#include "actors/cloud/runner.hpp"
#include "actors/pool.hpp"
#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <map>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

constexpr auto decoding = 5ms;
constexpr auto detecting = 50ms;
constexpr int file_parts = 16; ///< of a file, under way at any time

struct station_state {
  std::deque<std::pair<caf::typed_response_promise<item>, item>> line;
};

using station_ptr = caf::stateful_actor<station_state>*;

/// Answers one after the other, each after `service`, as `make` says.
caf::behavior station(station_ptr self, caf::timespan service,
                      std::function<item(const item&)> make) {
  auto queue = [=](const item& x) {
    auto& line = self->state.line;
    line.emplace_back(self->make_response_promise<item>(), x);
    if (line.size() == 1)
      self->delayed_send(self, service, due_atom_v);
    return line.back().first;
  };
  return {
    [=](apply_atom, const item& x) { return queue(x); },
    [=](apply_atom, const item& x, const document&) { return queue(x); },
    [=](due_atom) {
      auto& line = self->state.line;
      line.front().first.deliver(make(line.front().second));
      line.pop_front();
      if (!line.empty())
        self->delayed_send(self, service, due_atom_v);
    },
    [=](status_atom) { return status_report{}; },
    [](ready_atom) {},
  };
}

struct fixture : test::functions {
  std::map<std::string, caf::actor> names;
  std::map<std::string, std::vector<caf::timespan>> took; ///< by stream
  std::map<std::string, uint16_t> sent;
  runner_actor uut;

  fixture() {
    auto frames = [](const item& x) {
      return item{"keyframes", x.stream, x.seq, {}};
    };
    auto boxes = [](const item& x) {
      return make_item(x.stream, x.seq,
                       detections{"m@1", {"a"}, {}, {{7, {}}}});
    };
    auto answer = [](const item& x) {
      return make_item(x.stream, x.seq,
                       chunk_answer{"m@1", {"a"}, {{7, {}, {}}}, {}, {}});
    };
    names["chunk_decoder-1"]
      = remember(sys.spawn(station, caf::timespan{decoding},
                           std::function<item(const item&)>{frames}));
    names["region_filter"] = remember(sys.spawn(
      station, caf::timespan{1ms}, std::function<item(const item&)>{answer}));
    pool_config detectors;
    detectors.slots = 2;
    auto make = [this, boxes]() -> caf::expected<caf::actor> {
      return sys.spawn(station, caf::timespan{detecting},
                       std::function<item(const item&)>{boxes});
    };
    names["detectors"] = remember(caf::actor_cast<caf::actor>(
      sys.spawn(pool, detectors, worker_factory{make})));
    auto node
      = remember(sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
          return {[this](resolve_atom, const std::string& name) {
            return names.at(name);
          }};
        }));
    uut = remember(sys.spawn(runner, defaults(runner_spec()),
                             caf::actor_cast<caf::actor>(node)));
    run();
  }

  ~fixture() {
    end_all();
  }

  /// Sends the next part of a stream, and calls `then` with its answer.
  void send(const std::string& stream, bool live, std::function<void()> then) {
    chunk part;
    part.stream = stream;
    part.part = sent[stream]++;
    part.live = live;
    part.last = false;
    part.epoch = 1;
    part.frames.push_back({part.part, 10, 0, {}, false});
    part.bytes = blob{blob::buffer(10, 1)};
    auto began = sys.clock().now();
    sys.spawn([=](caf::event_based_actor* fog) {
      fog->request(uut, caf::infinite, apply_atom_v, make_item(stream, 0, part))
        .then(
          [=](const item&) {
            took[stream].push_back(sys.clock().now() - began);
            then();
          },
          [=](const caf::error& e) { BOOST_ERROR(describe(e)); });
    });
  }

  void go_on(const std::string& file, const bool& reading) {
    send(file, false, [this, file, &reading] {
      if (reading)
        go_on(file, reading);
    });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(live_first_tests, fixture)

BOOST_AUTO_TEST_CASE(files_at_full_speed_starve_no_live_camera) {
  auto reading = true;
  for (auto file : {"f1", "f2", "f3", "f4"})
    for (int i = 0; i < file_parts; ++i)
      go_on(file, reading);
  run();
  for (int tick = 0; tick < 4000; ++tick) { // 20 s
    if (tick % 100 == 0)
      for (auto camera : {"cam1", "cam2"})
        send(camera, true, [] {});
    advance(5ms);
  }
  reading = false;
  for (int i = 0; i < 2000; ++i)
    advance(5ms);
  auto longest = [&](const std::string& x) {
    return *std::max_element(took[x].begin(), took[x].end());
  };
  // Behind what a worker holds, the other camera, and itself; the deadline of a
  // live keyframe is a second.
  for (auto camera : {"cam1", "cam2"}) {
    BOOST_TEST(took[camera].size() == 40u);
    BOOST_TEST((longest(camera) <= 5 * (detecting + decoding)));
  }
  for (auto file : {"f1", "f2", "f3", "f4"}) {
    BOOST_TEST(took[file].size() > 70u); // of 80: they get all that is left
    BOOST_TEST((longest(file) > 2s));
  }
}

BOOST_AUTO_TEST_SUITE_END()
