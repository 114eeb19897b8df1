#include "actors/stream/result_desk.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

using test::numbers;

namespace {

/// A stream with functions that give every object track 7, and raise an event
/// for each result.
struct fixture : test::stream_fixture {
  bool hangs = false;
  caf::error refusal;
  std::vector<std::vector<frame_result>> before; ///< of each batch
  std::vector<event> kept;
  caf::error keeping;

  fixture() {
    cfg.functions = "functions";
    cfg.events = "events";
    directory["functions"] = spawn_functions();
    directory["events"] = spawn_events();
  }

  ~fixture() {
    kill_coordinator(); // it would look for whom the directory still names
  }

  caf::result<item> change(function_actor::pointer self, const item& x) {
    if (hangs) {
      self->make_response_promise();
      return caf::delegated<item>{};
    }
    if (refusal)
      return refusal;
    auto out = *x.value.get<result_batch>();
    before.push_back(std::exchange(out.before, {}));
    for (auto& y : out.results) {
      for (auto& z : y.objects)
        z.track = 7;
      event e;
      e.stream = y.stream;
      e.frame = y.frame;
      e.kind = "seen";
      out.events.push_back(e);
    }
    return make_item(x.stream, x.seq, std::move(out));
  }

  caf::actor spawn_functions() {
    return untyped(sys.spawn(
      [this](function_actor::pointer self) -> function_actor::behavior_type {
        return {
          [](status_atom) { return nothing(); },
          [](ready_atom) {},
          [this, self](apply_atom, const item& x) { return change(self, x); },
          [this, self](apply_atom, const item& x, const document&) {
            return change(self, x);
          },
          [](configure_atom, const document& x) { return x; },
          [](describe_atom) { return function_spec{}; }};
      }));
  }

  caf::actor spawn_events() {
    return untyped(
      sys.spawn([this](events_actor::pointer) -> events_actor::behavior_type {
        return {
          [](status_atom) { return nothing(); }, [](ready_atom) {},
          [this](publish_atom,
                 const std::vector<event>& xs) -> caf::result<void> {
            if (keeping)
              return keeping;
            kept.insert(kept.end(), xs.begin(), xs.end());
            return caf::unit;
          },
          [](find_atom, const event_query&) { return std::vector<event>{}; }};
      }));
  }

  numbers frames_kept() const {
    numbers result;
    for (auto& x : kept)
      result.push_back(x.frame);
    return result;
  }

  uint64_t with_track() const {
    uint64_t result = 0;
    for (auto& x : published)
      result += x.objects.size() == 1 && x.objects[0].track == 7;
    return result;
  }
};

const numbers all{0, 15, 30, 45, 60, 75};

} // namespace

BOOST_FIXTURE_TEST_SUITE(result_desk_tests, fixture)

BOOST_AUTO_TEST_CASE(results_are_published_as_the_functions_changed_them) {
  start();
  BOOST_TEST(frames_published() == all);
  BOOST_TEST(with_track() == 6u);
  BOOST_TEST(frames_kept() == all);
  auto x = status();
  BOOST_TEST(x.unchanged == 0u);
  BOOST_TEST(x.events == 6u);
  BOOST_TEST(x.events_waiting == 0u);
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_CASE(functions_that_hang_cost_their_patience_once) {
  hangs = true;
  answer_at_once = false;
  start();
  answer_next();
  advance(700ms);
  BOOST_TEST(published.empty());
  advance(200ms);
  BOOST_TEST(frames_published() == (numbers{0}));
  while (!asked.empty())
    answer_next();
  BOOST_TEST(frames_published() == all); // at once
  BOOST_TEST(with_track() == 0u);
  BOOST_TEST(status().unchanged == 6u);
  BOOST_TEST(frames_kept().empty());
}

BOOST_AUTO_TEST_CASE(functions_that_came_back_are_asked_again) {
  hangs = true;
  endless = true;
  segments = 1;
  start();
  for (int i = 0; i < 25; ++i)
    advance(100ms);
  BOOST_TEST(status().unchanged == 2u);
  hangs = false;
  advance(10s);
  film_on(1);
  BOOST_TEST(with_track() == 2u);
  BOOST_TEST(status().unchanged == 2u);
}

BOOST_AUTO_TEST_CASE(functions_that_refuse_or_are_away_cost_nothing) {
  refusal = caf::make_error(ec::bad_input, "no");
  endless = true;
  segments = 1;
  start();
  BOOST_TEST(frames_published() == (numbers{0, 15}));
  BOOST_TEST(status().unchanged == 2u);
  caf::anon_send_exit(directory["functions"], caf::exit_reason::kill);
  directory.erase("functions");
  run();
  film_on(1);
  BOOST_TEST(frames_published() == (numbers{0, 15, 30, 45}));
  BOOST_TEST(status().unchanged == 4u);
}

BOOST_AUTO_TEST_CASE(functions_that_die_with_results_lose_none) {
  hangs = true;
  start();
  caf::anon_send_exit(directory["functions"], caf::exit_reason::kill);
  directory.erase("functions");
  advance(100ms);
  BOOST_TEST(frames_published() == all);
  BOOST_TEST(status().unchanged == 6u);
}

BOOST_AUTO_TEST_CASE(functions_that_are_started_anew_are_told_what_was) {
  endless = true;
  segments = 1;
  start();
  BOOST_REQUIRE(!before.empty());
  BOOST_TEST(before[0].empty());
  before.clear();
  caf::anon_send_exit(directory["functions"], caf::exit_reason::kill);
  directory["functions"] = spawn_functions();
  advance(200ms);
  film_on(2);
  BOOST_REQUIRE(before.size() >= 2u);
  BOOST_REQUIRE(before[0].size() == 2u);
  BOOST_TEST(before[0][1].frame == 15u);
  BOOST_TEST(before[0][1].objects[0].track == 7u);
  BOOST_TEST(before[1].empty());
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_ledger_tells_what_was) {
  endless = true;
  segments = 1;
  start();
  kill_coordinator();
  replace("camera");
  before.clear();
  uut = sys.spawn(coordinator, cfg);
  advance(200ms);
  BOOST_REQUIRE(!before.empty());
  BOOST_REQUIRE(before[0].size() == 2u);
  BOOST_TEST(before[0][1].frame == 15u);
}

BOOST_AUTO_TEST_CASE(events_wait_for_who_keeps_them) {
  keeping = caf::make_error(ec::io, "the disk is full");
  start();
  BOOST_TEST(frames_published() == all);
  auto x = status();
  BOOST_TEST(x.events_waiting == 6u);
  BOOST_TEST(x.last_error.find("the disk is full") != std::string::npos);
  BOOST_TEST(state == "ready");
  keeping = caf::none;
  advance(2s);
  BOOST_TEST(frames_kept() == all);
  BOOST_TEST(status().events_waiting == 0u);
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_CASE(events_that_nobody_can_keep_are_counted) {
  keeping = caf::make_error(ec::bad_input, "64 bits");
  start();
  BOOST_TEST(status().events_lost == 6u);
  BOOST_TEST(status().events_waiting == 0u);
}

BOOST_AUTO_TEST_CASE(without_who_keeps_events_there_are_none) {
  cfg.events = "";
  start();
  BOOST_TEST(status().events == 6u);
  BOOST_TEST(status().events_waiting == 0u);
  BOOST_TEST(kept.empty());
}

BOOST_AUTO_TEST_SUITE_END()
