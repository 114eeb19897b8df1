#include "actors/stream/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

using test::numbers;

namespace {

const auto away = caf::make_error(ec::io, "the database is locked");

struct fixture : test::stream_fixture {
  /// Four keyframes that nobody answered are on disk, two are answered.
  void leave_some_on_disk() {
    with_spool();
    answer_at_once = false;
    endless = true;
    start();
    answer_next();
    answer_next();
    kill_coordinator();
    asked.clear();
    answer_at_once = true;
    BOOST_TEST(spool.size() == 2u);
    BOOST_TEST(ledger.size() == 2u);
  }

  /// Lets everything come to rest under a camera that goes on.
  coordinator_status settle() {
    film_on(20);
    advance(60s);
    film_on(1);
    return status();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(coordinator_stores_tests, fixture)

BOOST_AUTO_TEST_CASE(a_stream_begins_without_its_ledger) {
  find_error = away;
  ledger_silent = true;
  start();
  advance(2s);
  advance(1s);
  BOOST_TEST(published.size() == 6u); // subscribers have them
  auto x = status();
  BOOST_TEST(x.in_flight == 6u);
  BOOST_TEST(x.unpublished == 6u);
  BOOST_TEST(x.away["ledger"].find("locked") != std::string::npos);
  find_error = caf::none;
  record_all();
  advance(2s);
  x = status();
  BOOST_TEST(x.answered == 6u);
  BOOST_TEST(x.away.empty());
  BOOST_TEST(state == "ended");
  BOOST_TEST(ledger.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_slow_ledger_does_not_hold_up_the_stream) {
  live = true;
  endless = true;
  cfg.in_flight = 4;
  start();
  ledger_silent = true;
  film_on(50);
  auto x = status();
  BOOST_TEST(x.unpublished == 100u);
  BOOST_TEST(published.size() > 95u); // handed out within a second
  record_all();
  advance(2s);
  BOOST_TEST(status().answered == 106u);
  BOOST_TEST(ledger.size() == 106u);
}

BOOST_AUTO_TEST_CASE(a_file_waits_for_a_slow_ledger) {
  segments = 5000;
  ledger_silent = true;
  start();
  advance(60s);
  auto x = status();
  BOOST_TEST(x.unpublished >= 1000u);
  BOOST_TEST(x.unpublished < 1100u);
  BOOST_TEST(x.dropped.empty());
}

BOOST_AUTO_TEST_CASE(a_stream_begins_without_its_spool) {
  leave_some_on_disk();
  open_error = away;
  spool_error = away;
  ++segments;
  start();
  advance(3s);
  auto x = status();
  BOOST_TEST(x.answered == 2u);
  BOOST_TEST(x.unkept == 2u);
  BOOST_TEST(x.away["spool"].find("locked") != std::string::npos);
  for (auto& [n, y] : ledger) // numbers of before are not used again
    BOOST_TEST((n <= 15 || n > 1'000'000'000'000));
  open_error = spool_error = caf::none;
  x = settle();
  BOOST_TEST(x.recovered == 4u);
  BOOST_TEST(x.away.empty());
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(x.spooled == 0u);
  BOOST_TEST(ledger.count(75) == 1u);
  BOOST_TEST(ledger.size() == 2 * segments);
}

BOOST_AUTO_TEST_CASE(a_spool_that_is_not_there_yet_is_taken_up_later) {
  leave_some_on_disk();
  auto late = directory["spool"];
  directory.erase("spool");
  ++segments;
  start();
  advance(3s);
  BOOST_TEST(status().answered == 2u);
  BOOST_TEST(status().away.count("spool") == 1u);
  directory["spool"] = late;
  auto x = settle();
  BOOST_TEST(x.recovered == 4u);
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(ledger.size() == 2 * segments);
  BOOST_TEST(x.away.empty());
}

// What is kept before the spool could be compared with the ledger is not taken
// for something of before.
BOOST_AUTO_TEST_CASE(what_is_kept_meanwhile_is_not_counted_twice) {
  leave_some_on_disk();
  find_error = away;
  start();
  advance(3s);
  film_on(3);
  find_error = caf::none;
  auto x = settle();
  BOOST_TEST(x.recovered == 4u);
  BOOST_TEST(x.received == 4u + 2 * (segments - 3));
  BOOST_TEST(ledger.size() == 2 * segments);
}

// A lock that is held for a moment is waited for: numbers go on.
BOOST_AUTO_TEST_CASE(a_short_wait_keeps_the_numbers) {
  leave_some_on_disk();
  open_error = away;
  ++segments;
  start();
  advance(1s);
  BOOST_TEST(status().received == 0u);
  open_error = caf::none;
  advance(500ms);
  settle();
  BOOST_TEST(ledger.rbegin()->first == 30 * segments - 15);
}

BOOST_AUTO_TEST_CASE(a_spool_that_fails_in_the_middle_costs_nothing_else) {
  with_spool();
  endless = true;
  start();
  spool_error = away;
  film_on(5);
  auto x = status();
  BOOST_TEST(x.answered == 16u);
  BOOST_TEST(x.unkept == 10u);
  spool_error = caf::none;
  x = settle();
  BOOST_TEST(x.unkept == 10u);
  BOOST_TEST(x.answered == x.received);
}

// CAF tells an error to whoever sent the message, and that ends him unless he
// hears it.
BOOST_AUTO_TEST_CASE(a_spool_that_cannot_forget_ends_nobody) {
  with_spool();
  endless = true;
  start();
  release_error = away;
  film_on(5);
  auto x = status();
  BOOST_TEST(x.answered == 16u);
  BOOST_TEST(x.received == 16u);
}

// Parts of a segment that are on disk are of use without those that are not.
BOOST_AUTO_TEST_CASE(a_part_that_is_not_kept_costs_only_its_keyframes) {
  with_spool();
  cfg.backup = "";
  endless = true;
  start();
  link(false);
  ++segments;
  film();
  BOOST_TEST(status().spooled == 2u);
  spool_error = away;
  ++segments;
  film();
  auto x = status();
  BOOST_TEST(x.spooled == 2u);
  BOOST_TEST(x.dropped["spool"] + x.dropped["cloud_down"] == 2u);
}

// -- reading again ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_cannot_be_read_for_now_is_read_later) {
  leave_some_on_disk();
  fetch_error = away; // no descriptors, say
  start();
  film_on(20);
  auto x = status();
  BOOST_TEST(x.spooled == 4u);
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(fetched.size() < 6u); // with a rest in between
  fetch_error = caf::none;
  x = settle();
  BOOST_TEST(x.spooled == 0u);
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(ledger.size() == 2 * segments);
}

BOOST_AUTO_TEST_CASE(one_bad_sector_holds_up_no_other_segment) {
  leave_some_on_disk();
  bad_sectors = {2};
  start();
  auto x = settle();
  BOOST_TEST(x.spooled == 2u);
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(ledger.size() == 2 * segments - 2);
}

BOOST_AUTO_TEST_CASE(a_decoder_that_dies_with_a_segment_is_no_verdict_on_it) {
  leave_some_on_disk();
  deadly = {2};
  start();
  film_on(3);
  deadly.clear();
  directory["revisit"] = spawn("revisit");
  auto x = settle();
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(ledger.size() == 2 * segments);
}

BOOST_AUTO_TEST_CASE(without_a_decoder_segments_stay_on_disk) {
  leave_some_on_disk();
  directory.erase("revisit");
  start();
  film_on(20);
  BOOST_TEST(status().spooled == 4u);
  BOOST_TEST(status().dropped.empty());
}

BOOST_AUTO_TEST_CASE(a_segment_that_ends_every_decoder_is_given_up) {
  leave_some_on_disk();
  deadly = {2};
  start();
  for (int i = 0; i < 40; ++i) {
    film_on(20);
    directory["revisit"] = spawn("revisit");
  }
  auto x = status();
  BOOST_TEST(x.dropped["undecodable"] == 2u);
  BOOST_TEST(x.spooled == 0u);
  BOOST_TEST(std::count(fetched.begin(), fetched.end(), 2u) == 5);
}

BOOST_AUTO_TEST_CASE(live_pictures_never_wait_for_old_ones) {
  leave_some_on_disk();
  start();
  film_on(20);
  BOOST_TEST(seen["revisit decode"] == 2u);
  BOOST_TEST(seen["decoder decode"] == 0u);
}

// They are as many as there is room for; the rest is decoded once more.
BOOST_AUTO_TEST_CASE(old_pictures_obey_the_bound) {
  frames = 300; // twenty keyframes in a segment
  with_spool();
  cfg.backup = "";
  endless = true;
  segments = 2;
  cfg.pixel_bytes = 8 * test::grey(0).bytes();
  start();
  link(false);
  ++segments;
  film();
  BOOST_TEST(status().spooled == 20u);
  link(true);
  film_on(1);
  auto x = settle();
  BOOST_TEST(x.spooled == 0u);
  BOOST_TEST(x.dropped.empty());
  BOOST_TEST(std::count(fetched.begin(), fetched.end(), 3u) == 3);
}

BOOST_AUTO_TEST_SUITE_END()
