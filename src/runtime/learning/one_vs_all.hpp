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
  std::vector<float> weights;       ///< row major, [k, d + 1], last the bias
  std::vector<float> thresholds;    ///< k scores from which a head says yes

  static constexpr auto type_name = "one_vs_all";

  static constexpr auto fields() {
    using self = one_vs_all;
    return std::make_tuple(
      field("kind", &self::kind), field("dimensions", &self::dimensions),
      field("classes", &self::classes), field("weights", &self::weights),
      field("thresholds", &self::thresholds));
  }

  /// Returns what does not fit together; nothing where all is well. Whoever
  /// reads heads from a file or a message asks before using them.
  std::optional<std::string> validate() const;

  /// Scores in [0, 1] of every class. @param feature [d + 1], see
  /// `normalised`
  std::vector<float> scores(const float* feature) const;

  /// The best class at or above its threshold.
  naming name(const float* feature) const;
};

/// Makes backbone features ready for heads: each row divided by its length,
/// then a 1. @param features [n, d] @returns [n, d + 1], last column 1
std::vector<float> normalised(const std::vector<float>& features, size_t d);

} // namespace vpaas
