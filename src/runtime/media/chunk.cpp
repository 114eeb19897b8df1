#include "runtime/media/chunk.hpp"

namespace vpaas {

chunk join(const std::vector<chunk>& parts) {
  auto result = parts.front();
  result.frames.clear();
  blob::buffer bytes;
  for (auto& x : parts) {
    result.frames.insert(result.frames.end(), x.frames.begin(), x.frames.end());
    bytes.insert(bytes.end(), x.bytes.data(), x.bytes.data() + x.bytes.size());
  }
  result.last = parts.back().last;
  result.bytes = blob{std::move(bytes)};
  return result;
}

} // namespace vpaas
