// Each function of a fog that blocks, hung: it is replaced, whoever watches it
// hears of its end at once, and the one after it works, though the thread of
// the first still hangs. Real threads and a real clock: only they can hang.

#include "actors/fog/chunk_spool.hpp"
#include "actors/fog/ledger_keeper.hpp"
#include "actors/functions/classifier.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/detector.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/guard.hpp"
#include "actors/node.hpp"
#include "actors/supervisor.hpp"
#include "messages/registry.hpp"
#include "runtime/pulse.hpp"
#include "support/hang.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// How long a test waits for what must come.
constexpr auto patience = 60s;

using spawn_fun = std::function<caf::actor(caf::actor_system&)>;

struct fixture {
  struct config : caf::actor_system_config {
    config() {
      register_messages(*this);
    }
  };

  config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  node_actor directory;
  supervisor_actor tree;
  std::atomic<pid_t> thread{0}; ///< of the newest child

  ~fixture() {
    self->request(directory, patience, stop_atom_v)
      .receive([] {}, [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  }

  /// Spawns `f` in a thread of its own, as a node does.
  template <class Result, class Self, class... Ts>
  caf::actor in_thread(Result (*f)(Self, Ts...), Ts... args) {
    auto run = [this, f](Self me, Ts... xs) -> Result {
      begin_pulse(me->id());
      thread = static_cast<pid_t>(::syscall(SYS_gettid));
      return f(me, std::move(xs)...);
    };
    return caf::actor_cast<caf::actor>(
      sys.spawn<caf::detached>(run, std::move(args)...));
  }

  /// A tree of one child, which is to answer within `stall_after`.
  void begin(std::function<caf::actor()> make) {
    child_spec child;
    child.name = child.kind = "x";
    child.stall_after = 500ms;
    supervisor_config how;
    how.how.delay = how.how.max_delay = 0s;
    how.children = {child};
    how.factory = [this, make](const child_spec&, const std::string&,
                               const caf::actor&) -> caf::expected<caf::actor> {
      auto watcher = caf::actor_cast<caf::actor>(self);
      auto result = make();
      caf::anon_send(watcher, start_atom_v, result);
      return result;
    };
    node_config at;
    at.info.name = "here";
    at.start_tree = [this, how](const caf::actor& node) mutable {
      how.node = node;
      return tree = sys.spawn(supervisor, how);
    };
    directory = sys.spawn(node, at);
    self->send(directory, start_atom_v, at.info);
    next_start();
    self->request(directory, patience, ready_atom_v)
      .receive([] {}, [](const caf::error& e) { BOOST_FAIL(describe(e)); });
  }

  /// Waits for a start; returns what was started, which is behind a guard.
  caf::actor next_start() {
    caf::actor result;
    self->receive([&](start_atom, const caf::actor& x) { result = x; },
                  caf::after(patience) >> [] { BOOST_FAIL("no start"); });
    return result;
  }

  caf::actor resolve() {
    caf::actor result;
    self->request(directory, patience, resolve_atom_v, std::string{"x"})
      .receive([&](const caf::actor& x) { result = x; },
               [](const caf::error& e) { BOOST_FAIL(describe(e)); });
    return result;
  }

  /// Waits for the end of what is called "x"; returns the one after it.
  caf::actor replaced(const caf::actor& before) {
    self->monitor(before);
    self->receive(
      [&](const caf::down_msg& x) {
        BOOST_TEST((x.source == before.address()));
      },
      caf::after(patience) >> [] { BOOST_FAIL("it was not given up"); });
    BOOST_TEST(hung_threads() == 1u);
    return next_start();
  }

  template <class T, class... Ts>
  T ask(const caf::actor& x, const Ts&... xs) {
    T result{};
    self->request(x, patience, xs...)
      .receive([&](T& y) { result = std::move(y); },
               [](const caf::error& e) { BOOST_ERROR(describe(e)); });
    return result;
  }

  /// Hangs the child, and has `works` try the one after it.
  void check(std::function<caf::actor()> make,
             std::function<void(const caf::actor&)> works) {
    begin(make);
    auto first = resolve();
    works(first);
    test::hang it{thread};
    works(replaced(first));
  }
};

document defaults(const function_spec& spec) {
  return test::value_of(check(spec.parameters, json::object(), spec.name));
}

/// A network that hangs in its second run.
struct latch {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::atomic<int> runs{0};

  void run() {
    if (++runs != 2)
      return;
    std::unique_lock<std::mutex> lock{mutex};
    changed.wait(lock, [this] { return open; });
  }

  ~latch() {
    release();
  }

  void release() {
    std::lock_guard<std::mutex> lock{mutex};
    open = true;
    changed.notify_all();
  }
};

detector_world world_of(latch& at) {
  detector_world result;
  result.load
    = [&at](const document&) -> caf::expected<detector_world::loaded> {
    return detector_world::loaded{"m@1",
                                  [&at](const std::vector<item>& xs)
                                    -> caf::expected<std::vector<detections>> {
                                    at.run();
                                    return std::vector<detections>(xs.size());
                                  }};
  };
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(hung_function_tests, fixture)

BOOST_AUTO_TEST_CASE(a_hung_decoder_is_replaced) {
  check(
    [this] {
      return in_thread(stream_decoder, defaults(decoder_function::spec()));
    },
    [this](const caf::actor& x) {
      BOOST_TEST(ask<function_spec>(x, describe_atom_v).name == "decoder");
    });
}

BOOST_AUTO_TEST_CASE(a_hung_encoder_is_replaced) {
  check(
    [this] {
      return in_thread(function_of<encoder_function>,
                       defaults(encoder_function::spec()));
    },
    [this](const caf::actor& x) {
      BOOST_TEST(ask<function_spec>(x, describe_atom_v).name == "encoder");
    });
}

BOOST_AUTO_TEST_CASE(a_hung_ledger_is_replaced) {
  test::temp_dir dir;
  ledger_keeper_config ledger;
  ledger.database.connection = "sqlite3://" + dir.path("ledger.db");
  uint64_t frame = 0;
  check([&] { return in_thread(ledger_keeper, ledger); },
        [&](const caf::actor& x) {
          frame_result result;
          result.stream = "s";
          result.frame = ++frame;
          BOOST_TEST(ask<uint64_t>(x, record_atom_v, std::vector{result})
                     == 1u);
        });
}

// The thread that hangs has the folder, and keeps it until it comes back.
BOOST_AUTO_TEST_CASE(a_hung_spool_is_replaced_and_its_folder_taken_over) {
  test::temp_dir dir;
  chunk_spool_config spool;
  spool.folder = dir.path("spool");
  wall_clock wall{[] { return caf::make_timestamp(); }};
  auto owner = caf::actor_cast<caf::actor>(self);
  uint64_t number = 0;
  check(
    [&] { return in_thread(chunk_spool, spool, wall); },
    [&](const caf::actor& x) {
      auto found = ask<spool_content>(x, open_atom_v, std::string{"s"}, owner);
      BOOST_TEST(found.segments.size() == number);
      segment part;
      part.stream = "s";
      part.number = ++number;
      self->request(x, patience, keep_atom_v, part, spool_position{})
        .receive([] {}, [](const caf::error& e) { BOOST_ERROR(describe(e)); });
    });
}

BOOST_AUTO_TEST_CASE(a_hung_backup_detector_is_replaced_during_a_run) {
  latch at;
  auto make = [&] {
    return in_thread(batched_function,
                     detector(defaults(detector_spec()), world_of(at)));
  };
  begin(make);
  auto first = resolve();
  auto one = make_item("s", 1, box{});
  ask<item>(first, apply_atom_v, one); // it is warm
  auto lost = self->request(first, caf::infinite, apply_atom_v, one);
  ask<item>(replaced(first), apply_atom_v, one);
  at.release();
  lost.receive([](const item&) {}, // a late answer still comes
               [](const caf::error& e) { BOOST_ERROR(describe(e)); });
}

BOOST_AUTO_TEST_CASE(a_hung_classifier_is_replaced) {
  classifier_world world;
  world.load = [](const document&) -> caf::expected<classifier_world::loaded> {
    return classifier_world::loaded{
      "m@1", [](const std::vector<item>& xs, const one_vs_all&) {
        classifier_world::features result;
        result.crops.resize(xs.size());
        return caf::expected<classifier_world::features>{std::move(result)};
      }};
  };
  world.heads = [](const std::string&) {
    return caf::expected<one_vs_all>{
      one_vs_all{head_kind::relu, 1, {"a"}, {1, 0}, {.5f}}};
  };
  check(
    [&] {
      return in_thread(batched_function,
                       classifier(defaults(classifier_spec()), world));
    },
    [this](const caf::actor& x) {
      BOOST_TEST(ask<function_spec>(x, describe_atom_v).name == "classifier");
    });
}

BOOST_AUTO_TEST_SUITE_END()
