#pragma once

// Who is let in: what the gateway of a node asks its data store. All of it
// stays in one process.

#include "messages/protocol.hpp"
#include "runtime/policy/access.hpp"
#include "runtime/store/data_records.hpp"

namespace vpaas {

struct login_wish {
  std::string name;
  std::string password;
  std::string from; ///< address

  static constexpr auto type_name = "login_wish";

  static constexpr auto fields() {
    using self = login_wish;
    return std::make_tuple(field("name", &self::name),
                           field("password", &self::password),
                           field("from", &self::from));
  }
};

/// Somebody was let in; `token` proves it from now on.
struct login {
  std::string token;
  visitor who;

  static constexpr auto type_name = "login";

  static constexpr auto fields() {
    return std::make_tuple(field("token", &login::token),
                           field("who", &login::who));
  }
};

struct password_change {
  std::string token; ///< of a login
  std::string old_password;
  std::string new_password;

  static constexpr auto type_name = "password_change";

  static constexpr auto fields() {
    using self = password_change;
    return std::make_tuple(field("token", &self::token),
                           field("old_password", &self::old_password),
                           field("new_password", &self::new_password));
  }
};

/// A program shall be let in as its owner.
struct token_wish {
  std::string owner;
  std::string id; ///< by which it is known
  role may = role::viewer;
  caf::timespan lasts{0};

  static constexpr auto type_name = "token_wish";

  static constexpr auto fields() {
    using self = token_wish;
    return std::make_tuple(field("owner", &self::owner), field("id", &self::id),
                           field("role", &self::may),
                           field("lasts", &self::lasts));
  }
};

/// The ACCOUNTS in a data store.
using accounts_actor = observable_actor::extend<
  // Lets somebody in: `not_found` for a wrong name or password, `overload`
  // where he guessed too often and has to wait.
  caf::replies_to<open_atom, login_wish>::with<login>,
  // Whom a token lets in; `not_found` where it is unknown, or its time is over.
  caf::replies_to<find_atom, std::string>::with<visitor>,
  // Ends a login.
  caf::reacts_to<release_atom, std::string>,
  // Ends all logins of this user and opens a new one.
  caf::replies_to<configure_atom, password_change>::with<login>,
  // All users, without what their passwords are checked against.
  caf::replies_to<fetch_atom>::with<std::vector<user>>,
  // Adds or changes a user; `password` is a new one, or empty: as it was.
  caf::reacts_to<keep_atom, user>, caf::reacts_to<remove_atom, std::string>,
  // Answers a token for a program; it is shown this once.
  caf::replies_to<start_atom, token_wish>::with<std::string>,
  // The tokens of this user; empty: of all.
  caf::replies_to<fetch_atom, std::string>::with<std::vector<pass>>,
  // Ends the token of this user (empty: whose ever) with this id.
  caf::reacts_to<stop_atom, std::string, std::string>,
  // Notes what somebody did; the time is put in.
  caf::reacts_to<record_atom, audit_entry>,
  // The newest entries before this id (0: all), so many at most.
  caf::replies_to<find_atom, uint64_t,
                  uint64_t>::with<std::vector<audit_entry>>>;

} // namespace vpaas
