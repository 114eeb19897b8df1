#include "actors/gateway/api.hpp"
#include "runtime/error.hpp"

#include <algorithm>
#include <cstdlib>

namespace vpaas {

namespace {

constexpr uint64_t most_at_once = 1000;

/// What comes closely together is written at once: a reader wakes no more
/// often.
constexpr auto gather = std::chrono::milliseconds(25);

constexpr auto quiet = std::chrono::seconds(1);

uint64_t number(const api_call& x, const char* key, uint64_t otherwise) {
  auto text = x.request.get(key);
  return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
}

/// Nanoseconds since 1970.
caf::timestamp since(const api_call& x) {
  return caf::timestamp{
    caf::timespan{static_cast<int64_t>(number(x, "since", 0))}};
}

uint64_t most(const api_call& x) {
  return std::clamp<uint64_t>(number(x, "most", 100), 1, most_at_once);
}

http_answer unknown_stream(const std::string& name) {
  return error_answer(404, "not_found", "there is no stream \"" + name + "\"",
                      "see the list of streams");
}

/// Asks an actor of this name on each node that has one, and gives what they
/// found to `take`. @returns what failed, where none answered
template <class Handle, class T, class Query, class F>
caf::error ask_all(const api_call& x, const std::string& actor,
                   const Query& query, F take) {
  auto nodes = nodes_with(x, actor);
  if (!nodes)
    return std::move(nodes.error());
  caf::error problem;
  auto answered = nodes->empty();
  for (auto& node : *nodes) {
    auto whom = x.ask().actor<Handle>(node, actor);
    auto found = whom ? x.ask().ask<std::vector<T>>(*whom, find_atom_v, query)
                      : caf::expected<std::vector<T>>{whom.error()};
    if (!found) {
      problem = std::move(found.error());
      continue;
    }
    answered = true;
    for (auto& y : *found)
      take(node.info.name, y);
  }
  return answered ? caf::error{} : problem;
}

/// "fog-1:12,fog-2:7": the last known event of each node.
std::map<std::string, uint64_t> positions(const std::string& text) {
  std::map<std::string, uint64_t> result;
  for (size_t from = 0; from < text.size();) {
    auto to = std::min(text.find(',', from), text.size());
    auto colon = text.find(':', from);
    if (colon < to)
      result[text.substr(from, colon - from)]
        = std::strtoull(text.c_str() + colon + 1, nullptr, 10);
    from = to + 1;
  }
  return result;
}

} // namespace

http_answer find_results(const api_call& x) {
  result_query query;
  query.stream = x.request.get("stream");
  query.first = number(x, "first", 0);
  query.last = number(x, "last", query.last);
  query.most = most(x);
  query.after = x.request.get("after");
  query.after_frame = number(x, "after_frame", 0);
  query.since = since(x);
  if (!query.stream.empty() && !sees(x.who, query.stream))
    return unknown_stream(query.stream);
  std::vector<frame_result> all;
  auto err = ask_all<results_actor, frame_result>(
    x, "results", query,
    [&](const std::string&, frame_result& y) { all.push_back(std::move(y)); });
  if (err)
    return error_answer(err);
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) {
    return std::tie(a.stream, a.frame) < std::tie(b.stream, b.frame);
  });
  all.resize(std::min<size_t>(all.size(), query.most));
  json result{{"results", json::array()}};
  if (all.size() == query.most)
    result["next"] = {{"after", all.back().stream},
                      {"after_frame", all.back().frame}};
  for (auto& y : all)
    if (sees(x.who, y.stream))
      result["results"].push_back(to_json_value(y));
  return json_answer(result);
}

http_answer find_events(const api_call& x) {
  event_query query;
  query.stream = x.request.get("stream");
  query.kind = x.request.get("kind");
  query.zone = x.request.get("zone");
  query.since = since(x);
  query.most = most(x);
  if (!query.stream.empty() && !sees(x.who, query.stream))
    return unknown_stream(query.stream);
  auto known = positions(x.request.get("after"));
  auto nodes = nodes_with(x, "ledger");
  if (!nodes)
    return error_answer(nodes.error());
  json result{{"events", json::array()}, {"after", known}};
  for (auto& node : *nodes) {
    query.after = known[node.info.name];
    auto whom = x.ask().actor<events_actor>(node, "ledger");
    if (!whom)
      continue;
    auto found = x.ask().ask<std::vector<event>>(*whom, find_atom_v, query);
    if (!found)
      return error_answer(found.error());
    for (auto& y : *found) {
      result["after"][node.info.name] = y.id;
      if (!sees(x.who, y.stream))
        continue;
      auto entry = to_json_value(y);
      entry["node"] = node.info.name;
      result["events"].push_back(std::move(entry));
    }
  }
  return json_answer(result);
}

http_answer event_stream(const api_call& x, broadcast& from,
                         const std::string& event, const std::string& camera) {
  if (!camera.empty() && !sees(x.who, camera))
    return unknown_stream(camera);
  http_answer result;
  result.type = "text/event-stream";
  result.headers.emplace_back("Cache-Control", "no-store");
  auto listens = std::make_shared<broadcast::listener>(from);
  result.stream
    = [&from, event, camera, who = x.who, listens, position = from.position(),
       next = broadcast::clock::time_point{}](const http_sink& sink) mutable {
        auto news = from.wait(position, quiet, next);
        next = broadcast::clock::now() + gather;
        std::string out;
        if (news.missed > 0)
          out = "event: missed\ndata: " + std::to_string(news.missed) + "\n\n";
        for (auto& y : news.entries)
          if ((camera.empty() || camera == y.camera) && sees(who, y.camera))
            out += "event: " + event + "\ndata: " + *y.text + "\n\n";
        if (out.empty())
          out = ":\n\n"; // still here
        return sink(out.data(), out.size());
      };
  return result;
}

http_answer follow_results(const api_call& x) {
  return event_stream(x, x.world.results, "result", x.request.get("stream"));
}

http_answer follow_events(const api_call& x) {
  return event_stream(x, x.world.events, "event", x.request.get("stream"));
}

} // namespace vpaas
