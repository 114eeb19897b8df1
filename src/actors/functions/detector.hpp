#pragma once

#include "actors/functions/network_function.hpp"

#include <caf/all.hpp>

#include <functional>
#include <vector>

namespace vpaas {

/// The DETECTOR: keyframes to boxes with class and location scores [IV-B]; one
/// a device. As `backup_detector` the fog runs it while the cloud is gone. A
/// batched function: see there for blocking, swaps and failures.
struct detector_world {
  /// Finds what is on the frames of a batch of items: an answer an item.
  using detect_fun = std::function<caf::expected<std::vector<detections>>(
    const std::vector<item>&)>;

  struct loaded {
    std::string version;
    detect_fun detect;
  };

  /// Loads the model that the parameters name.
  std::function<caf::expected<loaded>(const document&)> load;
  /// How many frames an item holds.
  std::function<size_t(const item&)> frames;
  std::string input = "keyframes"; ///< kind of items
};

function_spec detector_spec();

/// Makes the configuration with which `batched_function` is a detector.
/// @param parameters checked against `detector_spec().parameters`
batched_function_config detector(document parameters, detector_world world);

} // namespace vpaas
