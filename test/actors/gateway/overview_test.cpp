#include "actors/gateway/overview.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace vpaas;

namespace {

/// A fog with one stream whose coordinator says this.
system_view fog_with(const json& coordinator) {
  viewed_node fog;
  fog.info.name = "fog-1";
  fog.info.tier = "fog";
  fog.state = "up";
  fog.actors["streams/door/coordinator"] = std::make_shared<status_report>(
    status_report{"coordinator", "ready", 0, document{coordinator}});
  system_view result;
  result.nodes.push_back(fog);
  return result;
}

/// The message of the worst alarm; empty: there is none.
std::string alarm_of(const json& coordinator) {
  visitor admin;
  admin.may = role::admin;
  auto all = alarms_of(fog_with(coordinator), admin);
  return all.empty() ? "" : all[0]["message"].get<std::string>();
}

} // namespace

BOOST_AUTO_TEST_SUITE(overview_tests)

BOOST_AUTO_TEST_CASE(a_stream_without_the_cloud_says_who_answers) {
  auto said = [](const char* phase) {
    return alarm_of({{"stream", "door"}, {"outage", phase}});
  };
  BOOST_TEST(said("cloud") == "");
  BOOST_TEST(said("") == "");
  BOOST_TEST(said("suspect") == "the cloud is late: the fog answers as well");
  BOOST_TEST(said("fog") == "the fog answers without the cloud");
  BOOST_TEST(said("settling")
             == "the fog answers without the cloud, which is back and on "
                "trial");
}

BOOST_AUTO_TEST_CASE(keyframes_that_are_unaccounted_for_are_the_worst) {
  BOOST_TEST(alarm_of({{"stream", "door"}, {"outage", "fog"}, {"received", 3u}})
             == "3 keyframes are unaccounted for");
  json dropped{
    {"stream", "door"}, {"received", 3u}, {"dropped", {{"late", 3u}}}};
  BOOST_TEST(alarm_of(dropped) == "3 keyframes have no answer: {\"late\":3}");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_ends_soon_is_an_alarm) {
  using std::chrono::hours;
  auto view = fog_with({{"stream", "door"}});
  view.time = caf::timestamp{hours(24 * 20000)}; // 2024-10-04
  auto said = [&](const std::string& ends) {
    view.nodes[0].actors[""] = std::make_shared<status_report>(status_report{
      "node", "ready", 0, document{json{{"certificate_ends", ends}}}});
    visitor admin;
    admin.may = role::admin;
    auto all = alarms_of(view, admin);
    return all.empty() ? ""
                       : all[0]["level"].get<std::string>() + ": "
                           + all[0]["message"].get<std::string>();
  };
  BOOST_TEST(said("") == "");
  BOOST_TEST(said("2025-10-04T00:00:00Z") == "");
  BOOST_TEST(said("2024-10-14T00:00:00Z")
             == "warn: its certificate: that of fog-1 ends on 2024-10-14, in "
                "10 days");
  BOOST_TEST(said("2024-10-03T00:00:00Z")
             == "bad: its certificate: that of fog-1 ended on 2024-10-03");
}

BOOST_AUTO_TEST_SUITE_END()
