#include "actors/control/model_cache.hpp"

#include "actors/control/trial.hpp"
#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/pulse.hpp"
#include "runtime/store/slots_file.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// For the hash of what is as large as models are.
constexpr auto hash_time = std::chrono::minutes(2);

std::string said(const caf::error& x) {
  return x == caf::sec::request_timeout ? "no answer in time" : cause_of(x);
}

} // namespace

caf::error model_cache_config::validate() const {
  if (period.count() <= 0 || folder.empty())
    return caf::make_error(ec::bad_config, "model_cache needs folder, period");
  return caf::none;
}

void model_cache_state::begin(model_cache_config x) {
  cfg = std::move(x);
  functions.emplace(self, cfg.node, cfg.patience, cfg.limit);
  self->set_down_handler([this](caf::down_msg& x) {
    functions->forget(x);
    asking.forget(self, x);
  });
  if (auto err = open())
    spdlog::warn("{}", cause_of(err));
  recall();
  let_go();
  look();
}

caf::error model_cache_state::open() {
  if (files)
    return caf::none;
  auto opened = file_store::open(cfg.folder, cfg.quota);
  if (!opened) {
    counts.last_error = cause_of(opened.error());
    return std::move(opened.error());
  }
  files.emplace(std::move(*opened));
  return caf::none;
}

// -- what shall be ------------------------------------------------------------

caf::result<document> model_cache_state::apply(const document& x) {
  desired_state wanted;
  if (auto err = from_json_value(x.value(), wanted, desired_state::type_name))
    return err;
  if (auto err = open())
    return err;
  take(wanted);
  proceed();
  return document{to_json_value(report_state())};
}

void model_cache_state::take(const desired_state& x) {
  auto differs = false;
  std::map<slot_key, slot> rest;
  std::swap(rest, slots);
  for (auto& want : x.slots) {
    slot_key key{want.function, want.parameter};
    auto before = rest.extract(key);
    auto& now = slots[key];
    if (before)
      now = std::move(before.mapped());
    if (before && now.want == want && !now.withdrawn)
      continue;
    now.want = want;
    now.withdrawn = false;
    now.state = slot_state::missing;
    now.problem.clear();
    now.retry_at = {};
    differs = true;
  }
  for (auto& [key, y] : rest) {
    if (y.withdrawn) {
      slots[key] = std::move(y);
    } else if (!y.is_held_only() && !y.home.is_null()) {
      y.withdrawn = true;
      y.state = slot_state::changing;
      y.retry_at = {};
      slots[key] = std::move(y);
      differs = true;
    } else {
      differs = true; // its function never changed
    }
  }
  if (differs)
    remember();
}

void model_cache_state::let_go() {
  std::set<std::string> names;
  for (auto& [key, x] : slots)
    if (x.want.what.kind == artifact_kind::function && !x.withdrawn)
      names.insert(x.want.what.name);
  installed.keep_functions(names);
  if (cfg.keep_functions)
    cfg.keep_functions(names, cfg.folder);
}

void model_cache_state::remember() {
  std::vector<kept_slot> all;
  for (auto& [key, x] : slots) {
    document home;
    if (!x.home.is_null())
      home.set("value", x.home);
    all.push_back({x.want, std::move(home), x.withdrawn});
  }
  if (auto err = write_slots(cfg.folder, all)) {
    counts.last_error = cause_of(err);
    spdlog::warn("{}", counts.last_error);
  }
  let_go();
}

void model_cache_state::recall() {
  auto all = read_slots(cfg.folder);
  if (!all) {
    counts.last_error = cause_of(all.error());
    spdlog::warn("{}", counts.last_error);
    return;
  }
  for (auto& x : *all) {
    auto& to = slots[{x.want.function, x.want.parameter}];
    to.want = x.want;
    to.withdrawn = x.withdrawn;
    if (x.home.has("value"))
      to.home = x.home.value().at("value");
  }
}

