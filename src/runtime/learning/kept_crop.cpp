#include "runtime/learning/kept_crop.hpp"

#include <charconv>
#include <cstring>
#include <utility>

namespace vpaas {

std::string crop_id(const std::string& node, const std::string& stream,
                    uint64_t frame, size_t index) {
  return node + ":" + stream + ":" + std::to_string(frame) + ":"
         + std::to_string(index);
}

std::string stream_of_crop(const std::string& id) {
  auto first = id.find(':');
  auto second = first == std::string::npos ? first : id.find(':', first + 1);
  return second == std::string::npos ? std::string{}
                                     : id.substr(first + 1, second - first - 1);
}

std::string run_of_crop(const std::string& id, uint64_t frames) {
  auto last = id.rfind(':');
  auto before = last == std::string::npos || last == 0
                  ? std::string::npos
                  : id.rfind(':', last - 1);
  if (before == std::string::npos || frames == 0)
    return id;
  uint64_t frame = 0;
  auto end = id.data() + last;
  auto [at, failed] = std::from_chars(id.data() + before + 1, end, frame);
  if (failed != std::errc{} || at != end)
    return id;
  return id.substr(0, before + 1) + std::to_string(frame / frames);
}

blob packed_floats(const float* x, size_t n) {
  blob::buffer bytes(n * sizeof(float));
  if (n > 0)
    std::memcpy(bytes.data(), x, bytes.size());
  return blob{std::move(bytes)};
}

std::vector<float> unpacked_floats(const blob& x) {
  std::vector<float> result(x.size() / sizeof(float));
  if (!result.empty())
    std::memcpy(result.data(), x.data(), result.size() * sizeof(float));
  return result;
}

taught_crop taught(const kept_crop& x, const std::string& label) {
  return {x.id, label, unpacked_floats(x.features), {x.place, x.hint}};
}

std::string backbone_of(const std::string& model) {
  return model.substr(0, model.find('/'));
}

} // namespace vpaas
