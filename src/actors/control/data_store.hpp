#pragma once

#include "actors/alarm.hpp"
#include "actors/control/password_checker.hpp"
#include "messages/accounts.hpp"
#include "runtime/policy/login_throttle.hpp"
#include "runtime/store/data_store.hpp"

#include <caf/all.hpp>

#include <functional>
#include <optional>
#include <string>

namespace vpaas {

/// The DATA STORE of the control plane: who may log in, who has, what they
/// changed. The first start makes one user, `admin`, with a password that is
/// told once and must be changed at the first login. Where the database fails a
/// request is answered with why, and the next tries again. Passwords are
/// checked by a helper, so that nobody waits for who guesses. Blocks: spawn
/// detached.
struct data_store_config {
  database_config database;
  caf::timespan login_lasts = std::chrono::hours(12); ///< at most
  caf::timespan login_idle = std::chrono::hours(1);   ///< without a request
  caf::timespan token_lasts = std::chrono::hours(24 * 365); ///< at most
  caf::timespan audit_age = std::chrono::hours(24 * 400);
  size_t max_checks = 16; ///< passwords that wait to be checked
  login_throttle::config by_name{};
  login_throttle::config by_address{20};
  std::function<caf::timestamp()> clock = caf::make_timestamp;
  /// Tells the operator the first password, once.
  std::function<void(const std::string& name, const std::string& password)>
    tell;
  /// Empty: one in a thread of its own.
  std::function<password_actor(caf::actor_system&)> checker;

  caf::error validate() const;
};

struct data_store_status {
  uint64_t logins = 0;
  uint64_t wrong = 0;     ///< passwords
  uint64_t throttled = 0; ///< logins that have to wait
  uint64_t failures = 0;  ///< of the database
  uint64_t checking = 0;  ///< passwords
  std::string last_error;

  static constexpr auto type_name = "data_store_status";

  static constexpr auto fields() {
    using self = data_store_status;
    return std::make_tuple(
      field("logins", &self::logins), field("wrong", &self::wrong),
      field("throttled", &self::throttled), field("failures", &self::failures),
      field("checking", &self::checking),
      field("last_error", &self::last_error));
  }
};

struct data_store_state {
  static inline const char* name = "data_store";

  explicit data_store_state(
    accounts_actor::stateful_pointer<data_store_state> self);

  /// @pre `!x.validate()`
  void begin(data_store_config x);

  caf::result<void> ready();

  status_report status() const;

  caf::result<login> log_in(const login_wish& x);

  caf::result<visitor> who(const std::string& token);

  caf::result<void> log_out(const std::string& token);

  caf::result<login> change_password(const password_change& x);

  caf::result<std::vector<user>> users();

  caf::result<void> keep(const user& x);

  caf::result<void> remove(const std::string& user_name);

  caf::result<std::string> make_token(const token_wish& x);

  caf::result<std::vector<pass>> tokens(const std::string& owner);

  caf::result<void> end_token(const std::string& owner, const std::string& id);

  caf::result<void> note(audit_entry x);

  caf::result<std::vector<audit_entry>> audit(uint64_t before, uint64_t most);

  /// Forgets what is over, and looks again in an hour.
  void prune();

  accounts_actor::stateful_pointer<data_store_state> self;
  data_store_config cfg;
  std::optional<data_store> db;
  caf::error problem; ///< of opening it
  login_throttle by_name{{}};
  login_throttle by_address{{}};
  password_actor checker;
  alarm clock;
  data_store_status counts;

private:
  /// The database, opened anew where it was not.
  caf::expected<data_store*> store();

  caf::error make_first_user(data_store& in);

  template <class T>
  caf::expected<T> noted(caf::expected<T> x);

  caf::error noted(caf::error x);

  caf::timespan pause_for(const login_wish& x) const;

  caf::expected<user> user_of(const pass& x);

  /// Whom a pass lets in now, if anybody.
  caf::expected<visitor> visitor_of(const pass& x);

  caf::expected<login> let_in(const user& x, const std::string& from);

  caf::expected<login> checked(const login_wish& x, const user& found,
                               bool right);

  caf::error store_password(user x, const std::string& hash);

  caf::timespan now() const {
    return cfg.clock().time_since_epoch();
  }
};

accounts_actor::behavior_type
data_store_keeper(accounts_actor::stateful_pointer<data_store_state> self,
                  data_store_config cfg);

} // namespace vpaas
