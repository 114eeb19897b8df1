#include "actors/control/policy_cache.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/private_folder.hpp"
#include "runtime/store/json_file.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

const std::string above = "streams/", below = "/coordinator";

std::string said(const caf::error& x) {
  return x == caf::sec::request_timeout ? "no answer in time" : cause_of(x);
}

/// The stream whose coordinator this is; empty: it is none.
std::string stream_at(const std::string& path) {
  if (path.size() <= above.size() + below.size()
      || path.compare(0, above.size(), above) != 0
      || path.compare(path.size() - below.size(), below.size(), below) != 0)
    return "";
  return path.substr(above.size(), path.size() - above.size() - below.size());
}

document order_of(const assigned_script* x) {
  json result;
  if (x)
    result = {{"name", x->what.reference()},
              {to_string(x->what.kind), x->what.content}};
  return document{json{{"assigned", result}}};
}

} // namespace

caf::error policy_cache_config::validate() const {
  if (period.count() <= 0 || folder.empty())
    return caf::make_error(ec::bad_config, "policy_cache: folder and period "
                                           "must be given");
  return caf::none;
}

void policy_cache_state::begin(policy_cache_config x) {
  cfg = std::move(x);
  actors.emplace(self, cfg.node, cfg.patience);
  self->set_down_handler([this](caf::down_msg& x) {
    actors->forget(x);
    asking.forget(self, x);
  });
  recall();
  look();
}

// -- what shall be ------------------------------------------------------------

std::string policy_cache_state::file() const {
  return cfg.folder + "/assigned.json";
}

void policy_cache_state::recall() {
  auto kept = read_struct_file<desired_choices>(file());
  auto made = kept ? assignment_table::make(*kept)
                   : caf::expected<assignment_table>{kept.error()};
  if (!made) {
    counts.last_error = cause_of(made.error());
    spdlog::warn("{}; the backend says it again", counts.last_error);
    return;
  }
  wanted = std::move(*kept);
  table = std::move(*made);
}

caf::result<document> policy_cache_state::apply(const document& x) {
  desired_choices all;
  if (auto err = from_json_value(x.value(), all, desired_choices::type_name))
    return err;
  if (all != wanted) {
    auto made = assignment_table::make(all);
    if (!made)
      return std::move(made.error());
    wanted = std::move(all);
    table = std::move(*made);
    make_private_folder(cfg.folder);
    if (auto err = write_json_file(file(), to_json_value(wanted))) {
      counts.last_error = cause_of(err);
      spdlog::warn("{}", counts.last_error);
    }
    look_around();
  }
  return document{to_json_value(reported_choices{choices()})};
}

// -- what is ------------------------------------------------------------------

std::vector<reported_choice> policy_cache_state::choices() const {
  std::vector<reported_choice> result;
  for (auto& [stream, x] : streams)
    if (auto runs = x.runs.value_or(""); !x.wanted.empty() || !runs.empty())
      result.push_back({stream, x.wanted, runs, x.problem});
  return result;
}

status_report policy_cache_state::status() const {
  auto x = counts;
  x.orders = wanted.orders.size();
  x.streams = choices();
  return report(self, "ready", x);
}

// -- from what is to what shall be --------------------------------------------

bool policy_cache_state::idle() const {
  return looked && wanted.orders.empty()
         && std::all_of(streams.begin(), streams.end(),
                        [](auto& x) { return x.second.runs == ""; });
}

