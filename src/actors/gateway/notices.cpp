#include "actors/gateway/notices.hpp"

#include <algorithm>
#include <cctype>

namespace vpaas {

namespace {

std::string text_of(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Home Assistant takes letters, digits, - and _.
std::string id_of(const notice& x) {
  auto result = "vpaas_" + x.node + "_" + x.stream;
  std::replace_if(
    result.begin(), result.end(),
    [](unsigned char c) { return !std::isalnum(c) && c != '-' && c != '_'; },
    '_');
  return result;
}

/// A sensor of a stream: what it is called, and where its value stands.
mqtt_message sensor(const notice& x, const mqtt_topics& topics,
                    const std::string& kind, const std::string& name,
                    const std::string& topic, const std::string& value,
                    json more) {
  auto id = id_of(x);
  more["name"] = name;
  more["unique_id"] = id + "_" + name;
  more["state_topic"] = topics.prefix + "/" + x.node + "/" + x.stream + "/"
                        + topic;
  more["value_template"] = value;
  more["availability_topic"] = topics.prefix + "/state";
  more["device"]
    = {{"identifiers", {id}}, {"name", x.stream}, {"manufacturer", "VPaaS"}};
  return {topics.discovery + "/" + kind + "/" + id + "/" + name + "/config",
          text_of(more), true, true};
}

void add_sensors(const notice& x, const mqtt_topics& topics,
                 std::vector<mqtt_message>& to) {
  to.push_back(sensor(x, topics, "binary_sensor", "camera", "state",
                      "{{ 'ON' if value_json.camera == 'streaming' else 'OFF' "
                      "}}",
                      {{"device_class", "connectivity"}}));
  to.push_back(sensor(x, topics, "sensor", "answers", "state",
                      "{{ value_json.answers }}", json::object()));
  to.push_back(sensor(x, topics, "sensor", "event", "event",
                      "{{ value_json.kind }} {{ value_json.zone }}",
                      json::object()));
  to.push_back(sensor(x, topics, "sensor", "objects", "result",
                      "{{ value_json.objects | count }}",
                      {{"state_class", "measurement"}}));
}

} // namespace

std::string webhook_body(const std::vector<notice>& xs) {
  auto all = json::array();
  for (auto& x : xs)
    if (x.what == notice::kind::event)
      all.push_back({{"type", "event"}, {"event", x.body}});
    else if (x.what == notice::kind::alarm)
      all.push_back({{"type", "alarm"}, {"alarm", x.body}});
  return text_of({{"notices", all}});
}

std::vector<mqtt_message> mqtt_messages(const std::vector<notice>& xs,
                                        const mqtt_topics& topics) {
  std::vector<mqtt_message> result;
  for (auto& x : xs) {
    auto stream = topics.prefix + "/" + x.node + "/" + x.stream + "/";
    auto text = text_of(x.body);
    switch (x.what) {
      case notice::kind::event:
        result.push_back({stream + "event", text, false, true});
        break;
      case notice::kind::alarm:
        result.push_back({topics.prefix + "/alarm", text, false, true});
        break;
      case notice::kind::alarms:
        result.push_back({topics.prefix + "/alarms", text, true, true});
        break;
      case notice::kind::state:
        if (!topics.discovery.empty())
          add_sensors(x, topics, result);
        result.push_back({stream + "state", text, true, true});
        break;
      case notice::kind::result:
        result.push_back({stream + "result", text, false, false});
    }
  }
  return result;
}

} // namespace vpaas
