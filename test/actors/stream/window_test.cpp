#include "actors/stream/window.hpp"

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

struct small : fixture {
  small() : fixture({100, 256, 64, 2s}) {
    // nop
  }
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

BOOST_FIXTURE_TEST_CASE(a_stream_that_numbers_anew_is_followed, fixture) {
  show(part(7, 0));
  auto waits = ask(7, 0);
  show(part(1, 0));
  BOOST_TEST((waits->got == keys{{1, 0}}));
  BOOST_TEST((ask(7, 0)->got == keys{{1, 0}}));
}

BOOST_AUTO_TEST_SUITE_END()
