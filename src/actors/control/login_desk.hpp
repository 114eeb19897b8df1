#pragma once

#include "actors/control/open_store.hpp"
#include "actors/control/password_checker.hpp"
#include "messages/accounts.hpp"
#include "runtime/policy/login_throttle.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>

namespace vpaas {

struct login_rules {
  caf::timespan login_lasts = std::chrono::hours(12); ///< at most
  caf::timespan login_idle = std::chrono::hours(1);   ///< without a request
  size_t max_checks = 16; ///< passwords that wait to be checked
  login_throttle::config by_name{};
  login_throttle::config by_address{20};
};

/// Who is let in, and by what: passwords, logins, and whom a token stands for.
/// Who guesses has to wait. Owned by the state of the data store.
class login_desk {
public:
  struct world {
    std::function<caf::timestamp()> clock;
    std::function<void(audit_entry)> note;
    password_actor checker;
  };

  struct counters {
    uint64_t logins = 0;
    uint64_t wrong = 0;     ///< passwords
    uint64_t throttled = 0; ///< logins that have to wait
    uint64_t checking = 0;  ///< passwords
  };

  login_desk(accounts_actor::pointer self, open_store& db, login_rules rules,
             world with);

  caf::result<login> log_in(const login_wish& x);

  caf::result<visitor> who(const std::string& token);

  caf::result<void> log_out(const std::string& token);

  caf::result<login> change_password(const password_change& x);

  const counters& counts() const {
    return counts_;
  }

private:
  caf::timespan pause_for(const login_wish& x) const;

  caf::expected<user> user_of(const pass& x);

  /// Whom a pass lets in now, if anybody.
  caf::expected<visitor> visitor_of(const pass& x);

  /// It was used now.
  caf::error touch(pass x);

  caf::expected<login> let_in(const user& x, const std::string& from);

  caf::expected<login> checked(const login_wish& x, const user& found,
                               bool right);

  caf::timespan now() const {
    return clock_().time_since_epoch();
  }

  accounts_actor::pointer self_;
  open_store& db_;
  login_rules rules_;
  std::function<caf::timestamp()> clock_;
  std::function<void(audit_entry)> note_;
  password_actor checker_;
  login_throttle by_name_;
  login_throttle by_address_;
  counters counts_;
};

/// Gives a user a new password, and ends all his logins.
caf::error store_password(open_store& db, user x, const std::string& hash,
                          caf::timestamp now);

} // namespace vpaas
