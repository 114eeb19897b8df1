#pragma once

#include "runtime/fields.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

enum class head_kind : uint8_t {
  logistic, ///< 1 / (1 + exp(-w x)); the default
  relu,     ///< max(0, w x), cut at 1 [Eq. 4]
};

constexpr auto names_of(head_kind) {
  return std::array{"logistic", "relu"};
}

/// What the heads look at.
enum class head_inputs : uint8_t {
  features, ///< of the crop; the default
  clues,    ///< that come with the region: see `head_rows`
  both,
};

constexpr auto names_of(head_inputs) {
  return std::array{"features", "clues", "both"};
}

/// What the heads say of one region.
struct naming {
  int32_t label = -1; ///< index of the class; -1 is background
  float score = 0;    ///< of that class, or the best one below its threshold

  static constexpr auto type_name = "naming";

  static constexpr auto fields() {
    return std::make_tuple(field("label", &naming::label),
                           field("score", &naming::score));
  }
};

/// One-vs-all heads over a backbone's features [IV-B, V]: each class has a head
/// of its own that says yes or no, so that none of them may say yes.
struct one_vs_all {
  head_kind kind = head_kind::logistic;
  uint32_t dimensions = 0;          ///< d, of a feature without the constant
  std::vector<std::string> classes; ///< k names
  std::vector<float> weights;       ///< row major, [k, width], last the bias
  std::vector<float> thresholds;    ///< k scores from which a head says yes
  head_inputs inputs = head_inputs::features;
  /// For each class the detector's labels that hint at it; none: its own name.
  std::vector<std::vector<std::string>> hints{};

  static constexpr auto type_name = "one_vs_all";

  static constexpr auto fields() {
    using self = one_vs_all;
    return std::make_tuple(
      field("kind", &self::kind), field("dimensions", &self::dimensions),
      field("classes", &self::classes), field("weights", &self::weights),
      field("thresholds", &self::thresholds), field("inputs", &self::inputs),
      field("hints", &self::hints));
  }

  /// Length of a row that the heads look at, the constant included.
  size_t width() const;

  /// The class that a label of the detector hints at; -1: none.
  int32_t class_of(const std::string& label) const;

  /// Returns what does not fit together; nothing where all is well. Whoever
  /// reads heads from a file or a message asks before using them.
  std::optional<std::string> validate() const;

  /// Scores in [0, 1] of every class. @param row [width], see `head_rows`
  std::vector<float> scores(const float* row) const;

  /// The best class at or above its threshold.
  naming name(const float* row) const;
};

/// How many clues stand in a row for `k` classes.
constexpr size_t clues_of(size_t k) {
  return 2 * k + 4;
}

} // namespace vpaas
