#pragma once

#include "runtime/nn/card.hpp"

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// Makes a card from what the files of a model say: darknet `.cfg` and
/// `.weights`, or a state dictionary (`.pth`, `.safetensors`) in torchvision's
/// naming. TorchScript and ONNX files do not say how their pictures are made,
/// so they need a card of the same kind.
/// @param like a card to take everything but the files from, or null
/// @returns ec::bad_input where the files are damaged or of no known network
caf::expected<model_card> describe_files(const std::vector<std::string>& paths,
                                         const std::string& name,
                                         const model_card* like = nullptr);

} // namespace vpaas
