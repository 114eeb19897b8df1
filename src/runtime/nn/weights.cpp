#include "runtime/nn/weights.hpp"

#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/nn/element.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace vpaas {

namespace {

/// Tensors that share an array may be copied out several times; a file that
/// asks for more than this many times its size is not a weight file.
constexpr uint64_t most_copies = 8;

} // namespace

caf::error damaged_file(const std::string& where, const std::string& cause) {
  return caf::make_error(ec::bad_input, "failed to read " + where + ": " + cause
                                          + "; fetch the file again");
}

caf::expected<weight_map> read_safetensors(std::string_view bytes,
                                           const std::string& where) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length)
    return damaged_file(where, "truncated");
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > bytes.size() - sizeof length)
    return damaged_file(where, "its header leaves the file");
  auto text = bytes.substr(sizeof length, length);
  auto data = bytes.substr(sizeof length + length);
  auto header = json::parse(text, nullptr, false);
  if (!header.is_object())
    return damaged_file(where, "its header is not a JSON object");
  weight_map result;
  auto budget = data.size() * most_copies;
  for (auto& [name, x] : header.items()) {
    if (name == "__metadata__")
      continue;
    auto wrong = damaged_file(where, "bad entry of tensor " + name);
    if (!x.is_object() || !x.contains("dtype") || !x["dtype"].is_string()
        || !x.contains("shape") || !x["shape"].is_array()
        || !x.contains("data_offsets") || x["data_offsets"].size() != 2)
      return wrong;
    auto type = element_of_safetensors(x["dtype"].get<std::string>());
    strided layout;
    for (auto& n : x["shape"])
      layout.shape.push_back(n.is_number_unsigned() ? n.get<int64_t>() : -1);
    layout.strides.assign(layout.shape.size(), 1);
    for (size_t i = layout.shape.size(); i-- > 1;)
      if (__builtin_mul_overflow(layout.strides[i], layout.shape[i],
                                 &layout.strides[i - 1]))
        return wrong;
    auto &first = x["data_offsets"][0], &last = x["data_offsets"][1];
    if (!type || !first.is_number_unsigned() || !last.is_number_unsigned()
        || last > data.size() || first > last)
      return wrong;
    auto content = data.substr(first, last.get<size_t>() - first.get<size_t>());
    auto n = count(layout, content.size() / size_of(*type));
    if (!n || *n * size_of(*type) != content.size()
        || *n * sizeof(float) > budget)
      return wrong;
    budget -= *n * sizeof(float);
    result[name] = {layout.shape, gather(content.data(), *type, layout)};
  }
  if (result.empty())
    return damaged_file(where, "no tensors in it");
  return result;
}

caf::expected<darknet_weights> read_darknet(std::string_view bytes,
                                            const std::string& where) {
  int32_t version[3] = {0, 0, 0};
  if (bytes.size() < sizeof version)
    return damaged_file(where, "truncated header");
  std::memcpy(version, bytes.data(), sizeof version);
  if (version[0] < 0 || version[0] > 100 || version[1] < 0 || version[1] > 100)
    return damaged_file(where, "no darknet version in its header");
  // Darknet made the counter of images wider with version 0.2.
  size_t width = version[0] * 10 + version[1] >= 2 ? 8 : 4;
  darknet_weights result;
  bytes.remove_prefix(sizeof version);
  if (bytes.size() < width)
    return damaged_file(where, "truncated header");
  std::memcpy(&result.images_seen, bytes.data(), width);
  bytes.remove_prefix(width);
  if (bytes.size() % sizeof(float) != 0)
    return damaged_file(where, "its length is no whole number of values");
  result.values.resize(bytes.size() / sizeof(float));
  if (!bytes.empty())
    std::memcpy(result.values.data(), bytes.data(), bytes.size());
  return result;
}

caf::expected<std::string> read_file(const std::string& path) {
  constexpr std::streamoff most = std::streamoff{4} << 30;
  auto failed = [&](const std::string& cause) {
    return caf::make_error(ec::io, "failed to read " + path + ": " + cause
                                     + "; check the path");
  };
  std::ifstream in{path, std::ios::binary | std::ios::ate};
  if (!in)
    return failed(std::strerror(errno));
  std::streamoff size = in.tellg();
  if (size < 0 || size > most)
    return failed("not a regular file of at most 4 GiB");
  std::string result(size_t(size), '\0');
  in.seekg(0);
  in.read(result.data(), size);
  if (in.gcount() != size)
    return failed("it ended early");
  return result;
}

caf::expected<weight_map> read_weights(const std::string& path) {
  auto bytes = read_file(path);
  if (!bytes)
    return bytes.error();
  if (bytes->size() > 9 && (*bytes)[8] == '{')
    return read_safetensors(*bytes, path);
  return read_pth(*bytes, path);
}

std::string to_text(const std::vector<int64_t>& shape) {
  std::string result = "[";
  for (auto n : shape) {
    if (result.size() > 1)
      result += ", ";
    result += std::to_string(n);
  }
  return result + "]";
}

} // namespace vpaas
