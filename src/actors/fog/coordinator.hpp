#pragma once

#include "actors/alarm.hpp"
#include "actors/neighbours.hpp"
#include "actors/requests.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/in_order.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// The COORDINATOR of one stream [IV-B]: takes segments from the camera as fast
/// as they are answered, through decoder, encoder and cloud, lets the
/// classifier name what the cloud could only locate, and publishes one result
/// for each keyframe, in order. Chunks are pipelined up to a bound of keyframes
/// in flight. What the cloud does not answer goes to the backup detector, where
/// there is one; what nobody answers is counted by reason. Neighbours are found
/// by name, again after each loss. Never blocks.
struct coordinator_config {
  std::string stream;
  caf::actor node; ///< the directory of logical names
  // Logical names; an empty one is done without.
  std::string camera, decoder, encoder, results;
  std::string cloud = "cloud_link";
  std::string classifier = "classifier";
  std::string backup = "backup_detector";
  std::string function = "load_balancer"; ///< on the cloud node
  uint64_t every = 15;         ///< a keyframe is one of so many frames (VI-B)
  uint64_t in_flight = 48;     ///< keyframes without an answer
  size_t inline_bytes = 32768; ///< larger parts go in slices
  caf::timespan deadline = std::chrono::seconds{10}; ///< of the cloud's answer
  /// Without the fog, a region's hint of this score counts as its name.
  float hint_score = 0.5f;
  /// What is done without a policy, and where it fails.
  decision usual;
  /// The stream's policy; may be empty. Pure and quick.
  std::function<caf::expected<decision>(const stream_state&)> policy;

  /// Returns ec::bad_config where a value cannot be.
  caf::error validate() const;
};

/// What a coordinator answers to `status`. At every moment, in keyframes,
/// `received = answered + in_flight + the sum of dropped`.
struct coordinator_status {
  std::string stream;
  std::string pipeline; ///< what was decided last
  uint64_t received = 0;
  uint64_t answered = 0; ///< published
  uint64_t in_flight = 0;
  std::map<std::string, uint64_t> dropped; ///< by reason
  uint64_t segments = 0;
  uint64_t repeated = 0; ///< keyframes that came twice; not counted above
  uint64_t bytes_original = 0;
  uint64_t chunks = 0;
  uint64_t parts = 0;            ///< of chunks, sent to the cloud
  uint64_t bytes_to_cloud = 0;   ///< with envelopes
  uint64_t bytes_from_cloud = 0; ///< the same
  uint64_t cloud_frames = 0;     ///< that the cloud's detector looked at
  uint64_t labels_cloud = 0;     ///< objects that it named
  uint64_t regions = 0;          ///< that it could only locate
  uint64_t labels_fog = 0;       ///< of them named by the classifier
  uint64_t unnamed = 0;          ///< regions that the classifier did not answer
  uint64_t backup_frames = 0;    ///< answered by the backup detector
  uint64_t failures = 0;         ///< parts that the cloud did not answer
  uint64_t late = 0;             ///< answers for what was settled before
  uint64_t policy_errors = 0;
  latency freshness;  ///< capture to result
  latency processing; ///< part complete to result
  latency decode;     ///< by the decoder, a segment, waiting included
  latency encode;     ///< by the encoder, the same
  latency cloud;      ///< from sending a part to its answer
  latency detect;     ///< of it by the cloud's own clock, decoding included
  latency name;       ///< by the classifier, waiting included
  latency publish;
  std::string last_error;

  static constexpr auto type_name = "coordinator_status";

  static constexpr auto fields() {
    using self = coordinator_status;
    return std::make_tuple(
      field("stream", &self::stream), field("pipeline", &self::pipeline),
      field("received", &self::received), field("answered", &self::answered),
      field("in_flight", &self::in_flight), field("dropped", &self::dropped),
      field("segments", &self::segments), field("repeated", &self::repeated),
      field("bytes_original", &self::bytes_original),
      field("chunks", &self::chunks), field("parts", &self::parts),
      field("bytes_to_cloud", &self::bytes_to_cloud),
      field("bytes_from_cloud", &self::bytes_from_cloud),
      field("cloud_frames", &self::cloud_frames),
      field("labels_cloud", &self::labels_cloud),
      field("regions", &self::regions), field("labels_fog", &self::labels_fog),
      field("unnamed", &self::unnamed),
      field("backup_frames", &self::backup_frames),
      field("failures", &self::failures), field("late", &self::late),
      field("policy_errors", &self::policy_errors),
      field("freshness", &self::freshness),
      field("processing", &self::processing), field("decode", &self::decode),
      field("encode", &self::encode), field("cloud", &self::cloud),
      field("detect", &self::detect), field("name", &self::name),
      field("publish", &self::publish), field("last_error", &self::last_error));
  }
};

