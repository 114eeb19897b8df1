#include "actors/control/data_store.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/store/password.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace vpaas {

namespace {

constexpr auto prune_every = std::chrono::hours{1};

} // namespace

caf::error data_store_config::validate() const {
  if (auto place = parse_connection(database.connection); !place)
    return std::move(place.error());
  return caf::none;
}

data_store_state::data_store_state(
  accounts_actor::stateful_pointer<data_store_state> self)
  : self(self) {
  // nop
}

void data_store_state::begin(data_store_config x) {
  cfg = std::move(x);
  auto checker = cfg.checker
                   ? cfg.checker(self->system())
                   : self->system().spawn<caf::detached>(password_checker);
  db.emplace(cfg.database,
             [this](data_store& in) { return make_first_user(in); });
  logins.emplace(
    self, *db, static_cast<const login_rules&>(cfg),
    login_desk::world{cfg.clock, [this](audit_entry y) { note(std::move(y)); },
                      checker});
  accounts.emplace(self, *db,
                   user_desk::world{cfg.clock, checker, cfg.token_lasts});
  prune();
}

caf::error data_store_state::make_first_user(data_store& in) {
  auto known = in.users();
  if (!known)
    return std::move(known.error());
  if (!known->empty())
    return caf::none;
  auto password = random_password();
  auto hash = hash_password(password);
  if (!hash)
    return std::move(hash.error());
  user first;
  first.name = "admin";
  first.password = *hash;
  first.may = role::admin;
  first.must_change = true;
  first.changed = cfg.clock();
  if (auto err = in.keep(first))
    return err;
  if (cfg.tell)
    cfg.tell(first.name, password);
  return caf::none;
}

caf::result<void> data_store_state::ready() {
  // A database that is away is tried again by who asks for something.
  if (auto there = db->get(); !there)
    spdlog::warn("{}", cause_of(there.error()));
  return caf::unit;
}

status_report data_store_state::status() const {
  auto& counts = logins->counts();
  data_store_status x;
  x.logins = counts.logins;
  x.wrong = counts.wrong;
  x.throttled = counts.throttled;
  x.failures = db->failures();
  x.checking = counts.checking;
  x.last_error = db->last_error();
  return report(self, db->is_open() ? "ready" : "away", x);
}

caf::result<void> data_store_state::note(audit_entry x) {
  auto there = db->get();
  if (!there)
    return std::move(there.error());
  x.time = cfg.clock();
  spdlog::info("{}: {} {}: {}", x.who, x.what, x.subject, x.outcome);
  return db->noted((*there)->note(x));
}

caf::result<std::vector<audit_entry>> data_store_state::audit(uint64_t before,
                                                              uint64_t most) {
  auto there = db->get();
  if (!there)
    return std::move(there.error());
  return db->noted((*there)->audit(before, most));
}

void data_store_state::prune() {
  if (auto there = db->get()) {
    auto time = cfg.clock();
    if (auto err = db->noted((*there)->prune(time, time - cfg.audit_age)))
      spdlog::warn("{}", cause_of(err));
  }
  clock.set(self, self->clock().now() + prune_every, [this] { prune(); });
}

accounts_actor::behavior_type
data_store_keeper(accounts_actor::stateful_pointer<data_store_state> self,
                  data_store_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [self](ready_atom) { return self->state.ready(); },
    [self](open_atom, const login_wish& x) {
      return self->state.logins->log_in(x);
    },
    [self](find_atom, const std::string& x) {
      return self->state.logins->who(x);
    },
    [self](release_atom, const std::string& x) {
      return self->state.logins->log_out(x);
    },
    [self](configure_atom, const password_change& x) {
      return self->state.logins->change_password(x);
    },
    [self](fetch_atom) { return self->state.accounts->users(); },
    [self](keep_atom, const user& x) { return self->state.accounts->keep(x); },
    [self](remove_atom, const std::string& x) {
      return self->state.accounts->remove(x);
    },
    [self](start_atom, const token_wish& x) {
      return self->state.accounts->make_token(x);
    },
    [self](fetch_atom, const std::string& x) {
      return self->state.accounts->tokens(x);
    },
    [self](stop_atom, const std::string& owner, const std::string& id) {
      return self->state.accounts->end_token(owner, id);
    },
    [self](record_atom, const audit_entry& x) { return self->state.note(x); },
    [self](find_atom, uint64_t before, uint64_t most) {
      return self->state.audit(before, most);
    },
  };
}

} // namespace vpaas
