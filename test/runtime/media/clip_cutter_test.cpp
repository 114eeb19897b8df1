#include "runtime/media/clip_cutter.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

caf::timestamp at(caf::timespan x) {
  return caf::timestamp{1000s} + x;
}

/// A second of video that begins so many seconds from the start; each second
/// with an intra picture.
segment second(int n, size_t bytes = 10) {
  segment result;
  result.number = static_cast<uint64_t>(n + 1);
  result.first_frame = static_cast<uint64_t>(n * 25);
  for (int i = 0; i < 25; ++i) {
    packet x;
    x.captured = at(n * 1s + i * 40ms);
    result.packets.push_back(x);
  }
  result.bytes = blob{blob::buffer(bytes)};
  return result;
}

std::deque<segment> seconds(int from, int to) {
  std::deque<segment> result;
  for (int i = from; i < to; ++i)
    result.push_back(second(i));
  return result;
}

/// "5-14": the seconds of a clip; "" where there is none.
std::string span(const std::vector<segment>& xs) {
  if (xs.empty())
    return "";
  return std::to_string(xs.front().number - 1) + "-"
         + std::to_string(xs.back().number - 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(clip_cutter_tests)

BOOST_AUTO_TEST_CASE(a_clip_has_what_was_before_and_what_comes_after) {
  clip_cutter uut;
  BOOST_TEST(span(uut.note(at(10500ms), seconds(0, 12))) == "");
  BOOST_TEST(uut.is_open());
  for (int i = 12; i < 15; ++i)
    BOOST_TEST(span(uut.add(second(i))) == "");
  BOOST_TEST(span(uut.add(second(15))) == "5-15");
  BOOST_TEST(!uut.is_open());
  BOOST_TEST(span(uut.add(second(16))) == "");
}

BOOST_AUTO_TEST_CASE(what_is_known_late_is_cut_at_once) {
  clip_cutter uut;
  BOOST_TEST(span(uut.note(at(10500ms), seconds(0, 30))) == "5-15");
}

BOOST_AUTO_TEST_CASE(what_happens_meanwhile_makes_it_longer_within_bounds) {
  clip_config cfg;
  cfg.longest = 20s;
  clip_cutter uut{cfg};
  uut.note(at(10s), seconds(0, 11));
  std::string got;
  for (int i = 11; i < 60 && got.empty(); ++i) {
    uut.note(at(i * 1s), {});
    got = span(uut.add(second(i)));
  }
  BOOST_TEST(got == "5-25");
}

BOOST_AUTO_TEST_CASE(what_a_clip_shows_already_makes_no_other) {
  clip_cutter uut;
  auto known = seconds(0, 30);
  BOOST_TEST(span(uut.note(at(10s), known)) == "5-15");
  BOOST_TEST(span(uut.note(at(11s), known)) == "");
  BOOST_TEST(span(uut.note(at(15s), known)) == "10-20");
}

BOOST_AUTO_TEST_CASE(there_is_none_of_what_is_no_longer_known) {
  clip_cutter uut;
  BOOST_TEST(span(uut.note(at(2s), seconds(10, 20))) == "");
  BOOST_TEST(!uut.is_open());
  BOOST_TEST(span(clip_cutter::cut(at(11s), seconds(10, 20), {})) == "10-16");
}

BOOST_AUTO_TEST_CASE(a_source_that_ends_or_begins_anew_ends_it) {
  clip_cutter uut;
  uut.note(at(3s), seconds(0, 4));
  auto last = second(4);
  last.last = true;
  BOOST_TEST(span(uut.add(last)) == "0-4");
  uut.note(at(30s), seconds(28, 31));
  BOOST_TEST(span(uut.add(second(0))) == "28-30");
}

BOOST_AUTO_TEST_CASE(it_is_no_larger_than_allowed) {
  clip_config cfg;
  cfg.max_bytes = 100;
  clip_cutter uut{cfg};
  uut.note(at(3s), seconds(0, 4));
  BOOST_TEST(span(uut.add(second(4, 80))) == "0-4");
}

BOOST_AUTO_TEST_SUITE_END()
