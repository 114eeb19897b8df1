#pragma once

#include "actors/alarm.hpp"
#include "actors/directory.hpp"
#include "actors/requests.hpp"
#include "actors/stream/analysis.hpp"
#include "actors/stream/coordinator_config.hpp"
#include "actors/stream/coordinator_status.hpp"
#include "actors/stream/courier.hpp"
#include "actors/stream/intake.hpp"
#include "actors/stream/outbox.hpp"
#include "actors/stream/picture_desk.hpp"
#include "actors/stream/pipeline_choice.hpp"
#include "actors/stream/result_desk.hpp"
#include "actors/stream/revisit.hpp"
#include "actors/stream/stream_stores.hpp"
#include "actors/stream/trace_desk.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/cloud_book.hpp"
#include "runtime/policy/even_sampler.hpp"
#include "runtime/policy/keyframe_book.hpp"
#include "runtime/policy/link_meter.hpp"

#include <caf/all.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The COORDINATOR of one stream [IV-B]: takes segments from the camera as fast
/// as they are answered, through the pipeline that the stream's policy chooses,
/// and publishes one result for each keyframe, in order. Chunks are pipelined
/// up to a bound of keyframes in flight; a source that can wait has no more of
/// them at the cloud than it answers in a quarter of the deadline.
///
/// What the cloud does not answer in time goes to whom the pipeline names for
/// that, and so does all that follows until the cloud is trusted again [VI-D];
/// a source that can wait asks again while the cloud answers at all. With a
/// spool a segment is on disk before the next is asked for, unless the disk
/// takes longer than a second or is away: after a restart, and where nobody
/// could answer, its keyframes are taken up again, live ones first; such
/// results are out of order. What nobody answers is counted by reason. Where
/// spool or ledger are away at the start the stream begins without, under
/// numbers that were never used, and takes up what they hold when they are
/// there. Neighbours are found by name, again after each loss; what is asked of
/// one ends with it. Never blocks.
///
///     camera -> intake -> analysis -> (merge) -> book -> outbox -> results
///                 |  \       ^   \-> courier: functions, here      ^
///               stores \-> revisit      or in the cloud   result_desk
///
/// Beside its interface it hears what a link and a spool tell.
using coordinator_self
  = coordinator_actor::extend<caf::reacts_to<up_atom, node_info, uint64_t>,
                              caf::reacts_to<down_atom, uint64_t>,
                              caf::reacts_to<lost_atom, uint64_t, std::string>>;

/// What its parts share, and what happens between them.
struct coordinator_state {
  using time_point = caf::actor_clock::time_point;
  using numbers = std::vector<uint64_t>; ///< of keyframes

  /// A keyframe between its arrival and its last result.
  struct keyframe {
    bool decoded = false;   ///< its picture is on the shelf, or can be again
    time_point complete;    ///< when its part left the encoder
    frame_result result;    ///< as far as it is known
    bool from_disk = false; ///< taken up again, out of order
    bool answered = false;  ///< by who stands in; the cloud may correct that
    bool published = false; ///< that answer
    uint64_t line = 0;      ///< of `analysis`; 0: none yet
    segment_run coded;      ///< what the camera sent, that it is decoded from
  };

  static inline const char* name = "coordinator";

  /// Between two looks for neighbours that are missing.
  static constexpr auto look_again = std::chrono::milliseconds{100};

  /// Local functions answer in much less; who hangs for so long is given up.
  static constexpr auto patience = std::chrono::seconds{30};

  /// For the cloud's link, before the first picture.
  static constexpr auto cloud_patience = std::chrono::seconds{1};

  /// After a failure, before something is tried again.
  static constexpr auto rest = std::chrono::seconds{1};

  explicit coordinator_state(
    coordinator_self::stateful_pointer<coordinator_state> self);

  // -- what it is told --------------------------------------------------------

  /// @pre `!x.validate()`
  void begin(coordinator_config x);

  caf::result<document> configure(const document& x);

  status_report status() const;

  void link_up(uint64_t epoch);

  void link_down();

  /// A neighbour died.
  void forget(const caf::down_msg& x);

  void found(const std::string& name, const caf::actor& x);

  // -- the way of a keyframe --------------------------------------------------

  /// Looks for neighbours, asks the camera for more, and takes up what waits
  /// on disk, as far as there is room.
  void proceed();

  /// Whether the source should wait.
  bool full() const;

  /// Keyframes were decoded: a source that waits gets on as far as there is
  /// room.
  void decoded(const keyframes& x);

  void analyse_waiting();

  /// How many keyframes of such a source there is room for.
  size_t room() const;

  /// Hands pictures to those whom the policy and the outage leave.
  /// @param again they were sent before: in a chunk apart
  void analyse(const std::vector<frame>& frames, bool again = false);

  /// The source waits and the cloud answers: it is asked again.
  void ask_again(const numbers& xs);

  /// A pipeline has said what it says of a keyframe.
  void judge(const pipeline_plan& plan, const verdict& x);

  void finish(uint64_t number, named_by located, bool final);

  /// Nobody answers now: later, if it is on disk, else never.
  void give_up(uint64_t number, const std::string& reason);

  void let_go(uint64_t number);

  /// Publishes what is next in order, one batch at a time, and proceeds.
  void publish();

  /// Books what became of a result.
  void settle(const frame_result& x, bool on_disk);

  /// Ends the stream once its last segment is through.
  void wind_up();

  // -- time -------------------------------------------------------------------

  time_point now() const;

  caf::timespan now_ns() const;

  /// Looks again after this time, if nothing happens before.
  void wake_in(caf::timespan x);

  coordinator_self::stateful_pointer<coordinator_state> self;
  coordinator_config cfg;
  std::optional<directory> others;
  time_point look_at{}; ///< for those that are missing
  alarm clock;
  requests asking;
  std::map<uint64_t, keyframe> held;
  keyframe_book book;
  cloud_book cloud{{}};
  link_meter through;       ///< parts to the cloud
  uint64_t cloud_epoch = 0; ///< of the link
  bool cloud_told = false;  ///< the link was up or down before
  time_point began{};
  even_sampler sampler{1}; ///< of live keyframes for the fog's detector

  picture_desk pictures;
  stream_stores stores;
  intake source;
  courier mail;
  analysis work;
  revisit old;
  result_desk last_look; ///< at what `outgoing` offers
  pipeline_choice choice;
  trace_desk traces;
  std::optional<outbox> outgoing; ///< in order, but for those from disk

  std::deque<uint64_t> ready; ///< decoded keyframes of a source that waits
  std::set<uint64_t> repeats; ///< of them those that the cloud had before
  time_point repeat_at{};     ///< when these may be sent
  bool fetching = false;      ///< a picture of one of these is being made
  bool analysing = false;     ///< one of these is being handed on
  bool closed = false;        ///< the encoder was told the end
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
