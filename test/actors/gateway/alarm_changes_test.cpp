#include "actors/gateway/alarm_changes.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

json alarm_of(const std::string& subject, const std::string& message) {
  return {{"level", "bad"},
          {"subject", subject},
          {"message", message},
          {"remedy", "look at it"}};
}

/// "raised door: 3 lost, ..."
std::string told(const std::vector<json>& xs) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + x["change"].get<std::string>()
              + " " + x["subject"].get<std::string>() + ": "
              + x["message"].get<std::string>();
  return result;
}

struct fixture {
  std::string update(std::vector<json> xs, caf::timespan at) {
    return told(uut.update(xs, alarm_changes::time_point{at}));
  }

  alarm_changes uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(alarm_changes_tests, fixture)

BOOST_AUTO_TEST_CASE(an_alarm_is_raised_once_and_cleared_once) {
  BOOST_TEST(update({alarm_of("door", "3 lost")}, 1s) == "raised door: 3 lost");
  BOOST_TEST(update({alarm_of("door", "4 lost")}, 2s) == "");
  BOOST_TEST(update({}, 11s) == "");
  BOOST_TEST(update({}, 12s) == "cleared door: 4 lost");
  BOOST_TEST(update({}, 30s) == "");
}

BOOST_AUTO_TEST_CASE(one_that_flickers_is_told_once) {
  update({alarm_of("door", "x")}, 1s);
  for (int i = 2; i < 60; ++i)
    BOOST_TEST(update(i % 8 == 0 ? std::vector<json>{alarm_of("door", "x")}
                                 : std::vector<json>{},
                      i * 1s)
               == "");
}

BOOST_AUTO_TEST_CASE(subjects_are_told_apart) {
  BOOST_TEST(update({alarm_of("door", "x"), alarm_of("yard", "x")}, 1s)
             == "raised door: x, raised yard: x");
}

BOOST_AUTO_TEST_SUITE_END()