void policy_cache_state::look() {
  if (!idle()) // a tree has thousands of actors
    look_around();
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void policy_cache_state::look_around() {
  asking
    .send(self, caf::actor_cast<node_actor>(cfg.node), cfg.patience,
          tree_atom_v)
    .then([this](const std::vector<tree_entry>& xs) { take_tree(xs); },
          [this](const caf::error& cause) { counts.last_error = said(cause); });
}

void policy_cache_state::take_tree(const std::vector<tree_entry>& xs) {
  paths.clear();
  std::set<std::string> there;
  for (auto& x : xs) {
    paths.insert(x.path);
    if (auto stream = stream_at(x.path); !stream.empty())
      there.insert(stream);
  }
  for (auto i = streams.begin(); i != streams.end();)
    i = there.count(i->first) == 0 ? streams.erase(i) : std::next(i);
  looked = true;
  for (auto& stream : there) {
    auto& x = streams[stream];
    auto what = table.find(stream, cfg.clock());
    auto before = std::exchange(x.wanted, what ? what->what.reference() : "");
    if (x.wanted != before)
      x.retry_at = {};
    auto is_its_own = x.wanted.empty() && x.runs && x.runs->empty();
    if (!is_its_own && !x.busy && x.retry_at <= self->clock().now())
      check(stream);
  }
}

void policy_cache_state::check(const std::string& stream) {
  streams[stream].busy = true;
  configure(stream, {},
            [this, stream](const std::string& runs) { checked(stream, runs); });
}

void policy_cache_state::checked(const std::string& stream,
                                 const std::string& runs) {
  auto& x = streams[stream];
  x.runs = runs;
  if (runs == x.wanted) {
    x.busy = false;
    x.problem.clear();
    return;
  }
  std::vector<child_spec> missing;
  if (auto what = table.find(stream, cfg.clock()); what && cfg.needs)
    missing = cfg.needs(what->what);
  auto is_there = [&](const child_spec& y) {
    return paths.count(above + stream + "/" + y.name) != 0;
  };
  missing.erase(std::remove_if(missing.begin(), missing.end(), is_there),
                missing.end());
  prepare(stream, std::move(missing));
}

void policy_cache_state::prepare(const std::string& stream,
                                 std::vector<child_spec> missing) {
  if (missing.empty())
    return assign(stream);
  actors->find(above + stream, [this, stream, missing](const auto& found) {
    if (!found)
      return failed(stream, found.error());
    asking
      .send(self, caf::actor_cast<supervisor_actor>(*found), cfg.start_limit,
            start_atom_v, missing.front())
      .then(
        [this, stream, missing](const caf::actor&) {
          prepare(stream, {missing.begin() + 1, missing.end()});
        },
        [this, stream](const caf::error& cause) { failed(stream, cause); });
  });
}

void policy_cache_state::assign(const std::string& stream) {
  auto what = table.find(stream, cfg.clock());
  configure(stream, order_of(what), [this, stream](const std::string& runs) {
    auto& x = streams[stream];
    x.runs = runs;
    x.busy = false;
    x.problem.clear();
    ++counts.changes;
    spdlog::info("stream {} runs {} now", stream,
                 runs.empty() ? "its own" : runs);
  });
}

void policy_cache_state::configure(
  const std::string& stream, const document& x,
  std::function<void(const std::string&)> then) {
  actors->find(above + stream + below, [=](const auto& found) {
    if (!found)
      return failed(stream, found.error());
    asking
      .send(self, caf::actor_cast<coordinator_actor>(*found), cfg.patience,
            configure_atom_v, x)
      .then(
        [this, stream, then](const document& now) {
          if (streams.count(stream) != 0)
            then(now.value().value("assigned", ""));
        },
        [this, stream](const caf::error& cause) { failed(stream, cause); });
  });
}

void policy_cache_state::failed(const std::string& stream,
                                const caf::error& cause) {
  auto i = streams.find(stream);
  if (i == streams.end())
    return;
  auto& x = i->second;
  x.busy = false;
  x.retry_at = self->clock().now() + cfg.retry;
  auto before = std::exchange(x.problem, said(cause));
  counts.last_error = stream + ": " + x.problem;
  if (x.problem != before)
    spdlog::warn("stream {} does not run {}: {}", stream, x.wanted, x.problem);
}

policy_cache_actor::behavior_type
policy_cache(policy_cache_actor::stateful_pointer<policy_cache_state> self,
             policy_cache_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](apply_atom, const document& x) { return self->state.apply(x); },
  };
}

} // namespace vpaas
