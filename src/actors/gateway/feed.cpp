#include "actors/gateway/feed.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"

namespace vpaas {

namespace {

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
  others.emplace(self, cfg.node, cfg.patience);
  others->want(cfg.traces.exporter);
  hearing::config how;
  how.node = cfg.node;
  how.monitor = cfg.monitor;
  how.period = cfg.period;
  how.patience = cfg.patience;
  how.seen = [this](const system_view&) {
    cfg.to->statuses.say("", "look");
    others->look([](const std::string&, const caf::actor&) {});
  };
  how.wants_events = [this] { return cfg.to->events.listeners() > 0; };
  how.happened = [this](const std::string& node, const std::vector<event>& xs) {
    tell(node, xs);
  };
  ears.begin(self, std::move(how));
}

void feed_state::tell(const std::string& node, const std::vector<event>& xs) {
  counts.events += xs.size();
  for (auto& x : xs) {
    auto entry = to_json_value(x);
    entry["node"] = node;
    cfg.to->events.say(x.stream, text_of(entry));
  }
}

void feed_state::take(const std::vector<frame_result>& xs) {
  counts.results += xs.size();
  auto heard = caf::make_timestamp();
  if (cfg.to->results.listeners() > 0)
    for (auto& x : xs)
      cfg.to->results.say(x.stream, text_of(to_json_value(x)));
  trace(xs, heard);
}

void feed_state::trace(const std::vector<frame_result>& xs,
                       caf::timestamp heard) {
  auto& how = cfg.traces;
  auto exporter = others->get<trace_actor>(how.exporter);
  if (!exporter)
    return;
  auto shown = caf::make_timestamp();
  auto spans = std::make_shared<std::vector<span>>();
  for (auto& x : xs)
    if (sampled(trace_of(x), how.ratio))
      spans->push_back(shown_span(x, how.tier, how.node, heard, shown,
                                  cfg.to->results.listeners()));
  if (!spans->empty())
    caf::anon_send(exporter, publish_atom_v, finished_spans{std::move(spans)});
}

void feed_state::forget(const caf::down_msg& x) {
  ears.forget(x);
  others->forget(x);
}

status_report feed_state::status() const {
  auto x = counts;
  x.nodes = ears.nodes();
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
