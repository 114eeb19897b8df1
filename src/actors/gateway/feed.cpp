#include "actors/gateway/feed.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"

#include <algorithm>

namespace vpaas {

namespace {

bool has(const viewed_node& x, const std::string& actor) {
  return x.handle && x.tree
         && std::any_of(x.tree->begin(), x.tree->end(),
                        [&](auto& y) { return y.path == actor; });
}

std::string text_of(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

feed_state::feed_state(feed_actor::stateful_pointer<feed_state> self)
  : self(self) {
  // nop
}

void feed_state::begin(feed_config x) {
  cfg = std::move(x);
  began = caf::make_timestamp();
  look();
}

void feed_state::look() {
  cfg.to->statuses.say("", "look");
  auto node = caf::actor_cast<node_actor>(cfg.node);
  auto read = [this](const caf::actor& monitor) {
    asking
      .send(self, caf::actor_cast<monitor_actor>(monitor), cfg.patience,
            read_atom_v)
      .then([this](const system_snapshot& x) { see(*x.all); },
            [](const caf::error&) {
              // it is looked for again
            });
  };
  asking.send(self, node, cfg.patience, resolve_atom_v, cfg.monitor)
    .then(read, [](const caf::error&) {
      // likewise
    });
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void feed_state::see(const system_view& x) {
  for (auto& y : x.nodes) {
    if (has(y, "results") && heard.count(y.info.name) == 0)
      subscribe(y.info.name, y.handle);
    if (has(y, "ledger") && cfg.to->events.listeners() > 0)
      look_for_events(y.info.name, y.handle);
  }
}

void feed_state::subscribe(const std::string& node, const node_actor& at) {
  auto failed = [this, node](const caf::error&) { heard.erase(node); };
  auto found = [this, node, failed](const caf::actor& results) {
    heard[node] = results;
    self->monitor(results);
    asking
      .send(self, caf::actor_cast<results_actor>(results), cfg.patience,
            subscribe_atom_v, std::string{}, caf::actor_cast<caf::actor>(self))
      .then([] {}, failed);
  };
  heard[node] = nullptr; // asked for
  asking.send(self, at, cfg.patience, resolve_atom_v, std::string{"results"})
    .then(found, failed);
}

void feed_state::look_for_events(const std::string& node,
                                 const node_actor& at) {
  event_query query;
  query.after = last[node];
  query.since = began;
  auto told = [this, node](const std::vector<event>& xs) {
    for (auto& x : xs) {
      auto& known = last[node];
      if (x.id <= known)
        continue;
      known = x.id;
      ++counts.events;
      auto entry = to_json_value(x);
      entry["node"] = node;
      cfg.to->events.say(x.stream, text_of(entry));
    }
  };
  auto nothing = [](const caf::error&) {
    // it is looked for again
  };
  auto found = [this, query, told, nothing](const caf::actor& ledger) {
    asking
      .send(self, caf::actor_cast<events_actor>(ledger), cfg.patience,
            find_atom_v, query)
      .then(told, nothing);
  };
  asking.send(self, at, cfg.patience, resolve_atom_v, std::string{"ledger"})
    .then(found, nothing);
}

void feed_state::take(const std::vector<frame_result>& xs) {
  counts.results += xs.size();
  if (cfg.to->results.listeners() == 0)
    return;
  for (auto& x : xs)
    cfg.to->results.say(x.stream, text_of(to_json_value(x)));
}

void feed_state::forget(const caf::down_msg& x) {
  for (auto i = heard.begin(); i != heard.end();)
    i = i->second && i->second.address() == x.source ? heard.erase(i)
                                                     : std::next(i);
  asking.forget(self, x);
}

status_report feed_state::status() const {
  auto x = counts;
  x.nodes = heard.size();
  x.missed = cfg.to->results.missed() + cfg.to->events.missed();
  return report(self, "ready", x);
}

feed_actor::behavior_type feed(feed_actor::stateful_pointer<feed_state> self,
                               feed_config cfg) {
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget(x); });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](result_atom, const std::vector<frame_result>& xs) {
      self->state.take(xs);
    },
  };
}

} // namespace vpaas
