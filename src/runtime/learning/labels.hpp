#pragma once

#include "runtime/fields.hpp"

#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// An entry of the label log: somebody named a crop, or took a name back.
/// Entries are added and never changed.
struct label_entry {
  uint64_t id = 0; ///< from 1, in their order
  caf::timestamp time;
  std::string who;
  std::string crop;
  std::string label;   ///< empty: background
  std::string origin;  ///< "page", "command line", a file
  uint64_t undoes = 0; ///< the entry that this one takes back; 0: it is a name
  /// Given by who labels: an entry that is sent again is the same. Empty: none.
  std::string once;

  static constexpr auto type_name = "label_entry";

  static constexpr auto fields() {
    using self = label_entry;
    return std::make_tuple(
      field("id", &self::id), field("time", &self::time),
      field("who", &self::who), field("crop", &self::crop),
      field("label", &self::label), field("origin", &self::origin),
      field("undoes", &self::undoes), field("once", &self::once));
  }
};

/// What holds of a crop.
struct standing_label {
  std::string crop;
  std::string label;
  uint64_t id = 0;       ///< of the newest entry that says so
  std::string who;       ///< said it
  uint64_t opinions = 0; ///< annotators who named it
  bool disputed = false; ///< they do not agree

  static constexpr auto type_name = "standing_label";

  static constexpr auto fields() {
    using self = standing_label;
    return std::make_tuple(
      field("crop", &self::crop), field("label", &self::label),
      field("id", &self::id), field("who", &self::who),
      field("opinions", &self::opinions), field("disputed", &self::disputed));
  }
};

/// How one annotator does.
struct annotator_report {
  std::string who;
  uint64_t labels = 0;   ///< that hold
  uint64_t undone = 0;   ///< that were taken back
  uint64_t shared = 0;   ///< of crops that others named too
  uint64_t outvoted = 0; ///< of these, not what holds

  static constexpr auto type_name = "annotator_report";

  static constexpr auto fields() {
    using self = annotator_report;
    return std::make_tuple(
      field("who", &self::who), field("labels", &self::labels),
      field("undone", &self::undone), field("shared", &self::shared),
      field("outvoted", &self::outvoted));
  }
};

/// What holds after all entries, in the order of `id`. Of one annotator the
/// last word counts, of several what most say, of as many the newest.
std::vector<standing_label>
standing_labels(const std::vector<label_entry>& entries);

/// In the order of their names.
std::vector<annotator_report>
annotators_of(const std::vector<label_entry>& entries);

} // namespace vpaas
