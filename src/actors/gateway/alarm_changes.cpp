#include "actors/gateway/alarm_changes.hpp"

namespace vpaas {

namespace {

std::string key_of(const json& x) {
  return x.at("level").get<std::string>() + '\n'
         + x.at("subject").get<std::string>() + '\n'
         + x.at("remedy").get<std::string>();
}

json changed(json x, const char* how) {
  x["change"] = how;
  return x;
}

} // namespace

std::vector<json> alarm_changes::update(const json& alarms, time_point now) {
  std::vector<json> result;
  for (auto& x : alarms) {
    auto& y = all_[key_of(x)];
    if (y.alarm.is_null())
      result.push_back(changed(x, "raised"));
    y = {x, now};
  }
  for (auto i = all_.begin(); i != all_.end();)
    if (now - i->second.seen >= hold) {
      result.push_back(changed(i->second.alarm, "cleared"));
      i = all_.erase(i);
    } else {
      ++i;
    }
  return result;
}

} // namespace vpaas
