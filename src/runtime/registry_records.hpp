#pragma once

// The rows of the registry: what can be deployed, and what shall run where. As
// store/data_records.hpp, a member that is added is a new column.

#include "runtime/document.hpp"
#include "runtime/fields.hpp"

#include <caf/timestamp.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

enum class artifact_kind : uint8_t { model, heads, function, pipeline, policy };

constexpr auto names_of(artifact_kind) {
  return std::array{"model", "heads", "function", "pipeline", "policy"};
}

struct artifact_file {
  std::string role; ///< "weights"
  std::string name;
  std::string sha256;
  uint64_t bytes = 0;

  static constexpr auto type_name = "artifact_file";

  static constexpr auto fields() {
    using self = artifact_file;
    return std::make_tuple(
      field("role", &self::role), field("name", &self::name),
      field("sha256", &self::sha256), field("bytes", &self::bytes));
  }
};

/// One version of a model, of heads, or of a script. It never changes.
struct artifact {
  std::string id; ///< "model/face@2"
  artifact_kind kind = artifact_kind::model;
  std::string name;
  uint64_t version = 0; ///< from 1
  std::string content;  ///< a model's card, or the script
  std::vector<artifact_file> files;
  std::string digest; ///< SHA-256 of all that it is
  std::string author;
  caf::timestamp added;

  /// As people write it: "face@2".
  std::string reference() const {
    return name + "@" + std::to_string(version);
  }

  static constexpr auto type_name = "artifact";

  static constexpr auto fields() {
    using self = artifact;
    return std::make_tuple(
      field("id", &self::id), field("kind", &self::kind),
      field("name", &self::name), field("version", &self::version),
      field("content", &self::content), field("files", &self::files),
      field("digest", &self::digest), field("author", &self::author),
      field("added", &self::added));
  }
};

/// That a function of some nodes shall run something. The newest that was not
/// withdrawn holds.
struct deployment {
  uint64_t id = 0;       ///< from 1, in their order
  std::string target;    ///< a node, or all of a tier: "fog"
  std::string function;  ///< its logical name there: "backup_detector"
  std::string parameter; ///< of it: "model", "heads"
  std::string artifact;  ///< "face@2"
  bool withdrawn = false;
  std::string author;
  caf::timestamp made;

  static constexpr auto type_name = "deployment";

  static constexpr auto fields() {
    using self = deployment;
    return std::make_tuple(
      field("id", &self::id), field("target", &self::target),
      field("function", &self::function), field("parameter", &self::parameter),
      field("artifact", &self::artifact), field("withdrawn", &self::withdrawn),
      field("author", &self::author), field("made", &self::made));
  }
};

/// A stream that was added to a running fog, and shall be there after its
/// restart.
struct desired_stream {
  std::string id; ///< "fog-1/door"
  std::string fog;
  std::string name;
  std::string client;  ///< that runs its camera; empty: the fog reads it
  document parameters; ///< of the kind "stream"
  bool ended = false;  ///< its file was read to the end
  caf::timestamp changed;

  static constexpr auto type_name = "desired_stream";

  static constexpr auto fields() {
    using self = desired_stream;
    return std::make_tuple(
      field("id", &self::id), field("fog", &self::fog),
      field("name", &self::name), field("client", &self::client),
      field("parameters", &self::parameters), field("ended", &self::ended),
      field("changed", &self::changed));
  }
};

/// What streams are taken through: a policy or a pipeline, always or by a
/// timetable, or while a profile is on. One for each pattern, timetable and
/// profile.
struct assignment {
  std::string id;      ///< "yard* weekends UTC"
  std::string streams; ///< "door", or "yard*": all that begin so
  artifact_kind kind = artifact_kind::policy; ///< or pipeline
  std::string artifact;                       ///< "night@2"
  std::string at;   ///< see `timetable`; empty: always
  std::string zone; ///< the rule of its time zone, see `time_zone`
  std::string author;
  caf::timestamp made;
  std::string profile; ///< "night": holds while that is on; empty: always

  static constexpr auto type_name = "assignment";

  static constexpr auto fields() {
    using self = assignment;
    return std::make_tuple(
      field("id", &self::id), field("streams", &self::streams),
      field("kind", &self::kind), field("artifact", &self::artifact),
      field("at", &self::at), field("zone", &self::zone),
      field("author", &self::author), field("made", &self::made),
      field("profile", &self::profile));
  }
};

/// That a profile was switched on, or all off. The newest holds.
struct profile_switch {
  uint64_t id = 0;     ///< from 1, in their order
  std::string profile; ///< empty: none is on
  std::string author;
  caf::timestamp made;

  static constexpr auto type_name = "profile_switch";

  static constexpr auto fields() {
    using self = profile_switch;
    return std::make_tuple(
      field("id", &self::id), field("profile", &self::profile),
      field("author", &self::author), field("made", &self::made));
  }
};

} // namespace vpaas
