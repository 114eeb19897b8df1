#pragma once

#include "actors/client/source_reader.hpp"
#include "runtime/media/segment_queue.hpp"
#include "runtime/parameter_table.hpp"

#include <caf/all.hpp>

#include <functional>
#include <optional>
#include <random>
#include <set>

namespace vpaas {

/// Forwards the compressed segments of one source to whoever asks for them, as
/// they are [IV-B: clients cannot encode in real time]. A live source that
/// outruns its receiver loses whole segments, oldest first, counted; a file
/// waits. A source that fails or stalls is opened again, with back-off; a
/// reader that dies or hangs is replaced, and the next one waits until no more
/// than one hangs. Its state says what is; each change is one line in the log.
/// Never blocks, never decodes.
struct camera_config {
  std::string stream;
  bool with_stream = false; ///< added with a fog's stream, removed with it
  queue_limits limits;
  caf::timespan first_delay = std::chrono::milliseconds{200}; ///< before retry
  caf::timespan max_delay = std::chrono::seconds{10};
  /// A reader that answers nothing for so long is abandoned: more than the
  /// source's own times for opening and for a stall together. A source of a
  /// slower pace has more.
  caf::timespan reader_timeout = std::chrono::seconds{30};
  uint64_t seed = std::random_device{}(); ///< of the jitter

  /// Returns ec::bad_config where a value cannot be.
  caf::error validate() const;
};

/// All that a user may say of a camera.
struct camera_setup {
  source_reader_config reader;
  camera_config forwarding;
};

const parameter_table<camera_setup>& camera_parameters();

/// Spawns a reader that numbers from the given position on; the flag ends its
/// blocked calls.
using reader_factory
  = std::function<reader_actor(cancel_flag, stream_position)>;

/// What a camera answers to `status`. At every moment `received = forwarded +
/// overflowed + incomplete + before_intra + waiting`, in frames.
struct camera_status {
  std::string stream;
  bool with_stream = false; ///< added with a fog's stream, removed with it
  uint64_t received = 0;
  uint64_t forwarded = 0;    ///< acknowledged by the receiver
  uint64_t overflowed = 0;   ///< dropped: the receiver was too slow
  uint64_t incomplete = 0;   ///< dropped: an earlier part was dropped
  uint64_t before_intra = 0; ///< dropped: nothing could have decoded them
  uint64_t waiting = 0;
  uint64_t waiting_bytes = 0;
  uint64_t bytes = 0;    ///< of segments that were received
  uint64_t segments = 0; ///< number of the newest one
  uint64_t opened = 0;   ///< times that the source was opened
  uint64_t failures = 0; ///< errors of the source, stalls included
  uint64_t replaced = 0; ///< readers that died or hung
  std::string last_error;

  static constexpr auto type_name = "camera_status";

  static constexpr auto fields() {
    using self = camera_status;
    return std::make_tuple(
      field("stream", &self::stream), field("with_stream", &self::with_stream),
      field("received", &self::received), field("forwarded", &self::forwarded),
      field("overflowed", &self::overflowed),
      field("incomplete", &self::incomplete),
      field("before_intra", &self::before_intra),
      field("waiting", &self::waiting),
      field("waiting_bytes", &self::waiting_bytes),
      field("bytes", &self::bytes), field("segments", &self::segments),
      field("opened", &self::opened), field("failures", &self::failures),
      field("replaced", &self::replaced),
      field("last_error", &self::last_error));
  }
};

/// The camera with the message that it sends to itself.
using camera_self = camera_actor::extend<
  // The back-off of this reader is over.
  caf::reacts_to<due_atom, uint64_t>>;

struct camera_state {
  static inline const char* name = "camera";

  explicit camera_state(camera_self::stateful_pointer<camera_state> self);

  /// Ends a blocked reader with the camera, and answers who waits.
  ~camera_state();

  caf::result<segment> next(segment_key after);

  status_report status() const;

  // -- one function a transition, see the diagram in camera.cpp ---------------

  /// Makes a reader and begins to read.
  void open();

  void read();

  void take(uint64_t reader, reading& x);

  void fail(uint64_t reader, const caf::error& reason);

  void retry(uint64_t reader);

  /// A reader died.
  void forget(const caf::down_msg& x);

  // -- verbs of the above -----------------------------------------------------

  /// Takes leave of the reader, whatever it is doing.
  void abandon();

  /// Answers the waiting request if there is something for it.
  void serve();

  void wait(const caf::error& reason);

  /// Says in state and log what is.
  void enter(const std::string& next, const std::string& why);

  /// What is true while the source sends.
  void look_at(const reading& x);

  camera_self::stateful_pointer<camera_state> self;
  camera_config cfg;
  reader_factory make_reader;
  std::string phase = "opening";
  std::string told; ///< the last phase that the log knows
  bool opening = true;
  bool backing_off = false;
  bool ended = false;
  std::optional<segment_queue> queue;
  reader_actor reader;
  uint64_t reader_id = 0;            ///< answers of older ones are ignored
  std::set<caf::actor_addr> hanging; ///< readers that were abandoned
  caf::timespan patience{0};         ///< of the source
  bool any_part = false;             ///< since the source was opened
  cancel_flag cancel;
  stream_position position; ///< after what was received
  bool reading_now = false;
  bool live = false;
  size_t failures = 0; ///< in a row
  caf::typed_response_promise<segment> waiting;
  std::minstd_rand random;
  uint64_t before_intra_earlier = 0; ///< of readers that are gone
  uint64_t before_intra_now = 0;
  camera_status counters;
};

/// @pre `!cfg.validate()`
camera_self::behavior_type
camera(camera_self::stateful_pointer<camera_state> self, camera_config cfg,
       reader_factory make_reader);

} // namespace vpaas