caf::result<void> model_cache_state::deliver(const delivery& x) {
  if (auto err = open())
    return err;
  long_step allow{hash_time};
  auto err = files->put(x.bytes, x.key.stream,
                        [this](const auto& hash) { return needs(hash); });
  if (err) {
    counts.last_error = cause_of(err);
    for (auto& [key, y] : slots)
      if (has_file(y.want.what, x.key.stream))
        y.problem = cause_of(err);
    return err;
  }
  ++counts.received;
  proceed();
  return caf::unit;
}

bool model_cache_state::needs(const std::string& sha256) const {
  return std::any_of(slots.begin(), slots.end(), [&](auto& x) {
    return has_file(x.second.want.what, sha256);
  });
}

// -- what is ------------------------------------------------------------------

reported_state model_cache_state::report_state() const {
  reported_state result;
  std::set<std::string> missing;
  for (auto& [key, x] : slots) {
    result.slots.push_back(
      {key.first, key.second, x.want.what.reference(), x.state, x.problem});
    if (x.state == slot_state::missing)
      for (auto& file : x.want.what.files)
        if (files && !files->has(file.sha256))
          missing.insert(file.sha256);
  }
  result.missing.assign(missing.begin(), missing.end());
  result.bytes = files ? files->bytes() : 0;
  result.quota = cfg.quota;
  return result;
}

status_report model_cache_state::status() const {
  auto x = counts;
  x.files = files ? files->names().size() : 0;
  x.bytes = files ? files->bytes() : 0;
  x.quota = cfg.quota;
  x.slots = report_state().slots;
  return report(self, files ? "ready" : "away", x);
}

// -- from what is to what shall be --------------------------------------------

bool model_cache_state::is_due(const slot& x) const {
  switch (x.state) {
    case slot_state::serving:
    case slot_state::held:
    case slot_state::refused:
      return false;
    default:
      return x.retry_at <= self->clock().now();
  }
}

void model_cache_state::proceed() {
  std::vector<slot_key> keys;
  for (auto& x : slots)
    if (is_due(x.second))
      keys.push_back(x.first);
  for (auto& key : keys)
    if (auto i = slots.find(key); !busy && files && i != slots.end())
      advance(key, i->second);
}

void model_cache_state::advance(const slot_key& key, slot& x) {
  if (x.withdrawn)
    return change(key, x.home);
  auto& what = x.want.what;
  auto is_installed = installed.has(what);
  if (!has_files(what, !is_installed)) {
    x.state = slot_state::missing;
    return;
  }
  auto is_called = what.kind == artifact_kind::function || !x.is_held_only();
  if (!is_installed && is_called)
    return try_out(key, x);
  if (x.is_held_only()) {
    x.state = slot_state::held;
    return;
  }
  x.state = slot_state::changing;
  if (x.home.is_null())
    return learn_home(key);
  change(key, what.reference());
}

bool model_cache_state::has_files(const artifact& x, bool undamaged) {
  auto is_there = [&](const artifact_file& y) { return files->has(y.sha256); };
  auto is_good = [&](const artifact_file& y) { return files->check(y.sha256); };
  long_step allow{hash_time};
  return std::all_of(x.files.begin(), x.files.end(), is_there)
         && (!undamaged
             || std::all_of(x.files.begin(), x.files.end(), is_good));
}

void model_cache_state::try_out(const slot_key& key, const slot& x) {
  busy = true;
  slots[key].state = slot_state::trying;
  auto what = x.want.what;
  auto install = [f = cfg.install, what, folder = cfg.folder] {
    return f ? f(what, folder) : caf::error{};
  };
  if (!self->getf(caf::abstract_actor::is_detached_flag))
    return tried(key, what, install());
  asking
    .send(self, self->system().spawn<caf::detached>(trial, install), cfg.limit,
          apply_atom_v)
    .then([this, key, what] { tried(key, what, {}); },
          [this, key, what](caf::error& cause) { tried(key, what, cause); });
}

