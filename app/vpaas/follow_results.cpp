#include "follow_results.hpp"

#include <algorithm>
#include <iostream>

namespace vpaas {

namespace {

constexpr auto look_every = std::chrono::seconds(1);

/// Results that are remembered of a fog, so that none is printed twice.
constexpr size_t max_seen = 100'000;

/// Frames of a stream may be captured in another order than answered.
constexpr auto slack = std::chrono::minutes(1);

} // namespace

result_follower::result_follower(const result_wishes& want, node_finder& tool,
                                 caf::actor_system& sys,
                                 std::vector<found_node> fogs)
  : want_(want), tool_(tool), self_(sys) {
  for (auto& x : fogs)
    fogs_.push_back({std::move(x), results_actor{}, want.query.since, {}, {}});
}

caf::error result_follower::run() {
  for (auto& x : fogs_)
    if (auto err = join(x))
      return err;
  auto next_look = std::chrono::steady_clock::now() + look_every;
  while (!closed_) {
    self_->receive(
      [this](result_atom, const std::vector<frame_result>& xs) {
        auto from = self_->current_sender();
        for (auto& x : fogs_)
          if (x.results && x.results.address() == from)
            print(x, remember(x, xs));
      },
      [this](const caf::down_msg& x) { lose(x); },
      caf::after(look_every) >> [] {});
    if (std::chrono::steady_clock::now() < next_look)
      continue;
    look_for_lost();
    next_look = std::chrono::steady_clock::now() + look_every;
  }
  return caf::make_error(ec::io,
                         "failed to write results: the output is closed");
}

caf::error result_follower::join(followed& x) {
  auto from = tool_.actor<results_actor>(x.node, "results");
  if (!from)
    return std::move(from.error());
  auto is_new = x.since == caf::timestamp{}; // only what comes from now on
  if (is_new) {
    x.since = caf::make_timestamp() - slack;
    if (auto err = catch_up(x, *from, false))
      return err;
  }
  auto err = tool_.tell(*from, subscribe_atom_v, want_.query.stream,
                        caf::actor_cast<caf::actor>(self_));
  if (err)
    return err;
  x.results = std::move(*from);
  self_->monitor(x.results);
  return is_new ? caf::error{} : catch_up(x, x.results, true);
}

caf::error result_follower::catch_up(followed& x, const results_actor& from,
                                     bool prints) {
  auto query = want_.query;
  query.since = x.since;
  for (;;) {
    auto page = tool_.ask<std::vector<frame_result>>(from, find_atom_v, query);
    if (!page)
      return page.error() == ec::not_found ? caf::error{} : page.error();
    if (page->empty() || closed_)
      return caf::none;
    auto fresh = remember(x, *page);
    if (prints)
      print(x, fresh);
    query.after = page->back().stream;
    query.after_frame = page->back().frame;
  }
}

void result_follower::lose(const caf::down_msg& x) {
  for (auto& fog : fogs_)
    if (fog.results && fog.results.address() == x.source) {
      fog.results = nullptr;
      std::cerr << "vpaas results: " << fog.node.info.name
                << " is away; looking for it\n";
    }
}

void result_follower::look_for_lost() {
  for (auto& x : fogs_) {
    if (x.results)
      continue;
    auto found = tool_.node(x.node.info.address, tier::fog);
    if (!found)
      found = tool_.node(x.node.info.name);
    if (!found)
      continue;
    x.node = std::move(*found);
    if (!join(x))
      std::cerr << "vpaas results: " << x.node.info.name << " is back\n";
    else
      x.results = nullptr;
  }
}

std::vector<frame_result>
result_follower::remember(followed& x, const std::vector<frame_result>& found) {
  std::vector<frame_result> fresh;
  for (auto& result : found) {
    result_key key{result.stream, result.frame, result.revision};
    if (result.frame < want_.query.first || result.frame > want_.query.last
        || !x.seen.insert(key).second)
      continue;
    x.order.push_back(std::move(key));
    fresh.push_back(result);
    x.since = std::max(x.since, result.captured - slack);
  }
  for (; x.order.size() > max_seen; x.order.pop_front())
    x.seen.erase(x.order.front());
  return fresh;
}

void result_follower::print(const followed& x,
                            const std::vector<frame_result>& fresh) {
  closed_ = !print_results(fresh, want_,
                           fogs_.size() > 1 ? x.node.info.name : "");
}

} // namespace vpaas
