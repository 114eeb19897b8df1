#pragma once

#include "runtime/learning/kept_crop.hpp"
#include "runtime/learning/labels.hpp"
#include "runtime/store/database.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What people said of crops, and these crops: a log that only grows. Blocks;
/// one caller at a time. All return ec::io where the database fails, after
/// which it may be used again.
class label_log {
public:
  /// @returns also ec::bad_config where a newer version made it, ec::bad_input
  /// where it is damaged
  static caf::expected<label_log> open(const database_config& cfg);

  label_log(label_log&&) noexcept;

  label_log& operator=(label_log&&) noexcept;

  ~label_log();

  /// Adds entries, all or none, each with the crop that it is about where that
  /// is not here yet. Those that were sent before, by `once`, are not added
  /// again. @returns them as they stand in the log
  caf::expected<std::vector<label_entry>>
  add(const std::vector<label_entry>& xs, const std::vector<kept_crop>& crops);

  /// Those after this id, in their order.
  caf::expected<std::vector<label_entry>> entries(uint64_t after,
                                                  uint64_t most);

  caf::expected<std::optional<kept_crop>> find_crop(const std::string& id);

  /// All that have an entry, without their pictures.
  caf::expected<std::vector<kept_crop>> crops();

private:
  struct impl;

  explicit label_log(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
