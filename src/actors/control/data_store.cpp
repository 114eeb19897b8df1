#include "actors/control/data_store.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/store/password.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr auto prune_every = std::chrono::hours{1};

/// The time of a pass's last use is written no more often.
constexpr auto touch_every = std::chrono::minutes{1};

constexpr auto check_limit = std::chrono::seconds{30};

/// Of no password: checked where there is no such user, so that it takes as
/// long.
constexpr const char* nobody = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                               "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

caf::error wrong() {
  return caf::make_error(ec::not_found, "the name or the password is wrong; "
                                        "try again, or ask an admin for a new "
                                        "one");
}

caf::error expired() {
  return caf::make_error(ec::not_found, "this login is over; log in again");
}

/// Answers who waits.
void deliver(caf::typed_response_promise<login> to, caf::expected<login> x) {
  if (x)
    to.deliver(std::move(*x));
  else
    to.deliver(std::move(x.error()));
}

caf::error wait_for(caf::timespan x) {
  auto s = std::chrono::ceil<std::chrono::seconds>(x).count();
  return caf::make_error(ec::overload, "too many wrong passwords; try again in "
                                         + std::to_string(s) + " s");
}

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
  by_name = login_throttle{cfg.by_name};
  by_address = login_throttle{cfg.by_address};
  checker = cfg.checker ? cfg.checker(self->system())
                        : self->system().spawn<caf::detached>(password_checker);
  prune();
}

caf::expected<data_store*> data_store_state::store() {
  if (!db) {
    auto found = data_store::open(cfg.database);
    if (!found)
      return noted<data_store*>(std::move(found.error()));
    if (auto err = make_first_user(*found))
      return noted<data_store*>(std::move(err));
    db.emplace(std::move(*found));
  }
  return &*db;
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

template <class T>
caf::expected<T> data_store_state::noted(caf::expected<T> x) {
  if (!x)
    noted(x.error());
  return x;
}

caf::error data_store_state::noted(caf::error x) {
  if (x == ec::io || x == ec::bad_input || x == ec::bad_config) {
    ++counts.failures;
    counts.last_error = cause_of(x);
  }
  return x;
}

caf::result<void> data_store_state::ready() {
  // A database that is away is tried again by who asks for something.
  if (auto there = store(); !there)
    spdlog::warn("{}", cause_of(there.error()));
  return caf::unit;
}

status_report data_store_state::status() const {
  return report(self, db ? "ready" : "away", counts);
}

// -- logins -------------------------------------------------------------------

caf::timespan data_store_state::pause_for(const login_wish& x) const {
  return std::max(by_name.wait(x.name, now()), by_address.wait(x.from, now()));
}

caf::result<login> data_store_state::log_in(const login_wish& x) {
  if (auto pause = pause_for(x); pause.count() > 0) {
    ++counts.throttled;
    return wait_for(pause);
  }
  if (counts.checking >= cfg.max_checks)
    return caf::make_error(ec::overload, "too many log in at once; try again "
                                         "in a moment");
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto found = noted((*there)->find_user(x.name));
  if (!found)
    return std::move(found.error());
  by_name.guess(x.name, now());
  by_address.guess(x.from, now());
  ++counts.checking;
  auto known = found->value_or(user{});
  auto answer = self->make_response_promise<login>();
  self
    ->request(checker, check_limit, find_atom_v,
              known.password.empty() ? nobody : known.password, x.password)
    .then(
      [this, answer, x, known](bool right) mutable {
        --counts.checking;
        deliver(answer, checked(x, known, right));
      },
      [this, answer](caf::error& cause) mutable {
        --counts.checking;
        answer.deliver(std::move(cause));
      });
  return answer;
}

caf::expected<login> data_store_state::checked(const login_wish& x,
                                               const user& found, bool right) {
  auto good = right && !found.name.empty() && !found.disabled;
  note({0, {}, x.name, "log in", "", good ? "done" : "wrong", x.from});
  if (!good) {
    ++counts.wrong;
    return wrong();
  }
  by_name.right(x.name);
  by_address.right(x.from);
  return let_in(found, x.from);
}

caf::expected<login> data_store_state::let_in(const user& x,
                                              const std::string& from) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto token = random_token();
  pass made;
  made.digest = digest_of(token);
  made.owner = x.name;
  made.may = x.may;
  made.csrf = random_token();
  made.from = from;
  made.made = made.used = cfg.clock();
  made.ends = made.made + cfg.login_lasts;
  if (auto err = noted((*there)->keep(made)))
    return err;
  ++counts.logins;
  return login{token, {x.name, x.may, x.cameras, made.csrf, x.must_change}};
}

