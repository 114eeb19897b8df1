#pragma once

#include "runtime/blob.hpp"
#include "runtime/fields.hpp"
#include "runtime/learning/taught_crop.hpp"
#include "runtime/vision/detection.hpp"

#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// A crop that the fog was not sure of, with all that can be learnt from it. A
/// member that is added is a new column, see runtime/store/data_records.hpp.
struct kept_crop {
  std::string id;   ///< "fog-1:door:450:2"
  std::string node; ///< whose fog has it
  std::string stream;
  uint64_t frame = 0;
  caf::timestamp captured;
  region place;
  std::string hint;  ///< what the detector would have called it
  std::string said;  ///< by the fog; empty: background
  float score = 0;   ///< of that name, or of the best one
  std::string model; ///< backbone and heads that said it
  blob features;     ///< floats [d], as they leave the backbone
  blob jpeg;         ///< empty: it is with the fog

  static constexpr auto type_name = "kept_crop";

  static constexpr auto fields() {
    using self = kept_crop;
    return std::make_tuple(
      field("id", &self::id), field("node", &self::node),
      field("stream", &self::stream), field("frame", &self::frame),
      field("captured", &self::captured), field("place", &self::place),
      field("hint", &self::hint), field("said", &self::said),
      field("score", &self::score), field("model", &self::model),
      field("features", &self::features), field("jpeg", &self::jpeg));
  }
};

std::string crop_id(const std::string& node, const std::string& stream,
                    uint64_t frame, size_t index);

/// The camera in the id of a crop; empty where it is none.
std::string stream_of_crop(const std::string& id);

/// Names the run of so many frames of a camera that the crop is of: what is
/// seen close after each other is alike. The id itself where it is none of a
/// crop.
std::string run_of_crop(const std::string& id, uint64_t frames);

blob packed_floats(const float* x, size_t n);

std::vector<float> unpacked_floats(const blob& x);

taught_crop taught(const kept_crop& x, const std::string& label);

/// The backbone in the name of a model: "street-backbone@1 fp32" of
/// "street-backbone@1 fp32/street-heads".
std::string backbone_of(const std::string& model);

} // namespace vpaas
