#pragma once

#include "runtime/learning/labels.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

/// Somebody names crops.
struct label_wish {
  std::vector<std::string> crops;
  std::string label; ///< empty: background
  std::string who;
  std::string origin;
  std::string once;                 ///< the same for the same wish; empty: none
  std::vector<std::string> cameras; ///< that he sees; empty: all

  static constexpr auto type_name = "label_wish";

  static constexpr auto fields() {
    using self = label_wish;
    return std::make_tuple(
      field("crops", &self::crops), field("label", &self::label),
      field("who", &self::who), field("origin", &self::origin),
      field("once", &self::once), field("cameras", &self::cameras));
  }
};

/// Somebody takes labels back.
struct undo_wish {
  uint64_t id = 0;       ///< of an entry; 0: those of an annotator
  std::string annotator; ///< all of his
  std::string who;
  std::string origin;
  std::vector<std::string> cameras; ///< that he sees; empty: all

  static constexpr auto type_name = "undo_wish";

  static constexpr auto fields() {
    using self = undo_wish;
    return std::make_tuple(
      field("id", &self::id), field("annotator", &self::annotator),
      field("who", &self::who), field("origin", &self::origin),
      field("cameras", &self::cameras));
  }
};

/// Whether who sees these cameras may know of a crop.
bool sees_crop(const std::vector<std::string>& cameras,
               const std::string& crop);

/// The entries that a label makes, one a crop.
/// @param known whether there is such a crop
/// @returns ec::bad_input for what is no label, ec::not_found
caf::expected<std::vector<label_entry>>
entries_of(const label_wish& x,
           const std::function<bool(const std::string&)>& known,
           caf::timestamp now);

/// The entries that take back what `log` holds.
/// @returns ec::bad_input, ec::not_found where nothing is taken back
caf::expected<std::vector<label_entry>>
entries_of(const undo_wish& x, const std::vector<label_entry>& log,
           caf::timestamp now);

} // namespace vpaas
