#pragma once

#include "runtime/store/data_records.hpp"
#include "runtime/store/database.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What the control plane must not forget: who may log in, who has, and what
/// they changed. Other tables join them. Blocks; one caller at a time. All
/// return ec::io where the database fails, after which it may be used again.
class data_store {
public:
  /// @returns also ec::bad_config where a newer version made it, ec::bad_input
  /// where it is damaged
  static caf::expected<data_store> open(const database_config& cfg);

  data_store(data_store&&) noexcept;

  data_store& operator=(data_store&&) noexcept;

  ~data_store();

  caf::expected<std::vector<user>> users();

  caf::expected<std::optional<user>> find_user(const std::string& name);

  /// In place of one of the same name.
  caf::error keep(const user& x);

  /// With all that lets him in. @returns whether there was one
  caf::expected<bool> remove_user(const std::string& name);

  /// Those of programs, without their digests.
  caf::expected<std::vector<pass>> tokens();

  caf::expected<std::optional<pass>> find_pass(const std::string& digest);

  caf::error keep(const pass& x);

  caf::error end_pass(const std::string& digest);

  /// @returns whether there was one
  caf::expected<bool> end_token(const std::string& id);

  /// All logins of a user but this one; the tokens of his programs stay.
  caf::error end_logins(const std::string& owner, const std::string& but);

  /// Its id is given here.
  caf::error note(const audit_entry& x);

  /// The newest first, those before this id; 0: from the last on.
  caf::expected<std::vector<audit_entry>> audit(uint64_t before, uint64_t most);

  /// Forgets passes that ended before `now`, and what was noted before `since`.
  caf::error prune(caf::timestamp now, caf::timestamp since);

private:
  struct impl;

  explicit data_store(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