void model_cache_state::tried(const slot_key& key, const artifact& what,
                              const caf::error& cause) {
  busy = false;
  if (!cause)
    installed.add(what);
  if (auto i = slots.find(key);
      cause && i != slots.end() && i->second.want.what == what)
    fail(i->second, cause);
  proceed();
}

void model_cache_state::learn_home(const slot_key& key) {
  busy = true;
  functions->read(key.first, [this, key](const auto& now) {
    busy = false;
    auto i = slots.find(key);
    if (i == slots.end())
      return proceed();
    auto is_library = i->second.want.what.kind == artifact_kind::function;
    if (is_library && !now && now.error() == ec::not_found)
      i->second.home = ""; // it is there as long as it is deployed
    else if (!now)
      fail(i->second, now.error());
    else if (!now->has(key.second))
      fail(i->second,
           caf::make_error(ec::bad_config, key.first + " has no parameter "
                                             + key.second
                                             + "; name one of its own"));
    else
      i->second.home = is_library ? json("") : now->value().at(key.second);
    remember();
    proceed();
  });
}

void model_cache_state::change(const slot_key& key, const json& value) {
  busy = true;
  auto done = [this, key, value](const caf::error& cause) {
    changed(key, value, cause);
  };
  auto& x = slots.at(key);
  if (x.want.what.kind != artifact_kind::function)
    functions->set(key.first, key.second, value, done);
  else if (x.withdrawn)
    functions->end(key.first, done);
  else
    functions->run(key.first, value.get<std::string>(), done);
}

void model_cache_state::changed(const slot_key& key, const json& value,
                                const caf::error& cause) {
  busy = false;
  auto i = slots.find(key);
  if (i == slots.end())
    return proceed();
  auto& x = i->second;
  auto wanted = x.withdrawn ? x.home : json(x.want.what.reference());
  if (cause) {
    if (wanted == value)
      fail(x, cause);
  } else {
    ++counts.changed;
    spdlog::info("{} of {} is {} now", key.second, key.first, value.dump());
    if (wanted == value && x.withdrawn) {
      slots.erase(i);
      remember();
    } else if (wanted == value) {
      x.state = slot_state::serving;
      x.problem.clear();
    }
  }
  proceed();
}

void model_cache_state::fail(slot& x, const caf::error& cause) {
  x.problem = said(cause);
  counts.last_error = x.problem;
  if (may_pass(cause) || x.withdrawn) {
    x.state = slot_state::waiting;
    x.retry_at = self->clock().now() + cfg.retry;
    return;
  }
  x.state = slot_state::refused;
  ++counts.refused;
  spdlog::warn("refused {}: {}", x.want.what.reference(), x.problem);
}

void model_cache_state::look() {
  for (auto& [slot, x] : slots)
    if (x.state == slot_state::serving)
      functions->read(slot.first, [this, key = slot](const auto& now) {
        auto i = slots.find(key);
        auto is_gone = !now && now.error() == ec::not_found && i != slots.end()
                       && i->second.want.what.kind == artifact_kind::function;
        if (now || is_gone) // others their supervisors start
          looked(key, now ? *now : document{});
      });
  proceed();
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void model_cache_state::looked(const slot_key& key,
                               const document& parameters) {
  auto i = slots.find(key);
  if (i == slots.end() || i->second.state != slot_state::serving)
    return;
  auto& x = i->second;
  if (parameters.value().value(key.second, json{})
      == json(x.want.what.reference()))
    return;
  x.state = slot_state::changing; // it was started anew
  x.retry_at = {};
  proceed();
}

model_cache_actor::behavior_type
model_cache(model_cache_actor::stateful_pointer<model_cache_state> self,
            model_cache_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](apply_atom, const document& x) { return self->state.apply(x); },
    [self](deliver_atom, const delivery& x) { return self->state.deliver(x); },
  };
}

} // namespace vpaas
