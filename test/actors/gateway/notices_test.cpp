#include "actors/gateway/notices.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace vpaas;

namespace {

notice of(notice::kind what, json body) {
  return {what, "fog-1", "door.2", 7, std::move(body)};
}

std::map<std::string, mqtt_message> by_topic(const std::vector<notice>& xs,
                                             const mqtt_topics& topics = {}) {
  std::map<std::string, mqtt_message> result;
  for (auto& x : mqtt_messages(xs, topics))
    result.emplace(x.topic, x);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(notices_tests)

BOOST_AUTO_TEST_CASE(a_webhook_gets_events_and_alarms) {
  auto text = webhook_body({of(notice::kind::event, {{"kind", "passed"}}),
                            of(notice::kind::alarm, {{"level", "bad"}}),
                            of(notice::kind::state, {{"camera", "ended"}})});
  BOOST_TEST(text
             == R"({"notices":[{"event":{"kind":"passed"},"type":"event"},)"
                R"({"alarm":{"level":"bad"},"type":"alarm"}]})");
}

BOOST_AUTO_TEST_CASE(a_broker_gets_each_on_its_topic) {
  auto all = by_topic({of(notice::kind::event, {{"kind", "passed"}}),
                       of(notice::kind::alarm, {{"level", "bad"}}),
                       of(notice::kind::alarms, json::array()),
                       of(notice::kind::state, {{"camera", "streaming"}}),
                       of(notice::kind::result, {{"frame", 3}})});
  BOOST_TEST(all.size() == 5u);
  BOOST_TEST(all.at("vpaas/fog-1/door.2/event").text == R"({"kind":"passed"})");
  BOOST_TEST(!all.at("vpaas/fog-1/door.2/event").retained);
  BOOST_TEST(all.at("vpaas/fog-1/door.2/state").retained);
  BOOST_TEST(all.at("vpaas/alarms").retained);
  BOOST_TEST(all.at("vpaas/alarm").certain);
  BOOST_TEST(!all.at("vpaas/fog-1/door.2/result").certain);
}

BOOST_AUTO_TEST_CASE(home_assistant_is_told_of_sensors) {
  auto all = by_topic({of(notice::kind::state, {{"camera", "streaming"}})},
                      {"home/vpaas", "homeassistant"});
  BOOST_TEST(all.size() == 5u);
  auto& camera
    = all.at("homeassistant/binary_sensor/vpaas_fog-1_door_2/camera/config");
  BOOST_TEST(camera.retained);
  auto body = json::parse(camera.text);
  BOOST_TEST(body["state_topic"] == "home/vpaas/fog-1/door.2/state");
  BOOST_TEST(body["availability_topic"] == "home/vpaas/state");
  BOOST_TEST(body["device_class"] == "connectivity");
  BOOST_TEST(body["device"]["name"] == "door.2");
}

BOOST_AUTO_TEST_SUITE_END()
