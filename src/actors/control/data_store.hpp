#pragma once

#include "actors/alarm.hpp"
#include "actors/control/login_desk.hpp"
#include "actors/control/user_desk.hpp"

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
struct data_store_config : login_rules {
  database_config database;
  caf::timespan token_lasts = std::chrono::hours(24 * 365); ///< at most
  caf::timespan audit_age = std::chrono::hours(24 * 400);
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

  caf::result<void> note(audit_entry x);

  caf::result<std::vector<audit_entry>> audit(uint64_t before, uint64_t most);

  /// Forgets what is over, and looks again in an hour.
  void prune();

  accounts_actor::stateful_pointer<data_store_state> self;
  data_store_config cfg;
  std::optional<open_store> db;
  std::optional<login_desk> logins;
  std::optional<user_desk> accounts;
  alarm clock;

private:
  caf::error make_first_user(data_store& in);
};

accounts_actor::behavior_type
data_store_keeper(accounts_actor::stateful_pointer<data_store_state> self,
                  data_store_config cfg);

} // namespace vpaas
