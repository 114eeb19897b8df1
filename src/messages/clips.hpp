#pragma once

// What is kept of the video around what happened.

#include "messages/protocol.hpp"
#include "runtime/blob.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// The CLIP STORE of a fog: video around events as MP4 files on disk, bounded
/// by age and by bytes of each stream; the oldest go first.
using clip_actor = observable_actor::extend<
  // Keeps these parts of a stream as one clip.
  caf::reacts_to<keep_atom, std::vector<segment>>,
  // A piece of the clip that shows this frame, from a byte on; empty behind the
  // end, `not_found` where no clip does.
  caf::replies_to<fetch_atom, std::string, uint64_t, uint64_t>::with<blob>,
  // Forgets a stream and all clips of it.
  caf::reacts_to<remove_atom, std::string>>;

/// Its logical name.
constexpr const char* clip_store_name = "clip_store";

} // namespace vpaas
