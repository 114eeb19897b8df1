#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/source.hpp"

#include <caf/all.hpp>

#include <optional>

namespace vpaas {

/// What one look at a source gave. Stays in its process.
struct reading {
  std::vector<segment> parts; ///< none, where time has passed; or one
  bool live = false;          ///< who does not take them loses them
  bool ended = false;         ///< no more will come
  uint64_t before_intra = 0;  ///< pictures discarded since the start
  uint64_t pictures = 0;      ///< that came since the source was opened
  /// How long the next read may take.
  caf::timespan patience{0};
  /// The source has failed, and will be opened with the next read.
  caf::error failure;
};

/// Reads for one camera.
using reader_actor = caf::typed_actor<
  // Blocks until a part is complete, the source fails, or a second of progress
  // has passed; opens the source first where it is not open. After an error or
  // a failure the next read opens it again.
  caf::replies_to<read_atom>::with<reading>>;

struct source_reader_config {
  std::string stream;
  source_config source;
  segment_limits limits;
  stream_position from; ///< where the reader before it stopped
  /// Parts of a live source: what a keyframe waits before it travels.
  caf::timespan live_part_time = std::chrono::milliseconds{100};
  /// An answer is given at least this often while pictures come.
  caf::timespan report_every = std::chrono::seconds{1};
};

struct source_reader_state {
  static inline const char* name = "source_reader";

  caf::result<reading> read();

  caf::error open();

  /// What is true of the source now.
  reading progress() const;

  /// Drops pictures that a reader before this one has handed on.
  bool seen_before(const segment& x);

  /// Hands out what was cut when the source ends or fails.
  caf::result<reading> close(caf::error reason);

  source_reader_config cfg;
  cancel_flag cancel;
  std::optional<source> in;
  std::optional<segmenter> cutter;
  uint64_t pictures = 0; ///< since the source was opened
  uint64_t seen = 0;     ///< frames of a file that need not come again
  bool ended = false;
};

/// Opens a source, reads and cuts it; blocks: spawn it detached. It keeps
/// nothing that is not in its answers but the segment that it is filling.
/// @param cancel set it to end a blocked read
reader_actor::behavior_type
source_reader(reader_actor::stateful_pointer<source_reader_state> self,
              source_reader_config cfg, cancel_flag cancel);

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::reading)
