#pragma once

#include "runtime/policy/timetable.hpp"
#include "runtime/registry_records.hpp"

#include <caf/expected.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// An assignment with what it assigns.
struct assigned_script {
  assignment order;
  artifact what;

  static constexpr auto type_name = "assigned_script";

  static constexpr auto fields() {
    return std::make_tuple(field("order", &assigned_script::order),
                           field("what", &assigned_script::what));
  }
};

/// All that a backend wants the streams of a fog to be taken through. Said
/// whole, again and again.
struct desired_choices {
  std::vector<assigned_script> orders;

  static constexpr auto type_name = "desired_choices";

  static constexpr auto fields() {
    return std::make_tuple(field("orders", &desired_choices::orders));
  }
};

/// A stream that is assigned something, as its fog says it.
struct reported_choice {
  std::string stream;
  std::string wanted;  ///< "night@2"; empty: its own
  std::string runs;    ///< likewise
  std::string problem; ///< why it does not run what is wanted

  static constexpr auto type_name = "reported_choice";

  static constexpr auto fields() {
    using self = reported_choice;
    return std::make_tuple(
      field("stream", &self::stream), field("wanted", &self::wanted),
      field("runs", &self::runs), field("problem", &self::problem));
  }
};

struct reported_choices {
  std::vector<reported_choice> streams;

  static constexpr auto type_name = "reported_choices";

  static constexpr auto fields() {
    return std::make_tuple(field("streams", &reported_choices::streams));
  }
};

/// What holds for which stream, and when.
class assignment_table {
public:
  assignment_table() = default;

  /// @returns ec::bad_config where a timetable or its zone cannot be read
  static caf::expected<assignment_table> make(const desired_choices& x);

  /// What the stream is to be taken through now; null: its own. Of several that
  /// hold, one of a profile goes before others, the one that says the stream's
  /// name before those with a *, the longer pattern before the shorter, one
  /// with a timetable before one that always holds, and the last one before
  /// others.
  const assigned_script* find(const std::string& stream,
                              caf::timestamp now) const;

private:
  struct row {
    assigned_script what;
    std::optional<timetable> when;
    time_zone zone;
  };

  std::vector<row> rows_; ///< who goes first stands first
};

/// Those of `artifacts` that are assigned; what is not known is left out.
/// @param profile that is on; empty: none
desired_choices choices_of(const std::vector<assignment>& orders,
                           const std::vector<artifact>& artifacts,
                           const std::string& profile = {});

} // namespace vpaas
