#include "actors/cloud/load_balancer.hpp"

#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

/// A cloud whose actors do what the test says, and write down what they get:
/// "detectors s0 0.1" is part 1 of chunk 0 of stream s0.
struct fixture : test::functions {
  using strings = std::vector<std::string>;

  std::map<std::string, caf::actor> directory; ///< of the node
  std::map<std::string, caf::error> refusals;  ///< answered, by name
  std::set<std::string> holding;  ///< who answers when `release` says so
  std::set<std::string> throwing; ///< who breaks
  std::vector<std::pair<caf::response_promise, item>> held;
  std::map<std::string, std::string> answers; ///< by part: "ok", or the code
  std::map<std::string, chunk_answer> results;
  strings log;
  load_balancer_actor uut;

  ~fixture() {
    end_all();
    held.clear();
  }

  void begin(json values = json::object()) {
    auto node = [](caf::event_based_actor*, fixture* f) -> caf::behavior {
      return {
        [=](resolve_atom, const std::string& name) -> caf::result<caf::actor> {
          auto i = f->directory.find(name);
          if (i == f->directory.end())
            return caf::make_error(ec::not_found, "no actor " + name);
          return i->second;
        }};
    };
    for (auto name : {"chunk_decoder-1", "chunk_decoder-2", "chunk_decoder-3",
                      "detectors", "region_filter"})
      hire(name);
    uut = remember(sys.spawn(load_balancer,
                             defaults(load_balancer_spec(), std::move(values)),
                             remember(sys.spawn(node, this))));
  }

  /// Puts a fresh actor under this name.
  void hire(const std::string& name) {
    directory[name] = remember(sys.spawn(stage, this, name));
  }

  static caf::behavior stage(caf::event_based_actor* self, fixture* f,
                             std::string name) {
    self->set_exception_handler( // as CAF's own, but quiet
      [](std::exception_ptr&) -> caf::error {
        return caf::sec::runtime_error;
      });
    return {
      [=](apply_atom, const item& x) { return f->take(self, name, x); },
      [=](submit_atom, const job& x) { return f->take(self, name, x.input); },
    };
  }

  caf::result<item> take(caf::event_based_actor* by, const std::string& name,
                         const item& x) {
    auto* in = x.value.get<chunk>();
    log.push_back(name + " " + x.stream + " " + std::to_string(x.seq)
                  + (in ? "." + std::to_string(in->part) + " "
                            + std::to_string(in->bytes.size())
                        : ""));
    if (throwing.count(name) != 0)
      throw std::runtime_error("broken");
    if (auto i = refusals.find(name); i != refusals.end())
      return i->second;
    auto out = output_of(name, x);
    if (holding.count(name) == 0)
      return out;
    held.emplace_back(by->make_response_promise(), out);
    return caf::delegated<item>{};
  }

  static item output_of(const std::string& name, const item& x) {
    if (name == "detectors")
      return make_item(x.stream, x.seq,
                       detections{"m@1", {"a"}, {}, {{7, {}}}});
    if (name == "region_filter")
      return make_item(x.stream, x.seq,
                       chunk_answer{"m@1", {"a"}, {{7, {}, {}}}, {}, {}});
    return {"keyframes", x.stream, x.seq, {}};
  }

  /// Lets those who hold answer, in order.
  void release() {
    for (auto& [promise, out] : std::exchange(held, {}))
      promise.source()->enqueue(nullptr, promise.id().response_id(),
                                caf::make_message(out), nullptr);
    run();
  }

  static chunk part(const std::string& stream, uint32_t number, size_t bytes) {
    chunk result;
    result.stream = stream;
    result.part = number;
    result.frames.push_back({number, 100, 0, {}, false});
    result.bytes = blob{blob::buffer(bytes, 1)};
    return result;
  }

  /// Sends a part; without bytes, they come by themselves.
  void send(const std::string& stream, uint32_t number, size_t bytes = 100) {
    auto key = stream + " " + std::to_string(number);
    sys.spawn([=](caf::event_based_actor* fog) {
      fog
        ->request(uut, caf::infinite, apply_atom_v,
                  make_item(stream, 0, part(stream, number, bytes)))
        .then(
          [=](const item& x) {
            answers[key] = "ok";
            results[key] = *x.value.get<chunk_answer>();
          },
          [=](const caf::error& e) {
            auto text = describe(e);
            answers[key] = text.substr(0, text.find(':'));
          });
    });
    run();
  }

