#include "actors/control/registry.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/policy/rollout.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// A struct out of a document that another process made.
template <class T>
caf::expected<T> read_as(const document& x) {
  T result;
  if (auto err = from_json_value(x.value(), result, T::type_name))
    return err;
  return result;
}

template <class T>
document as_document(const T& x) {
  return document{to_json_value(x)};
}

caf::error unknown(const std::string& kind, const std::string& what) {
  auto verb = kind == "policy" || kind == "pipeline" ? "policy list"
              : kind == "function"                   ? "function registered"
                                                     : "model registered";
  return caf::make_error(ec::not_found, "there is no " + kind + " \"" + what
                                          + "\"; see vpaas " + verb);
}

bool is_same_slot(const deployment& a, const deployment& b) {
  return a.target == b.target && a.function == b.function
         && a.parameter == b.parameter;
}

} // namespace

caf::error registry_config::validate() const {
  if (auto place = parse_connection(database.connection); !place)
    return std::move(place.error());
  return caf::none;
}

void registry_state::begin(registry_config x) {
  cfg = std::move(x);
  if (auto err = open())
    spdlog::warn("{}", cause_of(err));
}

caf::error registry_state::open() {
  if (!db) {
    auto opened = noted(registry_store::open(cfg.database));
    if (!opened)
      return std::move(opened.error());
    db.emplace(std::move(*opened));
  }
  if (!files) {
    auto opened = noted(file_store::open(cfg.folder, cfg.quota));
    if (!opened)
      return std::move(opened.error());
    files.emplace(std::move(*opened));
  }
  if (!keys) {
    auto opened = noted(sealer::open(cfg.folder + ".key"));
    if (!opened)
      return std::move(opened.error());
    keys = *opened;
  }
  return caf::none;
}

caf::error registry_state::noted(caf::error x) {
  if (x == ec::io || x == ec::bad_input || x == ec::bad_config) {
    ++counts.failures;
    counts.last_error = cause_of(x);
  }
  return x;
}

status_report registry_state::status() const {
  auto x = counts;
  if (files) {
    x.files = files->names().size();
    x.bytes = files->bytes();
  }
  x.quota = cfg.quota;
  return report(self, db && files ? "ready" : "away", x);
}

// -- artifacts ----------------------------------------------------------------

caf::expected<artifact> registry_state::checked(const document& x) {
  auto result = read_as<artifact>(x);
  if (!result)
    return result;
  if (!is_name(result->name))
    return caf::make_error(
      ec::bad_input, "\"" + result->name + "\" is no name; write " + name_rule);
  for (auto& file : result->files)
    if (!is_sha256(file.sha256) || file.bytes == 0)
      return caf::make_error(ec::bad_input, "file " + file.name + " of "
                                              + result->name
                                              + " has no SHA-256, or nothing "
                                                "in it; name all of a hash");
  if (!cfg.check)
    return result;
  auto beside = functions();
  if (!beside)
    return std::move(beside.error());
  if (auto err = cfg.check(*result, *beside))
    return err;
  return result;
}

caf::expected<std::vector<artifact>> registry_state::functions() {
  auto all = noted(db->artifacts());
  if (all)
    all->erase(
      std::remove_if(all->begin(), all->end(),
                     [](auto& x) { return x.kind != artifact_kind::function; }),
      all->end());
  return all;
}

caf::result<document> registry_state::offer(const document& x) {
  if (auto err = open())
    return err;
  auto what = checked(x);
  if (!what)
    return std::move(what.error());
  auto missing = json::array();
  for (auto& file : what->files)
    if (!files->has(file.sha256))
      missing.push_back(file.sha256);
  return document{json{{"missing", missing}}};
}

caf::expected<std::set<std::string>> registry_state::needed() {
  auto all = noted(db->artifacts());
  if (!all)
    return std::move(all.error());
  std::set<std::string> result;
  for (auto& x : *all)
    for (auto& file : x.files)
      result.insert(file.sha256);
  return result;
}

