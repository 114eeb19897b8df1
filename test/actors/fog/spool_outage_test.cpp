// A week without the cloud, by a simulated clock. Eight cameras send segments
// of two seconds: 2.4 million files. Here a segment stands for half an hour,
// and takes one block of the disk; the bounds are set in such segments.

#include "support/spool_actor.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t streams = 8;
constexpr uint64_t per_hour = 2 * streams;
constexpr int week = 7 * 24; // hours

struct fixture : test::spool_system {
  uint64_t kept = 0;
  size_t heard = 0;
  int filling_since = -1; ///< hour
  int losing_since = -1;  ///< the same

  /// A spool that is large enough for so many hours.
  void start_with(uint64_t hours) {
    cfg.limits.max_bytes = hours * per_hour * 4096;
    start();
    for (uint64_t i = 0; i < streams; ++i)
      open(name_of(i), make_owner(name_of(i)));
  }

  static std::string name_of(uint64_t i) {
    return "camera-" + std::to_string(i);
  }

  /// Half an hour: all cameras, a little after each other.
  void film() {
    for (uint64_t i = 0; i < streams; ++i) {
      BOOST_TEST_REQUIRE(keep(part_of(name_of(i), kept / streams)) == "",
                         problem);
      ++kept;
      advance(225s);
    }
  }

  /// What was lost since the last look was lost in the order of its capture:
  /// one of each camera in turn.
  void check_order() {
    for (; heard < lost.size(); ++heard) {
      auto space = lost[heard].find(' ');
      auto stream = lost[heard].substr(0, space);
      BOOST_TEST(stream == name_of(heard % streams));
      BOOST_TEST(std::stoull(lost[heard].substr(space)) == heard / streams);
    }
  }

  void check_hour(int hour) {
    auto x = status();
    BOOST_TEST_CONTEXT("hour " << hour) {
      BOOST_TEST(x["bytes"].get<uint64_t>() <= cfg.limits.max_bytes);
      BOOST_TEST(x["oldest_s"].get<double>() <= 24 * 3600);
      BOOST_TEST(x["filled"].get<double>() <= 1);
      uint64_t counted = 0;
      for (const auto& [reason, n] : x["lost"].items())
        counted += n.get<uint64_t>();
      BOOST_TEST(lost.size() == counted);
      BOOST_TEST(counted == kept - x["segments"].get<uint64_t>());
      check_order();
    }
    if (filling_since < 0 && x["state"] == "filling")
      filling_since = hour;
    if (losing_since < 0 && !lost.empty())
      losing_since = hour;
  }

  void film_hours(int from, int to) {
    for (int hour = from; hour < to; ++hour) {
      for (int i = 0; i < 2; ++i)
        film();
      check_hour(hour);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_outage_tests, fixture)

BOOST_AUTO_TEST_CASE(a_week_on_a_small_disk_keeps_the_last_hours) {
  start_with(18);
  film_hours(0, week);
  auto x = status();
  BOOST_TEST(kept == week * per_hour);
  BOOST_TEST(x["segments"] == 18 * per_hour);
  BOOST_TEST(x["lost"] == (json{{"spool_bytes", (week - 18) * per_hour}}));
  BOOST_TEST(filling_since == 14); // 80 % of 18 hours are 14.4
  BOOST_TEST(losing_since == 18);
  BOOST_TEST(x["warnings"] == 1);
}

BOOST_AUTO_TEST_CASE(a_week_on_a_large_disk_keeps_the_last_day) {
  start_with(30);
  film_hours(0, week);
  auto x = status();
  auto day = 24 * per_hour - 1; // at this moment one is a day old
  BOOST_TEST(x["segments"] == day);
  BOOST_TEST(x["lost"] == (json{{"spool_age", kept - day}}));
  BOOST_TEST(filling_since == 19); // 80 % of 24 hours are 19.2
  BOOST_TEST(losing_since == 23);  // at its end
  BOOST_TEST(x["warnings"] == 1);
  // The cloud is back.
  for (uint64_t i = 0; i < kept; ++i)
    release(name_of(i % streams), i / streams);
  BOOST_TEST(status()["segments"] == 0);
  BOOST_TEST(status()["released"] == day);
  BOOST_TEST(status()["state"] == "ready");
}

BOOST_AUTO_TEST_CASE(a_fog_that_starts_anew_each_day_keeps_the_order) {
  uint64_t before = 0;
  for (int day = 0; day < 3; ++day) {
    start_with(18);
    BOOST_TEST(status()["found"] == (day == 0 ? 0 : 18 * per_hour));
    for (int i = 0; i < 24 * 2; ++i)
      film();
    check_order();
    BOOST_TEST(lost.size() - before == (day == 0 ? 6 : 24) * per_hour);
    before = lost.size();
    kill();
  }
}

BOOST_AUTO_TEST_SUITE_END()
