#pragma once

#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/vision/truth.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// Who knows what is on a frame of full quality.
struct teacher {
  std::string name;                ///< "truth" or a model's
  std::vector<std::string> labels; ///< of the objects that it names
  std::function<caf::expected<std::vector<truth_object>>(const frame&)> ask;
  /// The same where the frame lies a few pixels further in its input: how far
  /// an answer is luck. None where the truth is known.
  std::function<caf::expected<std::vector<truth_object>>(const frame&)> again;
  /// Whether he has looked at the frame of this number; none: at all.
  std::function<bool(uint64_t)> knows{};
};

/// Whether `x` can be asked about this frame.
bool knows(const teacher& x, const frame& f);

/// From which score on a model's boxes are taken for what is there, by every
/// program that scores against a model: theta_cls, or the 0.5 from which
/// `cloud_only` takes its hints for names.
float truth_threshold(const model_card& card);

/// A model, whose boxes scored `threshold` or more are taken for the truth.
teacher model_teacher(std::shared_ptr<frame_detector> model, float threshold);

/// The truth about a source: a synthetic camera's own, or a side file's.
/// @param file of any format of `truth_formats`; empty for synthetic sources
/// @param labels names of the labels in a file that has numbers, and of others
///        that it does not list
/// @returns ec::bad_config where nobody knows the truth about `url`, ec::io, or
///          ec::bad_input with file and place
caf::expected<teacher> truth_teacher(const std::string& url,
                                     const std::string& file,
                                     const std::vector<std::string>& labels);

} // namespace vpaas
