#pragma once

#include "runtime/fields.hpp"
#include "runtime/json.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// A source that systems are compared on.
struct clip {
  std::string name;   ///< letters, digits, -, _ and .
  std::string source; ///< a file (from the set's folder on), or an address
  std::string kind;   ///< of scene, in words
  std::string against = "truth"; ///< or a model on the original frames
  std::string truth;             ///< file with what people marked; empty: none
  std::string groups = "labels"; ///< as vpaas run
  std::string models = "street"; ///< the same
  std::string detector;          ///< in place of the set's; empty: that
  uint64_t every = 15;           ///< a keyframe is one of so many frames
  int64_t seed = -1;             ///< of a synthetic source
  bool quick = false;            ///< belongs to the short run as well
  bool timed = true;             ///< is played in real time over links too

  static constexpr auto type_name = "clip";

  static constexpr auto fields() {
    using self = clip;
    return std::make_tuple(
      field("name", &self::name), field("source", &self::source),
      field("kind", &self::kind), field("against", &self::against),
      field("truth", &self::truth), field("groups", &self::groups),
      field("models", &self::models), field("detector", &self::detector),
      field("every", &self::every), field("seed", &self::seed),
      field("quick", &self::quick), field("timed", &self::timed));
  }
};

/// Reads `{"clips": [{"name": ..., "source": ...}, ...]}`; what a clip leaves
/// out has the default above.
/// @returns ec::io, or ec::bad_config with the clip and what is wrong
caf::expected<std::vector<clip>> read_clip_set(const std::string& path);

} // namespace vpaas