/// The coordinator with what a link tells who watches it.
using coordinator_self
  = coordinator_actor::extend<caf::reacts_to<up_atom, node_info, uint64_t>,
                              caf::reacts_to<down_atom, uint64_t>>;

struct coordinator_state {
  using time_point = caf::actor_clock::time_point;
  using numbers = std::vector<uint64_t>; ///< of keyframes

  /// A keyframe between its arrival and its result.
  struct keyframe {
    frame picture;       ///< in full quality, once it is decoded
    time_point complete; ///< when its part left the encoder
    frame_result result; ///< as far as it is known
  };

  static inline const char* name = "coordinator";

  /// Between two looks for neighbours that are missing.
  static constexpr auto look_again = std::chrono::milliseconds{100};

  /// Local functions answer in much less; who hangs for so long is given up.
  static constexpr auto patience = std::chrono::seconds{30};

  explicit coordinator_state(
    coordinator_self::stateful_pointer<coordinator_state> self);

  ~coordinator_state();

  caf::result<document> configure(const document& x);

  status_report status() const;

  void link_up();

  void link_down();

  /// A neighbour died.
  void forget(const caf::down_msg& x);

  // -- the graph, in the order of the path ------------------------------------

  /// Looks for neighbours and asks the camera for more, if there is room.
  void proceed();

  void take_segment(segment& x);

  void camera_failed(const caf::error& cause);

  void decoded(time_point asked, const numbers& expected, const item& x);

  void encode(std::vector<frame> frames);

  void encoded(time_point asked, const item& x);

  void ask_cloud(chunk part);

  void cloud_answered(time_point asked, const numbers& expected, const item& x);

  /// The cloud's guesses are names where nobody else gives one.
  void take_hints(const std::vector<region>& places,
                  const std::vector<std::string>& names, frame_result& out);

  void cloud_failed(const numbers& xs, const caf::error& cause);

  void name_regions(uint64_t number, std::vector<region> places,
                    const std::vector<std::string>& names);

  void named(time_point asked, uint64_t number,
             const std::vector<region>& places, const item& x);

  void ask_backup(uint64_t number, const std::string& reason);

  void backup_answered(uint64_t number, const item& x);

  void finish(uint64_t number, named_by located);

  void drop(const numbers& xs, const std::string& reason);

  /// Publishes what is next in order, one batch at a time.
  void publish();

  void published(size_t n, const caf::error& problem);

  // -- verbs of the above -----------------------------------------------------

  decision decide();

  void change(const decision& x);

  void found(const std::string& name, const caf::actor& x);

  /// Ends the stream once its last segment is through.
  void wind_up();

  time_point now() const;

  uint64_t unanswered() const;

  coordinator_self::stateful_pointer<coordinator_state> self;
  coordinator_config cfg;
  neighbours others;
  alarm clock;
  requests asking;
  in_order<frame_result> order;
  std::map<uint64_t, keyframe> held;
  segment_key last;         ///< in the camera's own counting
  uint64_t first_frame = 0; ///< added to the camera's, after it was lost
  uint64_t first_segment = 0;
  uint64_t next_frame = 0; ///< that no segment held yet
  uint64_t next_segment = 0;
  bool pulling = false;
  bool source_ended = false;
  bool closed = false; ///< the encoder was told the end
  bool cloud_up = false;
  uint64_t failed_in_a_row = 0;
  uint64_t decoding = 0;             ///< segments
  uint64_t encoding = 0;             ///< items
  std::deque<frame_result> outgoing; ///< in order
  bool publishing = false;
  decision current;
  caf::timespan last_freshness{0}, last_processing{0};
  histogram freshness, processing, decode_time, encode_time, cloud_time,
    detect_time, name_time, publish_time;
  coordinator_status counts;
};

/// @pre `!cfg.validate()`
coordinator_self::behavior_type
coordinator(coordinator_self::stateful_pointer<coordinator_state> self,
            coordinator_config cfg);

} // namespace vpaas
