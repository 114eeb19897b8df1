#include "actors/gateway/hearing.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

bool has(const viewed_node& x, const std::string& actor) {
  return x.handle && x.tree
         && std::any_of(x.tree->begin(), x.tree->end(),
                        [&](auto& y) { return y.path == actor; });
}

/// What is not answered is asked again with the next look.
void nothing(const caf::error&) {
  // nop
}

} // namespace

void hearing::begin(listener_actor::pointer self, config x,
                    std::map<std::string, uint64_t> last) {
  self_ = self;
  cfg_ = std::move(x);
  last_ = std::move(last);
  began_ = caf::make_timestamp();
  look();
}

void hearing::look() {
  auto node = caf::actor_cast<node_actor>(cfg_.node);
  auto read = [this](const caf::actor& monitor) {
    asking_
      .send(self_, caf::actor_cast<monitor_actor>(monitor), cfg_.patience,
            read_atom_v)
      .then([this](const system_snapshot& x) { see(*x.all); },
            [](const caf::error& x) { nothing(x); });
  };
  asking_.send(self_, node, cfg_.patience, resolve_atom_v, cfg_.monitor)
    .then(read, [](const caf::error& x) { nothing(x); });
  clock_.set(self_, self_->clock().now() + cfg_.period, [this] { look(); });
}

void hearing::see(const system_view& x) {
  if (cfg_.seen)
    cfg_.seen(x);
  for (auto& y : x.nodes) {
    if (cfg_.results && has(y, "results") && heard_.count(y.info.name) == 0)
      subscribe(y.info.name, y.handle);
    if (has(y, "ledger") && cfg_.wants_events())
      look_for_events(y.info.name, y.handle);
  }
}

void hearing::subscribe(const std::string& node, const node_actor& at) {
  auto failed = [this, node](const caf::error&) { heard_.erase(node); };
  auto found = [this, node, failed](const caf::actor& results) {
    heard_[node] = results;
    self_->monitor(results);
    asking_
      .send(self_, caf::actor_cast<results_actor>(results), cfg_.patience,
            subscribe_atom_v, std::string{}, caf::actor_cast<caf::actor>(self_))
      .then([] {}, failed);
  };
  heard_[node] = nullptr; // asked for
  asking_.send(self_, at, cfg_.patience, resolve_atom_v, std::string{"results"})
    .then(found, failed);
}

void hearing::look_for_events(const std::string& node, const node_actor& at) {
  event_query query;
  query.after = last_[node];
  query.most = cfg_.most;
  if (query.after == 0)
    query.since = began_;
  auto told = [this, node](const std::vector<event>& xs) {
    std::vector<event> news;
    for (auto& x : xs)
      if (auto& known = last_[node]; x.id > known) {
        known = x.id;
        news.push_back(x);
      }
    if (!news.empty())
      cfg_.happened(node, news);
  };
  auto found = [this, query, told](const caf::actor& ledger) {
    asking_
      .send(self_, caf::actor_cast<events_actor>(ledger), cfg_.patience,
            find_atom_v, query)
      .then(told, [](const caf::error& x) { nothing(x); });
  };
  asking_.send(self_, at, cfg_.patience, resolve_atom_v, std::string{"ledger"})
    .then(found, [](const caf::error& x) { nothing(x); });
}

void hearing::forget(const caf::down_msg& x) {
  for (auto i = heard_.begin(); i != heard_.end();)
    i = i->second && i->second.address() == x.source ? heard_.erase(i)
                                                     : std::next(i);
  asking_.forget(self_, x);
}

} // namespace vpaas
