#include "actors/batched_function.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <map>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture : test::test_system {
  std::vector<size_t> batch_sizes;
  std::map<uint64_t, std::string> answers; ///< by seq: version, or the error
  bool broken = false;                     ///< the network fails
  bool short_answer = false;               ///< it answers too few results
  caf::timespan run_time{0};               ///< of a batch
  std::function<void()> during_run;        ///< what comes meanwhile

  /// Lets what still waits run while the members above are there.
  ~fixture() {
    advance(1s);
  }

  batched_function_config config() {
    batched_function_config result;
    result.spec.name = "echo";
    result.spec.parameters = batching_parameters();
    result.spec.parameters.push_back(text("model", "one", ""));
    result.parameters = *check(result.spec.parameters, json::object(), "echo");
    result.parameters.set("max_batch", 4);
    result.load = [this](const document& x) {
      return load(x.get<std::string>("model"));
    };
    return result;
  }

  caf::expected<batch_model> load(const std::string& version) {
    if (version == "gone")
      return caf::make_error(ec::model_missing, "no such model");
    return batch_model{version,
                       [this, version](const std::vector<item>& xs)
                         -> caf::expected<std::vector<item>> {
                         batch_sizes.push_back(xs.size());
                         if (run_time.count() > 0)
                           scheduler().advance_time(run_time);
                         if (during_run)
                           std::exchange(during_run, nullptr)();
                         if (broken)
                           return caf::make_error(ec::inference, "broken");
                         std::vector<item> result;
                         result.reserve(xs.size());
                         for (auto& x : xs)
                           result.push_back({version, x.stream, x.seq, {}});
                         if (short_answer)
                           result.pop_back();
                         return result;
                       }};
  }

  function_actor spawn(batched_function_config cfg) {
    return sys.spawn(batched_function, std::move(cfg));
  }

  /// Sends items first..last and collects their answers when they come.
  void apply(const function_actor& uut, uint64_t first, uint64_t last,
             const char* kind = "x") {
    sys.spawn([=](caf::event_based_actor* client) {
      for (auto i = first; i <= last; ++i)
        client
          ->request(uut, caf::infinite, apply_atom_v, item{kind, "s", i, {}})
          .then([=](const item& x) { answers[i] = x.kind; },
                [=](const caf::error& x) { answers[i] = describe(x); });
    });
    run();
  }

  caf::expected<document> configure(const function_actor& uut, json changes) {
    auto reply = self->request(uut, caf::infinite, configure_atom_v,
                               document{std::move(changes)});
    run();
    caf::expected<document> result{caf::sec::runtime_error};
    reply.receive([&](document& x) { result = std::move(x); },
                  [&](caf::error& x) { result = std::move(x); });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(batched_function_tests, fixture)

BOOST_AUTO_TEST_CASE(a_full_batch_leaves_at_once) {
  auto uut = spawn(config());
  apply(uut, 1, 4);
  BOOST_TEST(answers.size() == 4u);
  BOOST_TEST(batch_sizes == std::vector<size_t>{4},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lone_item_waits_for_the_delay) {
  auto uut = spawn(config());
  apply(uut, 1, 1);
  advance(19ms);
  BOOST_TEST(answers.empty());
  advance(1ms);
  BOOST_TEST(answers[1] == "one");
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_burst_runs_when_it_is_due) {
  auto uut = spawn(config());
  apply(uut, 1, 10);
  advance(20ms);
  BOOST_TEST(answers.size() == 10u);
  BOOST_TEST(batch_sizes == (std::vector<size_t>{4, 4, 2}),
             boost::test_tools::per_element());
}

// An item that waits has set the alarm; a full batch leaves before it rings,
// and it rings while that batch runs. What came meanwhile still runs together.
BOOST_AUTO_TEST_CASE(an_alarm_that_rings_during_a_run_cuts_no_batch) {
  auto uut = spawn(config());
  apply(uut, 1, 1);
  run_time = 50ms;
  during_run = [&] {
    for (auto i : {5, 6, 7, 8})
      caf::anon_send(uut, apply_atom_v, item{"x", "s", uint64_t(i), {}});
  };
  apply(uut, 2, 4);
  BOOST_TEST(batch_sizes == (std::vector<size_t>{4, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(items_count_by_their_weight) {
  auto cfg = config();
  cfg.weigh = [](const item& x) { return x.kind == "heavy" ? 3u : 1u; };
  auto uut = spawn(std::move(cfg));
  apply(uut, 1, 2, "heavy");
  advance(20ms);
  BOOST_TEST(batch_sizes == (std::vector<size_t>{1, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failing_network_fails_every_item_and_lives_on) {
  auto uut = spawn(config());
  broken = true;
  apply(uut, 1, 4);
  BOOST_TEST(answers[4] == "inference: broken");
  broken = false;
  short_answer = true;
  apply(uut, 5, 8);
  BOOST_TEST(answers[5].find("3 results for 4 items") != std::string::npos);
  short_answer = false;
  apply(uut, 9, 12);
  BOOST_TEST(answers[12] == "one");
}

BOOST_AUTO_TEST_CASE(settings_change_while_items_wait) {
  auto uut = spawn(config());
  apply(uut, 1, 1);
  BOOST_TEST(configure(uut, {{"max_delay", "0s"}}).engaged());
  run();
  advance(0ms);
  BOOST_TEST(answers[1] == "one");
}

BOOST_AUTO_TEST_CASE(a_wrong_setting_changes_nothing) {
  auto uut = spawn(config());
  auto x = configure(uut, {{"max_batch", 0}});
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::bad_config));
  x = configure(uut, {{"colour", "red"}});
  BOOST_REQUIRE(!x);
  x = configure(uut, json::object());
  BOOST_REQUIRE(x);
  BOOST_TEST(x->get<int>("max_batch") == 4);
}

BOOST_AUTO_TEST_CASE(a_model_that_cannot_be_loaded_leaves_the_old_one) {
  auto uut = spawn(config());
  auto x = configure(uut, {{"model", "gone"}});
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::model_missing));
  apply(uut, 1, 4);
  BOOST_TEST(answers[1] == "one");
}

BOOST_AUTO_TEST_CASE(without_its_first_model_it_does_not_start) {
  auto cfg = config();
  cfg.parameters.set("model", "gone");
  auto uut = spawn(std::move(cfg));
  auto reply = self->request(uut, caf::infinite, ready_atom_v);
  run();
  reply.receive([] { BOOST_FAIL("it is ready"); },
                [](const caf::error&) { /* as it should */ });
}

// Items come all the time while the model changes: each is answered once, by
// the version that was current when its batch ran, and no batch has two.
BOOST_AUTO_TEST_CASE(a_thousand_swaps_lose_nothing_and_mix_nothing) {
  auto uut = spawn(config());
  uint64_t sent = 0;
  for (int i = 0; i < 1000; ++i) {
    auto n = 1 + uint64_t(i) % 7;
    apply(uut, sent + 1, sent + n);
    sent += n;
    auto version = "v" + std::to_string(i);
    BOOST_REQUIRE(configure(uut, {{"model", version}}));
    if (i % 3 == 0)
      advance(20ms);
  }
  advance(20ms);
  BOOST_TEST(answers.size() == sent);
  size_t changes = 0;
  for (uint64_t i = 2; i <= sent; ++i)
    changes += answers[i] != answers[i - 1];
  BOOST_TEST(changes > 300u);
  size_t ran = 0;
  for (auto n : batch_sizes) {
    // All of a batch were answered by one version.
    for (size_t k = 2; k <= n; ++k)
      BOOST_REQUIRE(answers[ran + k] == answers[ran + 1]);
    ran += n;
  }
  BOOST_TEST(ran == sent);
}

BOOST_AUTO_TEST_CASE(a_change_sees_those_that_came_before_it) {
  auto uut = spawn(config());
  BOOST_TEST(!configure(uut, {{"model", "gone"}}));
  auto now = configure(uut, {{"model", "two"}, {"max_batch", 2}});
  BOOST_TEST_REQUIRE(bool(now));
  BOOST_TEST(now->get<int>("max_batch") == 2);
  now = configure(uut, json::object()); // only asks
  BOOST_TEST_REQUIRE(bool(now));
  BOOST_TEST(now->get<std::string>("model") == "two");
}

BOOST_AUTO_TEST_CASE(its_status_counts) {
  auto uut = spawn(config());
  apply(uut, 1, 5);
  auto reply = self->request(uut, caf::infinite, status_atom_v);
  run();
  reply.receive(
    [](const status_report& x) {
      BOOST_TEST(x.kind == "echo");
      BOOST_TEST(x.details.get<int>("items") == 4);
      BOOST_TEST(x.details.get<int>("waiting") == 1);
      BOOST_TEST(x.details.get<std::string>("model") == "one");
    },
    [](const caf::error& x) { BOOST_FAIL(describe(x)); });
}

BOOST_AUTO_TEST_SUITE_END()

// In threads: what is waited for has a deadline.
BOOST_AUTO_TEST_CASE(the_old_model_goes_on_while_the_new_one_loads) {
  struct config : caf::actor_system_config {
    config() {
      register_messages(*this);
      set("logger.file-verbosity", caf::atom("quiet"));
    }
  } cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  batched_function_config how;
  how.spec.name = "echo";
  how.spec.parameters = batching_parameters();
  how.spec.parameters.push_back(text("model", "one", ""));
  how.parameters = *check(how.spec.parameters, {{"max_delay", "0s"}}, "echo");
  how.load = [opened](const document& x) -> caf::expected<batch_model> {
    auto version = x.get<std::string>("model");
    if (version != "one")
      opened.wait();
    return batch_model{version,
                       [version](const std::vector<item>& xs)
                         -> caf::expected<std::vector<item>> {
                         auto result = xs;
                         for (auto& y : result)
                           y.kind = version;
                         return result;
                       }};
  };
  auto uut = sys.spawn<caf::detached>(batched_function, how);
  auto runs_on = [&] {
    std::string result;
    self->request(uut, 60s, apply_atom_v, item{"x", "s", 1, {}})
      .receive([&](const item& x) { result = x.kind; },
               [&](const caf::error& x) { result = describe(x); });
    return result;
  };
  auto swap = self->request(uut, 60s, configure_atom_v,
                            document{json{{"model", "two"}}});
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(runs_on() == "one");
  gate.set_value();
  swap.receive(
    [](const document& x) { BOOST_TEST(x.get<std::string>("model") == "two"); },
    [](const caf::error& x) { BOOST_FAIL(describe(x)); });
  BOOST_TEST(runs_on() == "two");
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
}
