#pragma once

// A pipeline is data: stages, each a function on a tier, with what they take
// and what comes out at the end. Pure values; `check` makes a plan of them.

#include "runtime/document.hpp"
#include "runtime/fields.hpp"
#include "runtime/parameter.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// What every pipeline begins with: the keyframes of a stream, on the fog.
constexpr const char* keyframes_source = "keyframes";

/// The tier of the stream, where keyframes and results are.
constexpr const char* home_tier = "fog";

/// An option of a stage that is `{"$param": NAME}` is the parameter's value.
constexpr const char* parameter_reference = "$param";

/// Among the values of parameters: the name of a preset.
constexpr const char* preset_key = "preset";

/// A function on a tier.
struct pipeline_stage {
  std::string id;                  ///< unique; what others call its output
  std::string function;            ///< "detector"
  uint32_t version = 0;            ///< of the function; 0: any
  std::string tier;                ///< "fog" or "cloud"
  std::vector<std::string> inputs; ///< ids of stages, or `keyframes_source`
  document options;                ///< that differ from the function's defaults
  bool optional = false;   ///< where it fails, its output is empty, counted
  bool per_stream = false; ///< keeps state of a stream: one actor a stream

  static constexpr auto type_name = "pipeline_stage";

  static constexpr auto fields() {
    using self = pipeline_stage;
    return std::make_tuple(
      field("id", &self::id), field("function", &self::function),
      field("version", &self::version), field("tier", &self::tier),
      field("inputs", &self::inputs), field("options", &self::options),
      field("optional", &self::optional),
      field("per_stream", &self::per_stream));
  }
};

/// How the answers about a keyframe become its one result.
struct merge_spec {
  std::vector<std::string> inputs; ///< stages; the first wins
  /// Regions that nobody named take the hint's name from this score on; off
  /// below 0.
  float hints = -1;
  /// Of two objects that overlap more, the one of the earlier stage stays; 1:
  /// both.
  float iou = 1;

  static constexpr auto type_name = "merge_spec";

  static constexpr auto fields() {
    using self = merge_spec;
    return std::make_tuple(field("inputs", &self::inputs),
                           field("hints", &self::hints),
                           field("iou", &self::iou));
  }
};

/// What a user writes in `config/pipelines/NAME.lua`.
struct pipeline {
  std::string name;
  std::string help;
  /// Those that leave their type, bounds or help open take them from the option
  /// of the function that they set.
  parameter_specs parameters;
  /// Values of parameters that go together: `preset = NAME` sets them.
  std::map<std::string, document> presets;
  std::vector<pipeline_stage> stages;
  std::vector<std::string> result; ///< see `merge_spec::inputs`
  document merge;                  ///< its other members, or parameters
  /// Who answers, from keyframes, where this tier is gone.
  std::map<std::string, pipeline_stage> without;

  static constexpr auto type_name = "pipeline";

  static constexpr auto fields() {
    using self = pipeline;
    return std::make_tuple(
      field("name", &self::name), field("help", &self::help),
      field("parameters", &self::parameters), field("presets", &self::presets),
      field("stages", &self::stages), field("result", &self::result),
      field("merge", &self::merge), field("without", &self::without));
  }
};

} // namespace vpaas
