#include "actors/control/user_desk.hpp"

#include "actors/control/login_desk.hpp"
#include "runtime/name.hpp"
#include "runtime/store/password.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr auto check_limit = std::chrono::seconds{30};

} // namespace

user_desk::user_desk(accounts_actor::pointer self, open_store& db, world with)
  : self_(self), db_(db), clock_(std::move(with.clock)),
    checker_(std::move(with.checker)), token_lasts_(with.token_lasts) {
  // nop
}

caf::result<std::vector<user>> user_desk::users() {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto found = db_.noted((*there)->users());
  if (found)
    for (auto& x : *found)
      x.password.clear();
  return found;
}

caf::result<void> user_desk::keep(const user& x) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  if (!is_name(x.name))
    return caf::make_error(ec::bad_input, "\"" + x.name
                                            + "\" is no name of a user; write "
                                            + name_rule);
  auto before = db_.noted((*there)->find_user(x.name));
  if (!before)
    return std::move(before.error());
  if (!*before && x.password.empty())
    return caf::make_error(ec::bad_input, "a new user needs a password; write "
                                          "12 to 128 characters");
  auto wanted = x;
  if (x.password.empty()) {
    wanted.password = (*before)->password;
    wanted.changed = (*before)->changed;
    return db_.noted((*there)->keep(wanted));
  }
  if (auto err = check_new_password(x.password))
    return err;
  auto answer = self_->make_response_promise();
  self_->request(checker_, check_limit, apply_atom_v, x.password)
    .then(
      [this, answer, wanted](const std::string& hash) mutable {
        if (auto err = store_password(db_, wanted, hash, clock_()))
          answer.deliver(std::move(err));
        else
          answer.deliver(caf::unit);
      },
      [answer](caf::error& cause) mutable {
        answer.deliver(std::move(cause));
      });
  return caf::delegated<void>{};
}

caf::result<void> user_desk::remove(const std::string& user_name) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto known = db_.noted((*there)->users());
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
  auto gone = db_.noted((*there)->remove_user(user_name));
  if (!gone)
    return std::move(gone.error());
  if (!*gone)
    return caf::make_error(ec::not_found, "there is no user \"" + user_name
                                            + "\"; see the list of users");
  return caf::unit;
}

caf::result<std::string> user_desk::make_token(const token_wish& x) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  if (!is_name(x.id))
    return caf::make_error(ec::bad_input, "\"" + x.id
                                            + "\" is no name of a token; write "
                                            + name_rule);
  if (x.lasts.count() <= 0 || x.lasts > token_lasts_)
    return caf::make_error(ec::bad_input, "a token lasts for a year at most; "
                                          "write \"90d\" or such");
  auto known = db_.noted((*there)->tokens());
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
  made.made = made.used = clock_();
  made.ends = made.made + x.lasts;
  if (auto err = db_.noted((*there)->keep(made)))
    return err;
  return token;
}

caf::result<std::vector<pass>> user_desk::tokens(const std::string& owner) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto found = db_.noted((*there)->tokens());
  if (found && !owner.empty())
    found->erase(std::remove_if(found->begin(), found->end(),
                                [&](auto& x) { return x.owner != owner; }),
                 found->end());
  return found;
}

caf::result<void> user_desk::end_token(const std::string& owner,
                                       const std::string& id) {
  auto there = db_.get();
  if (!there)
    return std::move(there.error());
  auto known = db_.noted((*there)->tokens());
  if (!known)
    return std::move(known.error());
  for (auto& x : *known)
    if (x.id == id && (owner.empty() || x.owner == owner)) {
      auto ended = db_.noted((*there)->end_token(id));
      if (!ended)
        return std::move(ended.error());
      return caf::unit;
    }
  return caf::make_error(ec::not_found, "there is no token \"" + id
                                          + "\"; see the list of tokens");
}

} // namespace vpaas