caf::result<void> registry_state::deliver(const delivery& x) {
  if (auto err = open())
    return err;
  auto pinned = needed();
  if (!pinned)
    return std::move(pinned.error());
  return noted(files->put(x.bytes, x.key.stream, [&](const auto& hash) {
    return pinned->count(hash) != 0;
  }));
}

caf::result<document> registry_state::keep(const document& x) {
  if (auto err = open())
    return err;
  auto what = checked(x);
  if (!what)
    return std::move(what.error());
  for (auto& file : what->files)
    if (!files->has(file.sha256))
      return caf::make_error(ec::model_missing,
                             "file " + file.name + " of " + what->name
                               + " is not here; send it before");
  what->added = cfg.clock();
  auto kept = noted(db->add(std::move(*what)));
  if (!kept)
    return std::move(kept.error());
  ++counts.artifacts;
  spdlog::info("registered {} {}", to_string(kept->kind), kept->reference());
  return as_document(*kept);
}

caf::expected<artifact> registry_state::found(const std::string& kind,
                                              const std::string& what) {
  auto which = artifact_kind::model;
  if (!from_string(kind, which))
    return caf::make_error(ec::bad_input, "\"" + kind + "\" is no kind");
  auto result = noted(db->find(which, what));
  if (!result)
    return std::move(result.error());
  if (!*result)
    return unknown(kind, what);
  return std::move(**result);
}

caf::result<document> registry_state::find(const std::string& kind,
                                           const std::string& what) {
  if (auto err = open())
    return err;
  auto result = found(kind, what);
  if (!result)
    return std::move(result.error());
  return as_document(*result);
}

caf::result<void> registry_state::remove(const std::string& kind,
                                         const std::string& what) {
  if (auto err = open())
    return err;
  auto x = found(kind, what);
  if (!x)
    return std::move(x.error());
  auto all = noted(db->deployments());
  if (!all)
    return std::move(all.error());
  for (auto& y : *all)
    if (y.artifact == x->reference() && kind_for(y.parameter) == x->kind)
      return caf::make_error(ec::bad_input,
                             x->reference() + " is deployed on " + y.target
                               + "; deploy another there, or roll it back");
  auto orders = noted(db->assignments());
  if (!orders)
    return std::move(orders.error());
  for (auto& y : *orders)
    if (y.artifact == x->reference() && y.kind == x->kind)
      return caf::make_error(ec::bad_input, x->reference() + " is assigned to "
                                              + y.streams
                                              + "; assign another there");
  auto gone = noted(db->remove_artifact(x->id));
  if (!gone)
    return std::move(gone.error());
  return caf::unit;
}

caf::result<document> registry_state::list() {
  if (auto err = open())
    return err;
  auto all = noted(db->artifacts());
  if (!all)
    return std::move(all.error());
  for (auto& x : *all)
    x.content.clear();
  return document{json{{"artifacts", to_json_value(*all)}}};
}

caf::result<blob> registry_state::fetch(const std::string& sha256) {
  if (auto err = open())
    return err;
  return noted(files->read(sha256));
}

// -- what shall run -----------------------------------------------------------

caf::result<document> registry_state::read() {
  if (auto err = open())
    return err;
  auto orders = noted(db->deployments());
  if (!orders)
    return std::move(orders.error());
  auto shall_be = desk.streams();
  if (!shall_be)
    return std::move(shall_be.error());
  auto assigned = noted(db->assignments());
  if (!assigned)
    return std::move(assigned.error());
  auto profile = noted(db->profile());
  if (!profile)
    return std::move(profile.error());
  auto all = noted(db->artifacts());
  if (!all)
    return std::move(all.error());
  auto is_idle = [&](const artifact& x) {
    auto runs = [&](const deployment& y) {
      return y.artifact == x.reference() && kind_for(y.parameter) == x.kind;
    };
    auto is_assigned = [&](const assignment& y) {
      return y.artifact == x.reference() && y.kind == x.kind;
    };
    return std::none_of(orders->begin(), orders->end(), runs)
           && std::none_of(assigned->begin(), assigned->end(), is_assigned);
  };
  all->erase(std::remove_if(all->begin(), all->end(), is_idle), all->end());
  return document{json{{"artifacts", to_json_value(*all)},
                       {"deployments", to_json_value(*orders)},
                       {"streams", to_json_value(*shall_be)},
                       {"assignments", to_json_value(*assigned)},
                       {"profile", profile->profile}}};
}

