#include "actors/gateway/overview.hpp"

#include "runtime/moment.hpp"
#include "runtime/node/checkup.hpp"
#include "runtime/source_address.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr const char* shown_briefly[]
  = {"stream",       "node",         "state",          "pipeline",
     "outage",       "outages",      "received",       "answered",
     "in_flight",    "spooled",      "dropped",        "freshness",
     "processing",   "events",       "bytes_original", "bytes_to_cloud",
     "cloud_frames", "labels_cloud", "labels_fog",     "backup_frames",
     "last_error"};

struct seen_actor {
  const viewed_node* node;
  std::string path;
  std::shared_ptr<const status_report> report;
};

std::vector<seen_actor> actors_of(const system_view& x,
                                  const std::string& kind) {
  std::vector<seen_actor> result;
  for (auto& node : x.nodes)
    for (auto& [path, report] : node.actors)
      if (report->kind == kind)
        result.push_back({&node, path, report});
  return result;
}

std::string text(const json& x, const char* key) {
  auto i = x.find(key);
  return i != x.end() && i->is_string() ? i->get<std::string>() : "";
}

uint64_t number(const json& x, const char* key) {
  auto i = x.find(key);
  return i != x.end() && i->is_number_unsigned() ? i->get<uint64_t>() : 0;
}

/// A member that is an object; an empty one where it is not there.
const json& object_in(const json& x, const char* key) {
  static const auto none = json::object();
  auto i = x.find(key);
  return i != x.end() && i->is_object() ? *i : none;
}

/// What an actor says, as people may see it.
json shown(const seen_actor& x) {
  auto result = x.report->details.value();
  result["state"] = x.report->state;
  result["node"] = x.node->info.name;
  if (auto i = result.find("last_error"); i != result.end() && i->is_string())
    *i = without_secrets(i->get<std::string>());
  return result;
}

/// It stands beside the coordinator, or on a client under the stream's name.
json camera_of(const seen_actor& stream, const std::vector<seen_actor>& all) {
  auto beside = stream.path.substr(0, stream.path.rfind('/') + 1) + "camera";
  for (auto& x : all)
    if (x.node == stream.node && x.path == beside)
      return shown(x);
  auto name = text(stream.report->details.value(), "stream");
  for (auto& x : all)
    if (x.node != stream.node
        && text(x.report->details.value(), "stream") == name)
      return shown(x);
  return nullptr;
}

void raise(json& to, const char* level, const std::string& subject,
           const std::string& message, const std::string& remedy) {
  to.push_back({{"level", level},
                {"subject", subject},
                {"message", without_secrets(message)},
                {"remedy", remedy}});
}

/// Its certificate ends soon, or has ended.
void judge_end(const viewed_node& x, caf::timestamp now, json& to) {
  auto own = x.actors.find("");
  if (own == x.actors.end())
    return;
  auto ends
    = parse_moment(text(own->second->details.value(), "certificate_ends"));
  if (!ends)
    return;
  auto found = judge_certificate(x.info.name, *ends, now);
  if (found.state != verdict::good)
    raise(to, found.state == verdict::bad ? "bad" : "warn", x.info.name,
          "its certificate: " + found.found, found.mend);
}

void judge_node(const viewed_node& x, caf::timestamp now, const visitor& who,
                json& to) {
  if (x.state != "up")
    raise(to, "bad", x.info.name, "the node is " + x.state + ": " + x.problem,
          "look at its process, its log and the network");
  judge_end(x, now, to);
  if (!x.tree)
    return;
  for (auto& y : *x.tree)
    if (y.state != "ready" && sees_actor(who, y.path) && !y.path.empty())
      raise(to, y.state == "starting" ? "notice" : "bad",
            x.info.name + "/" + y.path,
            "the actor is " + y.state
              + (y.reason.empty() ? "" : ": " + y.reason),
            "wait for its supervisor, or see the log of " + x.info.name);
}

/// Why the fog answers, by who does: see fallback_phase.
std::string without_cloud(const std::string& phase) {
  if (phase == "suspect")
    return "the cloud is late: the fog answers as well";
  if (phase == "settling")
    return "the fog answers without the cloud, which is back and on trial";
  return "the fog answers without the cloud";
}