  caf::error deliver(const std::string& stream, uint32_t number,
                     size_t bytes = 100) {
    caf::error result;
    delivery x{bytes_key(part(stream, number, 0)),
               blob{blob::buffer(bytes, 1)}};
    auto reply = self->request(uut, caf::infinite, deliver_atom_v, x);
    run();
    reply.receive([] {}, [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  /// The status, which obeys its laws whenever one looks.
  load_balancer_status look() {
    auto x = *from_json<load_balancer_status>(status(uut));
    BOOST_TEST(x.submitted
               == x.answered + x.failed + x.waiting + x.decoding + x.detecting
                    + x.filtering);
    BOOST_TEST(x.deliveries == x.claimed + x.dropped + x.unclaimed);
    return x;
  }

  /// What the decoders got.
  strings decoded() const {
    strings result;
    for (auto& x : log)
      if (x.find("chunk_decoder-") == 0)
        result.push_back(x.substr(16));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(load_balancer_tests, fixture)

BOOST_AUTO_TEST_CASE(a_part_goes_from_actor_to_actor) {
  begin();
  send("s", 0);
  BOOST_TEST(log
               == (strings{"chunk_decoder-1 s 0.0 100", "detectors s 0",
                           "region_filter s 0"}),
             boost::test_tools::per_element());
  BOOST_TEST(answers["s 0"] == "ok");
  BOOST_TEST(results["s 0"].names == strings{"a"},
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.answered == 1u);
  BOOST_TEST(x.frames == 1u);
  BOOST_TEST(x.bytes == 100u);
  BOOST_TEST(x.neighbours == 3u);
}

BOOST_AUTO_TEST_CASE(decoding_and_detecting_are_measured) {
  begin();
  holding = {"chunk_decoder-1", "detectors", "region_filter"};
  send("s", 0);
  BOOST_TEST(look().decoding == 1u);
  advance(30ms);
  release();
  BOOST_TEST(look().detecting == 1u);
  advance(50ms);
  release();
  BOOST_TEST(look().filtering == 1u);
  advance(7ms);
  release();
  BOOST_TEST((results["s 0"].decoding == 30ms));
  BOOST_TEST((results["s 0"].detecting == 50ms));
  BOOST_TEST(look().decoding_time.count == 1u);
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_stream_stick_to_one_decoder) {
  begin({{"decoders", 3}});
  std::map<std::string, std::set<std::string>> used; // by stream
  for (uint32_t i = 0; i < 3; ++i)
    for (int k = 0; k < 20; ++k)
      send("s" + std::to_string(k), i);
  for (auto& x : log)
    if (x.find("chunk_decoder-") == 0)
      used[x.substr(16, x.find(' ', 16) - 16)].insert(x.substr(0, 15));
  BOOST_TEST(used.size() == 20u);
  std::set<std::string> all;
  for (auto& [stream, decoders] : used) {
    BOOST_TEST(decoders.size() == 1u, stream);
    all.insert(decoders.begin(), decoders.end());
  }
  BOOST_TEST(all.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_part_that_waits_for_bytes_holds_up_those_behind) {
  begin();
  send("s", 0);
  send("s", 1, 0);
  send("s", 2);
  send("other", 0);
  BOOST_TEST(decoded() == (strings{"s 0.0 100", "other 0.0 100"}),
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.waiting == 2u);
  BOOST_TEST(x.held_bytes == 100u);
  advance(3s);
  log.clear();
  BOOST_TEST(!deliver("s", 1, 70000));
  BOOST_TEST(decoded() == (strings{"s 0.1 70000", "s 0.2 100"}),
             boost::test_tools::per_element());
  BOOST_TEST(answers["s 2"] == "ok");
  BOOST_TEST((look().wait.max == 3s));
  BOOST_TEST(look().held_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(bytes_that_come_first_wait_for_their_part) {
  begin();
  BOOST_TEST(!deliver("s", 0));
  BOOST_TEST(look().unclaimed == 1u);
  send("s", 0, 0);
  BOOST_TEST(answers["s 0"] == "ok");
  BOOST_TEST(look().claimed == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_that_never_come_fail_their_part_only) {
  begin({{"patience", "10s"}});
  send("s", 0, 0);
  advance(1s);
  send("s", 1);
  advance(8s);
  BOOST_TEST(answers.empty());
  advance(1s);
  BOOST_TEST(answers["s 0"] == "deadline");
  BOOST_TEST(answers["s 1"] == "ok");
  BOOST_TEST(look().expired == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_without_a_part_are_dropped) {
  begin({{"patience", "10s"}, {"memory", "100000"}});
  BOOST_TEST(!deliver("s", 0, 60000));
  BOOST_TEST(!deliver("s", 1, 60000));
  BOOST_TEST(look().dropped == 1u);
  BOOST_TEST((deliver("s", 2, 100001) == ec::overload));
  advance(10s);
  BOOST_TEST(look().dropped == 2u);
  BOOST_TEST(look().held_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_refused_at_once) {
  begin({{"capacity", 4}, {"stream_capacity", 2}});
  for (uint32_t i = 0; i < 3; ++i)
    send("s", i, 0);
  BOOST_TEST(answers["s 2"] == "overload");
  holding = {"chunk_decoder-1"};
  for (auto stream : {"a", "b", "c"})
    send(stream, 0);
  BOOST_TEST(answers["c 0"] == "overload");
  BOOST_TEST(answers.size() == 2u);
  auto x = look();
  BOOST_TEST(x.rejected == 2u);
  BOOST_TEST(x.waiting == 2u);
  BOOST_TEST(x.decoding == 2u);
}

BOOST_AUTO_TEST_CASE(a_part_that_comes_again_takes_the_place_of_the_first) {
  begin();
  send("s", 0, 0);
  send("s", 1);
  send("s", 0, 100);
  BOOST_TEST(decoded() == (strings{"s 0.0 100", "s 0.1 100"}),
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.replaced == 1u);
  BOOST_TEST(x.answered == 2u);
  BOOST_TEST(x.failed == 1u);
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_breaks_fails_what_it_has) {
  begin();
  for (auto name : {"chunk_decoder-1", "region_filter"}) {
    answers.clear();
    throwing = {name};
    send("s", 0);
    BOOST_TEST(answers["s 0"] == "cloud_down", name);
    send("s", 1); // the node still knows the dead one
    BOOST_TEST(answers["s 1"] == "cloud_down", name);
    throwing.clear();
    hire(name);
    send("s", 2);
    BOOST_TEST(answers["s 2"] == "ok", name);
  }
  BOOST_TEST(look().lost >= 2u);
}

BOOST_AUTO_TEST_CASE(parts_on_their_way_to_a_dying_decoder_are_answered) {
  begin();
  send("a", 0);
  throwing = {"chunk_decoder-1"};
  for (uint32_t i = 1; i < 4; ++i) // all lie in one mailbox
    self->send(uut, apply_atom_v, make_item("a", 0, part("a", i, 100)));
  run();
  BOOST_TEST(look().failed == 3u);
  BOOST_TEST(look().lost == 1u);
}

BOOST_AUTO_TEST_CASE(a_silent_neighbour_costs_a_timeout) {
  begin({{"timeout", "30s"}});
  holding = {"detectors"};
  send("s", 0);
  advance(29s);
  BOOST_TEST(answers.empty());
  advance(1s);
  BOOST_TEST(answers["s 0"] == "deadline");
  release(); // too late
  BOOST_TEST(look().answered == 0u);
}

BOOST_AUTO_TEST_CASE(a_missing_neighbour_is_looked_for_each_time) {
  begin();
  directory.erase("detectors");
  send("s", 0);
  BOOST_TEST(answers["s 0"] == "cloud_down");
  hire("detectors");
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "ok");
}

BOOST_AUTO_TEST_CASE(errors_of_ours_stay_what_they_are) {
  begin();
  refusals["detectors"] = caf::make_error(ec::overload, "the pool is full");
  send("s", 0);
  BOOST_TEST(answers["s 0"] == "overload");
  BOOST_TEST(look().rejected == 0u); // it was the pool
  refusals["chunk_decoder-1"] = caf::make_error(ec::codec, "damaged");
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "codec");
  refusals.erase("chunk_decoder-1");
  refusals["detectors"] = caf::sec::runtime_error; // its workers died of it
  send("s", 2);
  BOOST_TEST(answers["s 2"] == "inference");
  BOOST_TEST((apply<chunk_answer>(uut, box{}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(whoever_waits_is_told_when_it_ends) {
  begin();
  holding = {"detectors"};
  send("s", 0);
  send("s", 1, 0);
  self->send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(answers["s 0"] == "cloud_down");
  BOOST_TEST(answers["s 1"] == "cloud_down");
}

BOOST_AUTO_TEST_CASE(its_settings_change_while_it_runs) {
  begin();
  test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"stream_capacity", 1}}}));
  send("s", 0, 0);
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "overload");
  auto refused = ask<document>(uut, configure_atom_v,
                               document{{{"decoders", 0}}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_config));
  auto spec = test::value_of(ask<function_spec>(uut, describe_atom_v));
  BOOST_TEST(spec.input == "chunk");
  BOOST_TEST(spec.output == "chunk_answer");
}

BOOST_AUTO_TEST_SUITE_END()
