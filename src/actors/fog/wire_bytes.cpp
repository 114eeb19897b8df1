#include "actors/fog/wire_bytes.hpp"

#include <caf/detail/serialized_size.hpp>

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

uint64_t transfer_bytes(caf::actor_system& sys, const transfer_offer& offer,
                        uint64_t bytes) {
  auto slices = (bytes + max_slice_bytes - 1) / max_slice_bytes;
  auto slice = message_bytes(sys, slice_atom_v,
                             transfer_slice{offer.key, 0, {}});
  return 2 * message_bytes(sys, offer_atom_v, offer) + slices * slice + bytes;
}

} // namespace vpaas