void judge_stream(const json& x, json& to) {
  auto name = text(x, "stream");
  auto& camera = x["camera"];
  if (!camera.is_null() && text(camera, "state") != "streaming"
      && text(camera, "state") != "ended")
    raise(to, "bad", name,
          "the camera is " + text(camera, "state") + ": "
            + text(camera, "last_error"),
          "look at the camera and its address");
  if (auto n = unaccounted(x); n != 0)
    raise(to, "bad", name, std::to_string(n) + " keyframes are unaccounted for",
          "report it with the log: this must not be");
  if (text(x, "outage") != "cloud" && !text(x, "outage").empty())
    raise(to, "warn", name, without_cloud(text(x, "outage")),
          "look at the link to the cloud and its node");
  uint64_t dropped = 0;
  for (auto& [reason, n] : object_in(x, "dropped").items())
    dropped += n.get<uint64_t>();
  if (dropped > 0)
    raise(to, "notice", name,
          std::to_string(dropped)
            + " keyframes have no answer: " + x["dropped"].dump(),
          "give the node more room, or the stream fewer keyframes");
  for (auto& [store, cause] : object_in(x, "away").items())
    raise(to, "warn", name,
          "goes on without its " + store + ": " + cause.get<std::string>(),
          "look at the disk");
}

void judge_results(const seen_actor& x, json& to) {
  auto& details = x.report->details.value();
  if (number(details, "waiting") > 1000 || number(details, "refused") > 0)
    raise(to, "warn", x.node->info.name + "/" + x.path,
          std::to_string(number(details, "waiting"))
            + " results wait for the ledger: " + text(details, "last_error"),
          "look at its disk or database");
}

int rank(const json& alarm) {
  auto level = text(alarm, "level");
  return level == "bad" ? 0 : level == "warn" ? 1 : 2;
}

} // namespace

int64_t unaccounted(const json& x) {
  auto all = int64_t(number(x, "received")) - int64_t(number(x, "answered"))
             - int64_t(number(x, "in_flight")) - int64_t(number(x, "spooled"));
  for (auto& [reason, n] : object_in(x, "dropped").items())
    all -= n.get<int64_t>();
  return all;
}

json nodes_of(const system_view& x) {
  auto result = json::array();
  for (auto& node : x.nodes) {
    auto entry = to_json_value(node.info);
    entry.erase("incarnation"); // more than a number of JavaScript holds
    entry["state"] = node.state;
    entry["problem"] = node.problem;
    uint64_t restarts = 0, down = 0, actors = 0;
    if (node.tree)
      for (auto& y : *node.tree) {
        ++actors;
        restarts += y.restarts;
        down += y.state != "ready";
      }
    entry["actors"] = actors;
    entry["restarts"] = restarts;
    entry["down"] = down;
    if (auto own = node.actors.find(""); own != node.actors.end())
      for (auto* key : {"rss_bytes", "threads", "hung", "descriptors"})
        entry[key] = own->second->details.value().value(key, 0);
    result.push_back(std::move(entry));
  }
  return result;
}

json streams_of(const system_view& x, const visitor& who) {
  auto result = json::array();
  auto cameras = actors_of(x, "camera");
  for (auto& y : actors_of(x, "coordinator")) {
    if (!sees_actor(who, y.path))
      continue;
    auto entry = shown(y);
    if (y.node->state != "up")
      entry["state"] = y.node->state;
    entry["camera"] = camera_of(y, cameras);
    entry["unaccounted"] = unaccounted(entry);
    result.push_back(std::move(entry));
  }
  return result;
}

namespace {

json shortened(const json& streams) {
  auto result = json::array();
  for (auto& x : streams) {
    auto entry = json::object();
    for (auto* key : shown_briefly)
      if (x.contains(key))
        entry[key] = x[key];
    entry["unaccounted"] = x["unaccounted"];
    entry["camera"] = x["camera"].is_null()
                        ? json{}
                        : json{{"state", x["camera"]["state"]},
                               {"node", x["camera"]["node"]}};
    result.push_back(std::move(entry));
  }
  return result;
}

json alarms_from(const system_view& x, const visitor& who,
                 const json& streams) {
  auto result = json::array();
  for (auto& node : x.nodes)
    judge_node(node, x.time, who, result);
  for (auto& y : streams)
    judge_stream(y, result);
  for (auto& y : actors_of(x, "results"))
    judge_results(y, result);
  std::stable_sort(result.begin(), result.end(),
                   [](auto& a, auto& b) { return rank(a) < rank(b); });
  return result;
}

} // namespace

json short_streams_of(const system_view& x, const visitor& who) {
  return shortened(streams_of(x, who));
}

json alarms_of(const system_view& x, const visitor& who) {
  return alarms_from(x, who, streams_of(x, who));
}

json overview_of(const system_view& x, const visitor& who) {
  auto streams = streams_of(x, who);
  return {{"time", to_json_value(x.time)},
          {"nodes", nodes_of(x)},
          {"alarms", alarms_from(x, who, streams)},
          {"streams", shortened(streams)}};
}

} // namespace vpaas
