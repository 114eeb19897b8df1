#pragma once

// The rows of the data store. A member that is added is a new column with the
// value that a row without it has; see data_schema.hpp for all other changes.

#include "runtime/fields.hpp"
#include "runtime/policy/access.hpp"

#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// Somebody who may log in.
struct user {
  std::string name;
  std::string password; ///< its hash
  role may = role::viewer;
  std::vector<std::string> cameras; ///< empty: all
  bool disabled = false;
  bool must_change = false; ///< the password, at the first login
  caf::timestamp changed;   ///< the password

  static constexpr auto type_name = "user";

  static constexpr auto fields() {
    using self = user;
    return std::make_tuple(
      field("name", &self::name), field("password", &self::password),
      field("role", &self::may), field("cameras", &self::cameras),
      field("disabled", &self::disabled),
      field("must_change", &self::must_change),
      field("changed", &self::changed));
  }
};

/// Lets a user in: a login's, for a day at most, or a program's token.
struct pass {
  std::string digest;     ///< of the token that proves it
  std::string id;         ///< by which a program's is known; empty: a login's
  std::string owner;      ///< name of the user
  role may = role::admin; ///< no more than this, and no more than the user
  std::string csrf;
  std::string from; ///< address of the login
  caf::timestamp made;
  caf::timestamp used;
  caf::timestamp ends;

  static constexpr auto type_name = "pass";

  static constexpr auto fields() {
    using self = pass;
    return std::make_tuple(
      field("digest", &self::digest), field("id", &self::id),
      field("owner", &self::owner), field("role", &self::may),
      field("csrf", &self::csrf), field("origin", &self::from),
      field("made", &self::made), field("used", &self::used),
      field("ends", &self::ends));
  }
};

/// What somebody changed, or tried to.
struct audit_entry {
  uint64_t id = 0; ///< from 1, in their order
  caf::timestamp time;
  std::string who;
  std::string what;    ///< "add stream"
  std::string subject; ///< "door"
  std::string outcome; ///< "done", or why not
  std::string from;    ///< address

  static constexpr auto type_name = "audit_entry";

  static constexpr auto fields() {
    using self = audit_entry;
    return std::make_tuple(field("id", &self::id), field("time", &self::time),
                           field("who", &self::who), field("what", &self::what),
                           field("subject", &self::subject),
                           field("outcome", &self::outcome),
                           field("origin", &self::from));
  }
};

} // namespace vpaas
