#include "actors/client/camera.hpp"

#include "runtime/media/trouble.hpp"
#include "support/log_lines.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

/// Answers from outside the actor that made the promise.
template <class T>
void answer(const caf::response_promise& to, T x) {
  to.source()->enqueue(nullptr, to.id().response_id(),
                       caf::make_message(std::move(x)), nullptr);
}

struct fixture : test::test_system {
  /// What the reader holds: one read at a time, answered by the test.
  caf::response_promise asked;
  size_t readers = 0;
  std::vector<stream_position> positions;
  std::vector<cancel_flag> flags;
  std::vector<reader_actor> handles;
  std::vector<segment> got;
  std::vector<caf::error> refused;
  camera_actor uut;

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    for (auto& x : handles)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
    asked = {};
  }

  void begin(queue_limits limits = {}, const std::string& stream = "s") {
    camera_config cfg;
    cfg.stream = stream;
    cfg.limits = limits;
    cfg.seed = 1;
    BOOST_REQUIRE(!cfg.validate());
    auto make = [this](cancel_flag cancel, stream_position from) {
      ++readers;
      flags.push_back(cancel);
      positions.push_back(from);
      handles.push_back(sys.spawn([this](reader_actor::pointer self) {
        return reader_actor::behavior_type{
          [this, self](read_atom) -> caf::result<reading> {
            asked = self->make_response_promise();
            return caf::delegated<reading>{};
          }};
      }));
      return handles.back();
    };
    uut = caf::actor_cast<camera_actor>(
      sys.spawn(camera, std::move(cfg), reader_factory{make}));
    run();
  }

  static segment part_of(uint64_t number, uint32_t part = 0) {
    segment x;
    x.stream = "s";
    x.number = number;
    x.part = part;
    x.first_frame = (number - 1) * 10;
    x.packets.resize(10);
    x.bytes = blob{blob::buffer(100)};
    return x;
  }

  void give(std::vector<segment> parts, bool live, bool ended = false,
            uint64_t before_intra = 0) {
    BOOST_REQUIRE(asked.pending());
    reading x;
    x.parts = std::move(parts);
    x.live = live;
    x.ended = ended;
    x.before_intra = before_intra;
    answer(std::exchange(asked, {}), std::move(x));
    run();
  }

  void break_source(const char* cause = "gone") {
    break_source(caf::make_error(ec::io, cause));
  }

  void break_source(const caf::error& why) {
    BOOST_REQUIRE(asked.pending());
    answer(std::exchange(asked, {}), why);
    run();
  }

  /// Asks for the next part as a receiver that has everything up to `after`.
  void ask(segment_key after = {}) {
    auto client = [this, after](caf::event_based_actor* self) {
      self->request(uut, caf::infinite, next_atom_v, after)
        .then([this](segment& x) { got.push_back(std::move(x)); },
              [this](caf::error& x) { refused.push_back(x); });
    };
    sys.spawn(client);
    run();
  }

  json status() {
    json result;
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    reply.receive(
      [&](const status_report& x) {
        result = x.details.value();
        result["state"] = x.state;
      },
      [&](const caf::error& x) { BOOST_FAIL(describe(x)); });
    auto n = [&](const char* key) { return result[key].get<uint64_t>(); };
    BOOST_TEST(n("received")
               == n("forwarded") + n("overflowed") + n("incomplete")
                    + n("before_intra") + n("waiting"));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(camera_tests, fixture)

BOOST_AUTO_TEST_CASE(a_receiver_gets_each_part_once_it_asks) {
  begin();
  ask();
  BOOST_TEST(got.empty());
  give({part_of(1)}, true);
  BOOST_REQUIRE(got.size() == 1u);
  give({part_of(2)}, true);
  BOOST_TEST(got.size() == 1u);
  ask({1, 0});
  BOOST_REQUIRE(got.size() == 2u);
  BOOST_TEST(got[1].number == 2u);
  BOOST_TEST(status()["forwarded"] == 10u);
}

BOOST_AUTO_TEST_CASE(a_part_whose_answer_was_lost_is_sent_again) {
  begin();
  give({part_of(1)}, true);
  ask();
  ask();
  BOOST_REQUIRE(got.size() == 2u);
  BOOST_TEST(got[1].number == 1u);
}

BOOST_AUTO_TEST_CASE(a_live_source_is_read_on_and_loses_its_oldest) {
  begin({1000, 2});
  for (uint64_t n = 1; n <= 5; ++n)
    give({part_of(n)}, true);
  auto x = status();
  BOOST_TEST(x["overflowed"] == 30u);
  BOOST_TEST(x["waiting"] == 20u);
  ask();
  BOOST_REQUIRE(got.size() == 1u);
  BOOST_TEST(got[0].number == 4u);
}

BOOST_AUTO_TEST_CASE(a_file_waits_for_its_receiver) {
  begin({1000, 2});
  give({part_of(1)}, false);
  give({part_of(2)}, false);
  BOOST_TEST(!asked.pending());
  ask();
  BOOST_TEST(!asked.pending());
  ask({1, 0});
  BOOST_TEST(asked.pending());
  BOOST_TEST(status()["overflowed"] == 0u);
}

BOOST_AUTO_TEST_CASE(at_the_end_of_a_file_the_rest_is_still_handed_on) {
  begin();
  give({part_of(1)}, false, true);
  ask();
  BOOST_TEST(got.size() == 1u);
  BOOST_TEST(refused.empty());
  ask({1, 0});
  BOOST_REQUIRE(refused.size() == 1u);
  BOOST_TEST((refused[0] == ec::not_found));
  BOOST_TEST(status()["state"] == "ended");
  BOOST_TEST(!asked.pending());
}

BOOST_AUTO_TEST_CASE(a_source_that_fails_is_opened_again_after_a_while) {
  begin();
  break_source("connection refused");
  auto x = status();
  BOOST_TEST(x["state"] == "waiting");
  BOOST_TEST(x["last_error"] == "io: connection refused");
  BOOST_TEST(!asked.pending());
  advance(200ms);
  BOOST_TEST(asked.pending());
  give({part_of(1)}, true);
  x = status();
  BOOST_TEST(x["state"] == "streaming");
  BOOST_TEST(x["opened"] == 1u);
  BOOST_TEST(readers == 1u);
}

BOOST_AUTO_TEST_CASE(the_back_off_doubles_up_to_its_bound) {
  begin();
  for (auto wait :
       {200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 10000ms, 10000ms}) {
    break_source();
    advance(wait / 2 - 1ms);
    BOOST_TEST(!asked.pending());
    advance(wait / 2 + 1ms);
    BOOST_TEST(asked.pending());
  }
  BOOST_TEST(status()["failures"] == 8u);
}

BOOST_AUTO_TEST_CASE(a_reader_that_hangs_is_replaced_and_numbers_go_on) {
  begin();
  give({part_of(1)}, true);
  advance(31s);
  BOOST_TEST(status()["replaced"] == 1u);
  BOOST_TEST(flags[0]->load());
  advance(1s);
  BOOST_REQUIRE(readers == 2u);
  BOOST_TEST(positions[1].segment == 1u);
  BOOST_TEST(positions[1].frame == 10u);
  BOOST_TEST(!flags[1]->load());
}

BOOST_AUTO_TEST_CASE(a_reader_that_dies_is_replaced) {
  begin();
  give({part_of(1)}, true, false, 7);
  caf::anon_send_exit(handles[0], caf::exit_reason::kill);
  run();
  BOOST_TEST(status()["replaced"] == 1u);
  advance(1s);
  BOOST_TEST(readers == 2u);
  give({part_of(2)}, true, false, 3);
  // Discarded by both readers.
  BOOST_TEST(status()["before_intra"] == 10u);
}

BOOST_AUTO_TEST_CASE(a_stream_without_an_intra_picture_says_so) {
  begin();
  for (uint64_t n = 1; n <= 100; ++n) { // of seconds, with progress each
    give({}, true, false, 25 * n);
    advance(1s);
  }
  auto x = status();
  BOOST_TEST(x["stream"] == "s");
  BOOST_TEST(x["state"] == "no picture yet");
  BOOST_TEST(x["last_error"]
             == "no intra picture of s yet, 2500 others thrown away; set the "
                "camera's interval of intra pictures (GOP) to 2 s");
  BOOST_TEST(x["before_intra"] == 2500u);
  BOOST_TEST(x["replaced"] == 0u);
  BOOST_TEST(x["failures"] == 0u);
  give({part_of(1)}, true, false, 2500);
  BOOST_TEST(status()["state"] == "streaming");
}

BOOST_AUTO_TEST_CASE(the_state_says_what_a_source_suffers_from) {
  begin();
  for (auto why : {trouble::refused, trouble::missing, trouble::unreachable,
                   trouble::stalled}) {
    BOOST_REQUIRE(asked.pending());
    answer(std::exchange(asked, {}),
           with_trouble(caf::make_error(ec::io, "no"), why));
    run();
    BOOST_TEST(status()["state"] == to_string(why));
    BOOST_TEST(status()["last_error"] == "io: no");
    advance(10s);
  }
}

BOOST_AUTO_TEST_CASE(
  a_camera_that_is_refused_and_back_is_two_lines_of_the_log) {
  for (std::string format : {"text", "json"}) {
    test::log_lines log{format};
    begin({}, "gate-" + format);
    for (auto i = 0; i < 3; ++i) {
      break_source(with_trouble(caf::make_error(ec::io, "401 Unauthorized"),
                                trouble::refused));
      advance(10s);
    }
    give({part_of(1)}, true);
    give({part_of(2)}, true);
    auto camera = "info: camera gate-" + format + ": ";
    BOOST_TEST(
      log.take()
        == (std::vector<std::string>{camera + "refused: io: 401 Unauthorized",
                                     camera + "streaming"}),
      boost::test_tools::per_element());
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
    asked = {};
  }
}

BOOST_AUTO_TEST_CASE(the_last_to_ask_is_answered) {
  begin();
  ask();
  ask();
  BOOST_REQUIRE(refused.size() == 1u);
  BOOST_TEST((refused[0] == ec::cancelled));
  give({part_of(1)}, true);
  BOOST_TEST(got.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_camera_that_ends_stops_its_reader_and_answers) {
  begin();
  ask();
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(flags[0]->load());
  BOOST_TEST(refused.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
