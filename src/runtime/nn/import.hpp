#pragma once

#include "runtime/nn/card.hpp"
#include "runtime/nn/network.hpp"

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// Whether a model may be called so: letters, digits, `.`, `_` and `-`, not
/// starting with one of the last three.
bool is_model_name(const std::string& name);

/// Makes a card from what the files of a model say: darknet `.cfg` and
/// `.weights`, or a state dictionary (`.pth`, `.safetensors`) in torchvision's
/// naming. TorchScript and ONNX files do not say how their pictures are made,
/// so they need a card of the same kind.
/// @param like a card to take everything but the files from, or null
/// @returns ec::bad_input where the files are damaged or of no known network,
///          ec::bad_config where the name is none, or files are too many or few
caf::expected<model_card> describe_files(const std::vector<std::string>& paths,
                                         const std::string& name,
                                         const model_card* like = nullptr);

/// Loads a model once and lets it look at a grey picture: what its card says of
/// its outputs is true, or the error says what is not.
caf::error try_model(const located_model& model);

/// Keeps the files of a model in `folder` under their hashes and writes its
/// card beside them. The card is read back and the network tried before it gets
/// its name; where that fails nothing is left behind. Blocks.
/// @param paths the files, in the order of the card's
/// @returns the path of the card, or the error of what failed
caf::expected<std::string> install_model(const model_card& card,
                                         const std::vector<std::string>& paths,
                                         const std::string& folder);

} // namespace vpaas