caf::expected<user> data_store_state::user_of(const pass& x) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto found = noted((*there)->find_user(x.owner));
  if (!found)
    return std::move(found.error());
  if (!*found || (*found)->disabled)
    return expired();
  return std::move(**found);
}

caf::expected<visitor> data_store_state::visitor_of(const pass& x) {
  auto time = cfg.clock();
  auto is_login = x.id.empty();
  if (x.ends < time || (is_login && x.used + cfg.login_idle < time))
    return expired();
  auto owner = user_of(x);
  if (!owner)
    return std::move(owner.error());
  if (x.used + touch_every < time) {
    auto touched = x;
    touched.used = time;
    if (auto err = noted(db->keep(touched)))
      return err;
  }
  return visitor{owner->name, std::min(x.may, owner->may), owner->cameras,
                 x.csrf, owner->must_change};
}

caf::result<visitor> data_store_state::who(const std::string& token) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto found = noted((*there)->find_pass(digest_of(token)));
  if (!found)
    return std::move(found.error());
  if (!*found)
    return expired();
  return visitor_of(**found);
}

caf::result<void> data_store_state::log_out(const std::string& token) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  return noted((*there)->end_pass(digest_of(token)));
}

// -- users --------------------------------------------------------------------

caf::error data_store_state::store_password(user x, const std::string& hash) {
  x.password = hash;
  x.changed = cfg.clock();
  if (auto err = noted(db->keep(x)))
    return err;
  return noted(db->end_logins(x.name, ""));
}

caf::result<login> data_store_state::change_password(const password_change& x) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  if (auto err = check_new_password(x.new_password))
    return err;
  if (x.new_password == x.old_password)
    return caf::make_error(ec::bad_input, "the new password is the old one; "
                                          "write another");
  auto found = noted((*there)->find_pass(digest_of(x.token)));
  if (!found)
    return std::move(found.error());
  if (!*found || !(*found)->id.empty())
    return expired();
  auto owner = user_of(**found);
  if (!owner)
    return std::move(owner.error());
  // Who has stolen a login guesses no better here.
  login_wish wish{owner->name, x.old_password, (*found)->from};
  if (auto pause = pause_for(wish); pause.count() > 0)
    return wait_for(pause);
  by_name.guess(wish.name, now());
  auto answer = self->make_response_promise<login>();
  auto failed = [answer](caf::error& cause) mutable {
    answer.deliver(std::move(cause));
  };
  auto store_it = [this, answer, owner = *owner,
                   from = wish.from](const std::string& hash) mutable {
    owner.must_change = false;
    auto err = store_password(owner, hash);
    deliver(answer, err ? err : let_in(owner, from));
  };
  auto hash_it = [this, answer, failed, store_it, name = owner->name,
                  password = x.new_password](bool right) mutable {
    if (!right)
      return deliver(answer, wrong());
    by_name.right(name);
    self->request(checker, check_limit, apply_atom_v, password)
      .then(store_it, failed);
  };
  self
    ->request(checker, check_limit, find_atom_v, owner->password,
              x.old_password)
    .then(hash_it, failed);
  return answer;
}

caf::result<std::vector<user>> data_store_state::users() {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto found = noted((*there)->users());
  if (found)
    for (auto& x : *found)
      x.password.clear();
  return found;
}

caf::result<void> data_store_state::keep(const user& x) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  if (!is_name(x.name))
    return caf::make_error(ec::bad_input, "\"" + x.name
                                            + "\" is no name of a user; write "
                                            + name_rule);
  auto before = noted((*there)->find_user(x.name));
  if (!before)
    return std::move(before.error());
  if (!*before && x.password.empty())
    return caf::make_error(ec::bad_input, "a new user needs a password; write "
                                          "12 to 128 characters");
  auto wanted = x;
  if (x.password.empty()) {
    wanted.password = (*before)->password;
    wanted.changed = (*before)->changed;
    return noted((*there)->keep(wanted));
  }
  if (auto err = check_new_password(x.password))
    return err;
  auto answer = self->make_response_promise();
  self->request(checker, check_limit, apply_atom_v, x.password)
    .then(
      [this, answer, wanted](const std::string& hash) mutable {
        if (auto err = store_password(wanted, hash))
          answer.deliver(std::move(err));
        else
          answer.deliver(caf::unit);
      },
      [answer](caf::error& cause) mutable {
        answer.deliver(std::move(cause));
      });
  return caf::delegated<void>{};
}

