#include "runtime/evaluation/poor_copy.hpp"

namespace vpaas {

poor_copy::poor_copy(const encoder_config& quality, uint64_t chunk_frames)
  : encoder_(quality), chunk_frames_(chunk_frames) {
  // nop
}

caf::expected<frame> poor_copy::pass(const frame& x) {
  if (in_chunk_ == 0 || in_chunk_ == chunk_frames_ || !encoder_.fits(x)) {
    encoder_.begin("copy", seq_++);
    in_chunk_ = 0;
  }
  auto part = encoder_.add(x);
  if (!part)
    return part.error();
  ++in_chunk_;
  part->last = in_chunk_ == chunk_frames_;
  bytes_ += part->bytes.size();
  auto out = decoder_.decode(*part);
  if (!out)
    return out.error();
  return std::move(out->front());
}

} // namespace vpaas
