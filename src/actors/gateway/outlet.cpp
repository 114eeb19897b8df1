#include "actors/gateway/outlet.hpp"

#include "actors/gateway/overview.hpp"
#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/node/log.hpp"
#include "runtime/pulse.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

namespace vpaas {

namespace {

/// How far events were told; nothing where there is no such file.
std::map<std::string, uint64_t> read_positions(const std::string& path) {
  std::map<std::string, uint64_t> result;
  std::ifstream in{path};
  auto all = json::parse(in, nullptr, false);
  if (all.is_object())
    for (auto& [node, id] : all.items())
      if (id.is_number_unsigned())
        result[node] = id.get<uint64_t>();
  return result;
}

caf::error write_positions(const std::string& path,
                           const std::map<std::string, uint64_t>& xs) {
  auto part = path + ".part";
  {
    std::ofstream out{part};
    out << json(xs).dump() << '\n';
    out.flush();
    if (!out)
      return caf::make_error(ec::io,
                             "failed to write " + part + "; look at the disk");
  }
  if (std::rename(part.c_str(), path.c_str()) != 0)
    return caf::make_error(ec::io,
                           "failed to write " + path + "; look at the disk");
  return caf::none;
}

visitor all_seeing() {
  visitor result;
  result.may = role::admin;
  return result;
}

/// What of a stream's status others outside want to follow.
json state_of(const json& stream) {
  json result{{"pipeline", stream.value("pipeline", "")},
              {"answers", stream.value("outage", "")},
              {"node", stream["node"]},
              {"camera", "not seen"}};
  if (!stream["camera"].is_null())
    result["camera"] = stream["camera"]["state"];
  return result;
}

} // namespace

outlet_state::outlet_state(listener_actor::stateful_pointer<outlet_state> self)
  : self(self) {
  // nop
}

void outlet_state::begin(outlet_config x) {
  cfg = std::move(x);
  if (!cfg.position.empty())
    positions = read_positions(cfg.position);
  hearing::config how;
  how.node = cfg.node;
  how.monitor = cfg.monitor;
  how.period = cfg.period;
  how.results = cfg.results;
  how.most = cfg.max_batch;
  how.seen = [this](const system_view& y) { see(y); };
  how.wants_events = [this] { return waiting.size() < cfg.max_batch; };
  how.happened = [this](const std::string& node, const std::vector<event>& xs) {
    for (auto& y : xs) {
      auto body = to_json_value(y);
      body["node"] = node;
      waiting.push_back({notice::kind::event, node, y.stream, y.id, body});
    }
    flush();
  };
  ears.begin(self, std::move(how), positions);
}

void outlet_state::see(const system_view& x) {
  auto now = alarms_of(x, all_seeing());
  auto changes = alarms.update(now, self->clock().now());
  for (auto& y : changes)
    put({notice::kind::alarm, "", "", 0, y});
  if (cfg.states) {
    if (!changes.empty())
      put({notice::kind::alarms, "", "", 0, now});
    see_states(x);
  }
  flush();
}

void outlet_state::see_states(const system_view& x) {
  auto now = cfg.generation ? cfg.generation() : generation;
  if (std::exchange(generation, now) != now)
    states.clear();
  for (auto& y : streams_of(x, all_seeing())) {
    auto stream = y["stream"].get<std::string>();
    auto node = y["node"].get<std::string>();
    nodes[stream] = node;
    auto body = state_of(y);
    auto& known = states[node + "/" + stream];
    if (auto text = body.dump(); text != known) {
      known = text;
      put({notice::kind::state, node, stream, 0, body});
    }
  }
}

void outlet_state::take(const std::vector<frame_result>& xs) {
  for (auto& x : xs)
    if (auto node = nodes.find(x.stream); node != nodes.end())
      put({notice::kind::result, node->second, x.stream, 0, to_json_value(x)});
  flush();
}

void outlet_state::put(notice x) {
  waiting.push_back(std::move(x));
  if (waiting.size() <= cfg.max_waiting)
    return;
  auto lossy = [](auto& y) { return y.what != notice::kind::event; };
  auto i = std::find_if(waiting.begin(), waiting.end(), lossy);
  if (i != waiting.end()) {
    waiting.erase(i);
    ++counts.dropped;
  }
}

void outlet_state::flush() {
  while (!waiting.empty() && self->clock().now() >= not_before) {
    auto n = std::min(waiting.size(), cfg.max_batch);
    auto end = waiting.begin() + static_cast<ptrdiff_t>(n);
    std::vector<notice> batch(waiting.begin(), end);
    auto err = cfg.tell(batch);
    beat();
    if (err)
      return failed(err);
    waiting.erase(waiting.begin(), end);
    told(batch);
  }
}

void outlet_state::told(const std::vector<notice>& xs) {
  if (delay.count() > 0)
    log_line(log_level::info, cfg.what, cfg.what + ": it is told again");
  delay = caf::timespan{0};
  auto before = counts.events;
  for (auto& x : xs)
    switch (x.what) {
      case notice::kind::event:
        ++counts.events;
        positions[x.node] = x.id;
        break;
      case notice::kind::alarm:
        ++counts.alarms;
        break;
      case notice::kind::alarms:
      case notice::kind::state:
        ++counts.states;
        break;
      case notice::kind::result:
        ++counts.results;
    }
  if (counts.events == before || cfg.position.empty())
    return;
  if (auto err = write_positions(cfg.position, positions))
    counts.last_error = describe(err);
}

void outlet_state::failed(const caf::error& cause) {
  ++counts.failures;
  counts.last_error = describe(cause);
  if (delay.count() == 0)
    log_line(log_level::warning, cfg.what, cfg.what + ": " + cause_of(cause));
  delay = std::min(std::max(delay * 2, cfg.first_delay), cfg.max_delay);
  not_before = self->clock().now() + delay;
}

void outlet_state::forget(const caf::down_msg& x) {
  ears.forget(x);
}

status_report outlet_state::status() const {
  auto x = counts;
  x.waiting = waiting.size();
  return report(self, delay.count() > 0 ? "retrying" : "ready", x);
}

listener_actor::behavior_type
outlet(listener_actor::stateful_pointer<outlet_state> self, outlet_config cfg) {
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget(x); });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // Who is told may come later.
    },
    [self](result_atom, const std::vector<frame_result>& xs) {
      self->state.take(xs);
    },
  };
}

} // namespace vpaas
