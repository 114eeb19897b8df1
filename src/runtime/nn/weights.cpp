#include "runtime/nn/weights.hpp"

#include "runtime/error.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

namespace vpaas {

namespace {

/// `name` without these parts of its path.
std::string unwrapped(const std::string& name) {
  std::string result;
  std::istringstream in{name};
  for (std::string part; std::getline(in, part, '.');)
    if (part != "module" && part != "_orig_mod")
      result += (result.empty() ? "" : ".") + part;
  return result;
}

/// A header of safetensors may begin with blanks; nothing else does.
bool is_safetensors(std::string_view bytes) {
  auto header = bytes.substr(std::min<size_t>(bytes.size(), 8));
  auto at = header.find_first_not_of(" \t\r\n");
  auto start = bytes.substr(0, 4);
  return at != std::string_view::npos && header[at] == '{' && start != "PK\3\4"
         && start != "\x80\2\x8a\n";
}

} // namespace

weight_map without_wrappers(weight_map xs) {
  std::set<std::string> names;
  for (auto& [name, x] : xs)
    names.insert(unwrapped(name));
  if (names.size() != xs.size() || names.count("") != 0)
    return xs;
  weight_map result;
  for (auto& [name, x] : xs)
    result.emplace(unwrapped(name), std::move(x));
  return result;
}

uint64_t most_bytes_of(std::string_view bytes) {
  constexpr uint64_t copies = 8, allowance = uint64_t{16} << 20;
  return bytes.size() * copies + allowance;
}

caf::error damaged_file(const std::string& where, const std::string& cause) {
  return caf::make_error(ec::bad_input, "failed to read " + where + ": " + cause
                                          + "; fetch the file again");
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
  result.by_alexeyab = version[2] >= 5;
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
  if (is_safetensors(*bytes))
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