caf::result<document> registry_state::deploy(const document& x) {
  if (auto err = open())
    return err;
  auto wish = read_as<deployment>(x);
  if (!wish)
    return std::move(wish.error());
  if (!is_name(wish->target))
    return caf::make_error(ec::bad_input,
                           "\"" + wish->target + "\" is no node and no tier");
  auto what = found(to_string(kind_for(wish->parameter)), wish->artifact);
  if (!what)
    return std::move(what.error());
  wish->artifact = what->reference();
  wish->made = cfg.clock();
  if (auto err = noted(db->deploy(*wish)))
    return err;
  ++counts.deployments;
  spdlog::info("deployed {} on {}", wish->artifact, wish->target);
  return as_document(*wish);
}

caf::expected<std::optional<deployment>>
registry_state::held(const deployment& like) {
  auto all = noted(db->deployments());
  if (!all)
    return std::move(all.error());
  for (auto& x : *all)
    if (is_same_slot(x, like))
      return std::optional<deployment>{x};
  return std::optional<deployment>{};
}

caf::result<document> registry_state::roll_back(const document& x) {
  if (auto err = open())
    return err;
  auto like = read_as<deployment>(x);
  if (!like)
    return std::move(like.error());
  auto gone = noted(db->withdraw(*like));
  if (!gone)
    return std::move(gone.error());
  if (!*gone)
    return caf::make_error(ec::not_found,
                           "nothing is deployed on " + like->target + " as "
                             + like->parameter + " of " + like->function
                             + "; see vpaas nodes");
  auto now = held(*like);
  if (!now)
    return std::move(now.error());
  ++counts.deployments;
  spdlog::info("took {} back from {}", (*gone)->artifact, like->target);
  auto result = document{json{{"withdrawn", (*gone)->artifact}}};
  if (*now)
    result.set("artifact", (*now)->artifact);
  return result;
}

registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         registry_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // What is away is opened by who asks.
    },
    [self](offer_atom, const document& x) { return self->state.offer(x); },
    [self](deliver_atom, const delivery& x) { return self->state.deliver(x); },
    [self](keep_atom, const document& x) { return self->state.keep(x); },
    [self](find_atom, const std::string& kind, const std::string& what) {
      return self->state.find(kind, what);
    },
    [self](remove_atom, const std::string& kind, const std::string& what) {
      return self->state.remove(kind, what);
    },
    [self](fetch_atom) { return self->state.list(); },
    [self](read_atom) { return self->state.read(); },
    [self](fetch_atom, const std::string& x) { return self->state.fetch(x); },
    [self](start_atom, const document& x) { return self->state.deploy(x); },
    [self](release_atom, const document& x) {
      return self->state.roll_back(x);
    },
    [self](record_atom, const document& x) {
      return self->state.desk.record(x);
    },
    [self](stop_atom, const std::string& fog, const std::string& stream) {
      return self->state.desk.forget(fog, stream);
    },
    [self](apply_atom, const document& x) {
      return self->state.desk.assign(x);
    },
    [self](cancel_atom, const std::string& streams, const std::string& at) {
      return self->state.desk.release(streams, at, "");
    },
    [self](cancel_atom, const std::string& streams, const std::string& at,
           const std::string& profile) {
      return self->state.desk.release(streams, at, profile);
    },
    [self](configure_atom, const document& x) {
      return self->state.desk.turn(x);
    },
  };
}

} // namespace vpaas
