#include "actors/control/login_desk.hpp"

#include "runtime/store/password.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

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

caf::error store_password(open_store& db, user x, const std::string& hash,
                          caf::timestamp now) {
  auto there = db.get();
  if (!there)
    return std::move(there.error());
  x.password = hash;
  x.changed = now;
  if (auto err = db.noted((*there)->keep(x)))
    return err;
  return db.noted((*there)->end_logins(x.name, ""));
}

login_desk::login_desk(accounts_actor::pointer self, open_store& db,
                       login_rules rules, world with)
  : self_(self), db_(db), rules_(rules), clock_(std::move(with.clock)),
    note_(std::move(with.note)), checker_(std::move(with.checker)),
    by_name_(rules_.by_name), by_address_(rules_.by_address) {
  // nop
}

caf::timespan login_desk::pause_for(const login_wish& x) const {
  return std::max(by_name_.wait(x.name, now()),
                  by_address_.wait(x.from, now()));
}

caf::result<login> login_desk::log_in(const login_wish& x) {
  if (auto pause = pause_for(x); pause.count() > 0) {
    ++counts_.throttled;
    return wait_for(pause);
  }
  if (counts_.checking >= rules_.max_checks)
    return caf::make_error(ec::overload, "too many log in at once; try again "
                                         "in a moment");
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto found = db_.noted((*there)->find_user(x.name));
  if (!found)
    return std::move(found.error());
  by_name_.guess(x.name, now());
  by_address_.guess(x.from, now());
  ++counts_.checking;
  auto known = found->value_or(user{});
  auto answer = self_->make_response_promise<login>();
  self_
    ->request(checker_, check_limit, find_atom_v,
              known.password.empty() ? nobody : known.password, x.password)
    .then(
      [this, answer, x, known](bool right) mutable {
        --counts_.checking;
        deliver(answer, checked(x, known, right));
      },
      [this, answer](caf::error& cause) mutable {
        --counts_.checking;
        answer.deliver(std::move(cause));
      });
  return answer;
}

caf::expected<login> login_desk::checked(const login_wish& x, const user& found,
                                         bool right) {
  auto good = right && !found.name.empty() && !found.disabled;
  note_({0, {}, x.name, "log in", "", good ? "done" : "wrong", x.from});
  if (!good) {
    ++counts_.wrong;
    return wrong();
  }
  by_name_.right(x.name);
  by_address_.right(x.from);
  return let_in(found, x.from);
}

caf::expected<login> login_desk::let_in(const user& x,
                                        const std::string& from) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto token = random_token();
  pass made;
  made.digest = digest_of(token);
  made.owner = x.name;
  made.may = x.may;
  made.csrf = random_token();
  made.from = from;
  made.made = made.used = clock_();
  made.ends = made.made + rules_.login_lasts;
  if (auto err = db_.noted((*there)->keep(made)))
    return err;
  ++counts_.logins;
  return login{token, {x.name, x.may, x.cameras, made.csrf, x.must_change}};
}

caf::expected<user> login_desk::user_of(const pass& x) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto found = db_.noted((*there)->find_user(x.owner));
  if (!found)
    return std::move(found.error());
  if (!*found || (*found)->disabled)
    return expired();
  return std::move(**found);
}

caf::expected<visitor> login_desk::visitor_of(const pass& x) {
  auto time = clock_();
  auto is_login = x.id.empty();
  if (x.ends < time || (is_login && x.used + rules_.login_idle < time))
    return expired();
  auto owner = user_of(x);
  if (!owner)
    return std::move(owner.error());
  if (x.used + touch_every < time)
    if (auto err = touch(x))
      return err;
  return visitor{owner->name, std::min(x.may, owner->may), owner->cameras,
                 x.csrf, owner->must_change};
}

caf::error login_desk::touch(pass x) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  x.used = clock_();
  return db_.noted((*there)->keep(x));
}

caf::result<visitor> login_desk::who(const std::string& token) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto found = db_.noted((*there)->find_pass(digest_of(token)));
  if (!found)
    return std::move(found.error());
  if (!*found)
    return expired();
  return visitor_of(**found);
}

caf::result<void> login_desk::log_out(const std::string& token) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  return db_.noted((*there)->end_pass(digest_of(token)));
}

caf::result<login> login_desk::change_password(const password_change& x) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  if (auto err = check_new_password(x.new_password))
    return err;
  if (x.new_password == x.old_password)
    return caf::make_error(ec::bad_input, "the new password is the old one; "
                                          "write another");
  auto found = db_.noted((*there)->find_pass(digest_of(x.token)));
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
  by_name_.guess(wish.name, now());
  auto answer = self_->make_response_promise<login>();
  auto failed = [answer](caf::error& cause) mutable {
    answer.deliver(std::move(cause));
  };
  auto store_it = [this, answer, owner = *owner,
                   from = wish.from](const std::string& hash) mutable {
    owner.must_change = false;
    auto err = store_password(db_, owner, hash, clock_());
    deliver(answer, err ? err : let_in(owner, from));
  };
  auto hash_it = [this, answer, failed, store_it, name = owner->name,
                  password = x.new_password](bool right) mutable {
    if (!right)
      return deliver(answer, wrong());
    by_name_.right(name);
    self_->request(checker_, check_limit, apply_atom_v, password)
      .then(store_it, failed);
  };
  self_
    ->request(checker_, check_limit, find_atom_v, owner->password,
              x.old_password)
    .then(hash_it, failed);
  return answer;
}

} // namespace vpaas
