#include "actors/fog/wire_bytes.hpp"

#include <caf/detail/serialized_size.hpp>

#include <algorithm>

namespace vpaas {

namespace {

/// BASP's header (CAF manual, "Network I/O"), and an empty list of stages.
constexpr uint64_t header_bytes = 32 + 1;

template <class... Ts>
uint64_t message_bytes(caf::actor_system& sys, const Ts&... xs) {
  return header_bytes
         + caf::detail::serialized_size(sys, caf::make_message(xs...));
}

} // namespace

uint64_t call_bytes(caf::actor_system& sys, const std::string& path,
                    const item& x) {
  return message_bytes(sys, call_atom_v, path, x);
}

uint64_t answer_bytes(caf::actor_system& sys, const item& x) {
  return message_bytes(sys, x);
}

uint64_t transfer_bytes(caf::actor_system& sys, transfer_offer offer,
                        uint64_t bytes) {
  offer.bytes = bytes;
  offer.checksum = ~uint64_t{0}; // any: nearly all take as many bytes
  auto result = bytes + 2 * message_bytes(sys, offer_atom_v, offer);
  for (uint64_t from = 0; from < bytes; from += max_slice_bytes) {
    auto n = std::min<uint64_t>(bytes - from, max_slice_bytes);
    result += message_bytes(sys, slice_atom_v,
                            transfer_slice{offer.key, from, {}})
              + (n >= 1 << 7) + (n >= 1 << 14); // of the blob's length
  }
  return result;
}

} // namespace vpaas