caf::result<void> data_store_state::remove(const std::string& user_name) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto known = noted((*there)->users());
  if (!known)
    return std::move(known.error());
  auto may_admin = [](const user& x) {
    return x.may == role::admin && !x.disabled;
  };
  auto others = std::any_of(known->begin(), known->end(), [&](auto& x) {
    return may_admin(x) && x.name != user_name;
  });
  if (!others)
    return caf::make_error(ec::bad_input, "\"" + user_name
                                            + "\" is the last admin; make "
                                              "another one first");
  auto gone = noted((*there)->remove_user(user_name));
  if (!gone)
    return std::move(gone.error());
  if (!*gone)
    return caf::make_error(ec::not_found, "there is no user \"" + user_name
                                            + "\"; see the list of users");
  return caf::unit;
}

// -- programs -----------------------------------------------------------------

caf::result<std::string> data_store_state::make_token(const token_wish& x) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  if (!is_name(x.id))
    return caf::make_error(ec::bad_input, "\"" + x.id
                                            + "\" is no name of a token; write "
                                            + name_rule);
  if (x.lasts.count() <= 0 || x.lasts > cfg.token_lasts)
    return caf::make_error(ec::bad_input, "a token lasts for a year at most; "
                                          "write \"90d\" or such");
  auto known = noted((*there)->tokens());
  if (!known)
    return std::move(known.error());
  for (auto& y : *known)
    if (y.id == x.id)
      return caf::make_error(ec::bad_input, "there is a token \"" + x.id
                                              + "\"; end it first, or write "
                                                "another name");
  auto token = random_token();
  pass made;
  made.digest = digest_of(token);
  made.id = x.id;
  made.owner = x.owner;
  made.may = x.may;
  made.made = made.used = cfg.clock();
  made.ends = made.made + x.lasts;
  if (auto err = noted((*there)->keep(made)))
    return err;
  return token;
}

caf::result<std::vector<pass>>
data_store_state::tokens(const std::string& owner) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto found = noted((*there)->tokens());
  if (found && !owner.empty())
    found->erase(std::remove_if(found->begin(), found->end(),
                                [&](auto& x) { return x.owner != owner; }),
                 found->end());
  return found;
}

caf::result<void> data_store_state::end_token(const std::string& owner,
                                              const std::string& id) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  auto known = noted((*there)->tokens());
  if (!known)
    return std::move(known.error());
  for (auto& x : *known)
    if (x.id == id && (owner.empty() || x.owner == owner)) {
      auto ended = noted((*there)->end_token(id));
      if (!ended)
        return std::move(ended.error());
      return caf::unit;
    }
  return caf::make_error(ec::not_found, "there is no token \"" + id
                                          + "\"; see the list of tokens");
}

// -- the audit log ------------------------------------------------------------

caf::result<void> data_store_state::note(audit_entry x) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  x.time = cfg.clock();
  spdlog::info("{}: {} {}: {}", x.who, x.what, x.subject, x.outcome);
  return noted((*there)->note(x));
}

caf::result<std::vector<audit_entry>> data_store_state::audit(uint64_t before,
                                                              uint64_t most) {
  auto there = store();
  if (!there)
    return std::move(there.error());
  return noted((*there)->audit(before, most));
}

void data_store_state::prune() {
  if (auto there = store()) {
    auto time = cfg.clock();
    if (auto err = noted((*there)->prune(time, time - cfg.audit_age)))
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
    [self](open_atom, const login_wish& x) { return self->state.log_in(x); },
    [self](find_atom, const std::string& x) { return self->state.who(x); },
    [self](release_atom, const std::string& x) {
      return self->state.log_out(x);
    },
    [self](configure_atom, const password_change& x) {
      return self->state.change_password(x);
    },
    [self](fetch_atom) { return self->state.users(); },
    [self](keep_atom, const user& x) { return self->state.keep(x); },
    [self](remove_atom, const std::string& x) { return self->state.remove(x); },
    [self](start_atom, const token_wish& x) {
      return self->state.make_token(x);
    },
    [self](fetch_atom, const std::string& x) { return self->state.tokens(x); },
    [self](stop_atom, const std::string& owner, const std::string& id) {
      return self->state.end_token(owner, id);
    },
    [self](record_atom, const audit_entry& x) { return self->state.note(x); },
    [self](find_atom, uint64_t before, uint64_t most) {
      return self->state.audit(before, most);
    },
  };
}

} // namespace vpaas
