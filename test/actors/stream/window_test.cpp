#include "actors/stream/window.hpp"

#include "runtime/error.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

segment part(uint64_t number, uint32_t index, size_t bytes = 10) {
  segment result;
  result.stream = "door";
  result.number = number;
  result.part = index;
  result.bytes = blob{blob::buffer(bytes)};
  return result;
}

struct fixture : test::test_system {
  explicit fixture(window_config cfg = {}) : uut(sys.spawn(window, cfg)) {
    run();
  }

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    run();
  }

  void show(const segment& x) {
    caf::anon_send(uut, publish_atom_v, x);
    run();
  }

  /// Keys of what is answered now; nothing: it waits.
  using keys = std::vector<std::pair<uint64_t, uint32_t>>;

  struct question {
    std::optional<keys> got;
  };

  std::shared_ptr<question> ask(uint64_t number, uint32_t index) {
    auto result = std::make_shared<question>();
    sys.spawn([=](caf::event_based_actor* self) {
      self
        ->request(uut, caf::infinite, fetch_atom_v, segment_key{number, index})
        .then([=](const std::vector<segment>& xs) {
          result->got.emplace();
          for (auto& x : xs)
            result->got->emplace_back(x.number, x.part);
        });
    });
    run();
    return result;
  }

  window_actor uut;
};

window_config tiny() {
  window_config result;
  result.max_bytes = 100;
  return result;
}

struct small : fixture {
  small() : fixture(tiny()) {
    // nop
  }
};

/// A node with a clip store that says which seconds it was given.
caf::behavior play_node(caf::event_based_actor*, caf::actor store) {
  return {
    [=](resolve_atom, const std::string& name) -> caf::result<caf::actor> {
      if (name != clip_store_name || !store)
        return caf::make_error(ec::not_found, "none");
      return store;
    }};
}

using spans = std::vector<std::pair<uint64_t, uint64_t>>;

caf::behavior play_store(caf::event_based_actor*, std::shared_ptr<spans> got) {
  return {[=](keep_atom, const std::vector<segment>& xs) {
    got->emplace_back(xs.front().number, xs.back().number);
  }};
}

window_config with_node(const caf::actor& node) {
  window_config result;
  result.node = node;
  return result;
}

struct with_clips : test::test_system {
  with_clips() {
    run();
  }

  ~with_clips() {
    for (auto& x : {caf::actor_cast<caf::actor>(uut), node, store})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  /// The second number `n` of a video of 10 frames a second.
  void film(uint64_t n) {
    auto x = part(n, 0);
    x.first_frame = n * 10;
    for (int i = 0; i < 10; ++i) {
      packet y;
      y.captured = caf::timestamp{n * 1s + i * 100ms};
      x.packets.push_back(y);
    }
    caf::anon_send(uut, publish_atom_v, x);
    run();
  }

  void happens(uint64_t second) {
    event x;
    x.time = caf::timestamp{second * 1s};
    caf::anon_send(uut, publish_atom_v, x);
    run();
  }

  spans around(uint64_t frame) {
    spans result;
    auto asked = self->request(uut, caf::infinite, find_atom_v, frame);
    run();
    asked.receive(
      [&](const std::vector<segment>& xs) {
        if (!xs.empty())
          result.emplace_back(xs.front().number, xs.back().number);
      },
      [](caf::error&) { BOOST_ERROR("no answer"); });
    return result;
  }

  std::shared_ptr<spans> got = std::make_shared<spans>();
  caf::actor store = sys.spawn(play_store, got);
  caf::actor node = sys.spawn(play_node, store);
  window_actor uut = sys.spawn(window, with_node(node));
};

} // namespace

BOOST_AUTO_TEST_SUITE(window_tests)

BOOST_FIXTURE_TEST_CASE(who_comes_begins_at_the_newest_intra_picture, fixture) {
  for (auto [n, i] : {std::pair{1, 0}, {1, 1}, {2, 0}, {2, 1}})
    show(part(n, i));
  BOOST_TEST((ask(0, 0)->got == keys{{2, 0}, {2, 1}}));
}

BOOST_FIXTURE_TEST_CASE(who_watches_gets_what_follows, fixture) {
  show(part(1, 0));
  show(part(1, 1));
  BOOST_TEST((ask(1, 0)->got == keys{{1, 1}}));
  auto waits = ask(1, 1);
  BOOST_TEST(!waits->got.has_value());
  show(part(2, 0));
  BOOST_TEST((waits->got == keys{{2, 0}}));
}

BOOST_FIXTURE_TEST_CASE(nobody_waits_for_ever, fixture) {
  auto waits = ask(0, 0);
  advance(1s);
  BOOST_TEST(!waits->got.has_value());
  advance(1s);
  BOOST_TEST((waits->got == keys{}));
}

BOOST_FIXTURE_TEST_CASE(who_is_too_slow_goes_on_at_an_intra_picture, small) {
  show(part(1, 0, 40));
  for (int n = 2; n < 6; ++n) {
    show(part(n, 0, 40));
    show(part(n, 1, 20));
  }
  BOOST_TEST((ask(1, 0)->got == keys{{5, 0}, {5, 1}}));
}

BOOST_FIXTURE_TEST_CASE(a_part_alone_is_kept_however_large, small) {
  show(part(1, 0, 1000));
  BOOST_TEST((ask(0, 0)->got == keys{{1, 0}}));
}

BOOST_FIXTURE_TEST_CASE(a_lost_part_is_not_skipped_silently, fixture) {
  show(part(1, 0));
  show(part(1, 1));
  show(part(1, 3)); // never: but if it were
  show(part(2, 0));
  BOOST_TEST((ask(1, 1)->got == keys{{2, 0}}));
}

BOOST_FIXTURE_TEST_CASE(what_happens_makes_a_clip, with_clips) {
  for (uint64_t n = 1; n <= 20; ++n)
    film(n);
  happens(18);
  BOOST_TEST(got->empty());
  for (uint64_t n = 21; n <= 23; ++n)
    film(n);
  BOOST_TEST((*got == spans{{13, 23}}));
}

BOOST_FIXTURE_TEST_CASE(a_clip_whose_video_stops_is_kept_in_the_end,
                        with_clips) {
  for (uint64_t n = 1; n <= 20; ++n)
    film(n);
  happens(18);
  for (int i = 0; i < 71; ++i)
    advance(1s);
  BOOST_TEST((*got == spans{{13, 20}}));
}

BOOST_FIXTURE_TEST_CASE(the_video_around_a_frame_is_found_while_it_is_here,
                        with_clips) {
  for (uint64_t n = 1; n <= 300; ++n)
    film(n);
  BOOST_TEST((around(2804) == spans{{275, 285}}));
  BOOST_TEST(around(100).empty());
  BOOST_TEST(around(9999).empty());
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_numbers_anew_is_followed, fixture) {
  show(part(7, 0));
  auto waits = ask(7, 0);
  show(part(1, 0));
  BOOST_TEST((waits->got == keys{{1, 0}}));
  BOOST_TEST((ask(7, 0)->got == keys{{1, 0}}));
}

BOOST_AUTO_TEST_SUITE_END()
