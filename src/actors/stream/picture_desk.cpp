#include "actors/stream/picture_desk.hpp"

#include "actors/stream/coordinator.hpp"
#include "runtime/media/keyframes.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

void picture_desk::with(uint64_t number, std::function<void(const frame&)> then,
                        std::function<void()> without) {
  auto here = shelf_.get(number);
  auto decoder = all_.others->get<decoder_actor>(all_.cfg.decoder);
  if (here || !decoder)
    return here ? then(here) : without();
  all_.asking.send(all_.self, decoder, all_.patience, fetch_atom_v, number)
    .then(
      [then, without](const item& x) {
        auto in = x.value.get<keyframes>();
        in && in->frames.size() == 1 ? then(in->frames.front()) : without();
      },
      [this, without](const caf::error& cause) {
        all_.counts.last_error = describe(cause);
        without();
      });
}

void picture_desk::release() {
  auto decoder = all_.others->get<decoder_actor>(all_.cfg.decoder);
  auto below = all_.book.lane().settled_below();
  if (decoder && below > std::exchange(released_, std::max(released_, below)))
    caf::anon_send(decoder, release_atom_v, below - 1);
}

} // namespace vpaas
