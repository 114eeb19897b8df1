#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vpaas {

/// One tensor of a weight file: always float, row major, without gaps.
struct weight {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

using weight_map = std::map<std::string, weight>;

/// Reads a state dictionary that PyTorch saved (zip since 1.6, or the older
/// form), at any depth of dictionaries such as {"model": {"state_dict": ...}}.
/// Interprets the pickle itself: executes nothing, checks every range, makes no
/// more than the file's size warrants, needs no LibTorch.
/// @param where what is read, for the error
/// @returns ec::bad_input where the bytes are damaged, hold no tensors, or hold
///          one that is quantised, sparse, complex or big-endian.
caf::expected<weight_map> read_pth(std::string_view bytes,
                                   const std::string& where);

/// Reads the safetensors format (u64 length, JSON, raw values) by its own
/// rules: the values fill the file without holes, overlaps or a rest.
caf::expected<weight_map> read_safetensors(std::string_view bytes,
                                           const std::string& where);

/// The floats of a darknet file in the order of its network's layers.
struct darknet_weights {
  uint64_t images_seen = 0; ///< while training
  bool by_alexeyab = false; ///< revision 5 and more; pjreddie's stayed 0
  std::vector<float> values;
};

caf::expected<darknet_weights> read_darknet(std::string_view bytes,
                                            const std::string& where);

/// Reads a whole file, at most 4 GiB. @returns ec::io where it cannot.
caf::expected<std::string> read_file(const std::string& path);

/// Reads a `.pth` or `.safetensors` file, told apart by its first bytes.
caf::expected<weight_map> read_weights(const std::string& path);

/// Drops what training wraps around a network from its names: "module." of data
/// parallelism and "_orig_mod." of torch.compile, wherever they stand. Names
/// that would become equal stay as they are.
weight_map without_wrappers(weight_map xs);

/// Memory that the tensors of a file may take. Some share an array, some are
/// expanded from one value; what asks for far more than the file's own size is
/// no weight file.
uint64_t most_bytes_of(std::string_view bytes);

/// What readers answer where the bytes are not what they should be.
caf::error damaged_file(const std::string& where, const std::string& cause);

/// Renders a shape for people: "[64, 3, 7, 7]".
std::string to_text(const std::vector<int64_t>& shape);

} // namespace vpaas
