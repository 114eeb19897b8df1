#pragma once

#include "actors/alarm.hpp"
#include "actors/directory.hpp"
#include "actors/fog/coordinator_config.hpp"
#include "actors/fog/coordinator_status.hpp"
#include "actors/requests.hpp"
#include "actors/stream/outbox.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/picture_shelf.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/even_sampler.hpp"
#include "runtime/policy/keyframe_book.hpp"
#include "runtime/policy/time_credit.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The COORDINATOR of one stream [IV-B]: takes segments from the camera as fast
/// as they are answered, through decoder, encoder and cloud, lets the
/// classifier name what the cloud could only locate, and publishes one result
/// for each keyframe, in order. Chunks are pipelined up to a bound of keyframes
/// in flight; a source that can wait has no more of them at the cloud than it
/// answers in a quarter of the deadline.
///
/// What the cloud does not answer in time goes to the backup detector, and so
/// does all that follows until the cloud is trusted again [VI-D]; a source that
/// can wait asks again while the cloud answers at all. With a spool a segment
/// is on disk before the next is asked for, unless the disk takes longer than a
/// second or is away: after a restart, and where nobody could answer, its
/// keyframes are taken up again, live ones first; such results are out of
/// order. What nobody answers is counted by reason. Where spool or ledger are
/// away at the start the stream begins without, under numbers that were never
/// used, and takes up what they hold when they are there. Neighbours are found
/// by name, again after each loss; what is asked of one ends with it. Never
/// blocks.
///
/// Beside its interface it hears what a link and a spool tell.
using coordinator_self
  = coordinator_actor::extend<caf::reacts_to<up_atom, node_info, uint64_t>,
                              caf::reacts_to<down_atom, uint64_t>,
                              caf::reacts_to<lost_atom, uint64_t, std::string>>;

struct coordinator_state {
  using time_point = caf::actor_clock::time_point;
  using numbers = std::vector<uint64_t>; ///< of keyframes
  using ledger_rows = keyframe_book::ledger_rows;

  /// A keyframe between its arrival and its last result.
  struct keyframe {
    bool decoded = false; ///< its picture is on the shelf, or can be again
    time_point complete;  ///< when its part left the encoder
    frame_result result;  ///< as far as it is known
    bool in_cloud = false;
    bool in_backup = false;
    bool from_disk = false; ///< taken up again, out of order
    bool answered = false;  ///< by the backup; the cloud may correct that
    bool published = false; ///< that answer
  };

  /// A part of a chunk that the cloud has.
  struct question {
    caf::timespan sent;
    caf::timespan due;
    numbers frames;
    size_t ahead = 0;    ///< keyframes that the cloud had then, with these
    bool waits = false;  ///< due only where the cloud answers nothing else
    bool missed = false; ///< its deadline
  };

  static inline const char* name = "coordinator";

  /// Between two looks for neighbours that are missing.
  static constexpr auto look_again = std::chrono::milliseconds{100};

  /// Local functions answer in much less; who hangs for so long is given up.
  static constexpr auto patience = std::chrono::seconds{30};

  /// After a failure, before something is tried again.
  static constexpr auto rest = std::chrono::seconds{1};

  /// A segment that killed so many decoders is not given to another.
  static constexpr uint64_t most_deaths = 5;

  explicit coordinator_state(
    coordinator_self::stateful_pointer<coordinator_state> self);

  caf::result<document> configure(const document& x);

  status_report status() const;

  void link_up(uint64_t epoch);

  void link_down();

  /// A neighbour died.
  void forget(const caf::down_msg& x);

  // -- the graph, in the order of the path ------------------------------------

  /// Looks for neighbours, asks the camera for more, and takes up what waits
  /// on disk, as far as there is room.
  void proceed();

  /// Finds out how what comes next is numbered.
  void find_place();

  /// Whether the source should wait.
  bool full() const;

  void pull();

  void take_segment(segment& x);

  void camera_failed(const caf::error& cause);

  void decoded(time_point asked, const numbers& expected, const item& x);

  void set_picture(keyframe& x, const frame& f);

  /// Calls one of these: at once, or when the picture was made again.
  void with_picture(uint64_t number, std::function<void(const frame&)> then,
                    std::function<void()> without);

  /// Hands on keyframes of a source that waits, as far as there is room.
  void analyse_waiting();

  /// How many keyframes of such a source there is room for.
  size_t room() const;

  void not_decoded(const numbers& xs);

  /// Hands pictures to those whom the policy and the outage leave.
  /// @param again they were sent before: in a chunk apart
  void analyse(const std::vector<frame>& frames, bool again = false);

  void encode(const std::string& stream, std::vector<frame> frames);

  /// Lets the next frame begin a chunk.
  void close_chunk();

  void encoded(time_point asked, const item& x);

  /// What it had and did not hand on is given to another.
  void encoder_lost();

  void ask_cloud(chunk part);

  void send_part(uint64_t id, chunk part, const link_actor& link);

  void cloud_answered(uint64_t id, const item& x);

  /// The cloud's guesses are names where nobody else gives one.
  void take_hints(const std::vector<region>& places,
                  const std::vector<std::string>& names, frame_result& out);

  void cloud_failed(uint64_t id, const caf::error& cause);

  void name_regions(uint64_t number, std::vector<region> places,
                    const std::vector<std::string>& names);

  void no_picture_for(uint64_t number, size_t places);

  void ask_classifier(const frame& picture, const std::vector<region>& places,
                      const std::vector<std::string>& names);

  void named(time_point asked, uint64_t number,
             const std::vector<region>& places, const item& x);

  void finish(uint64_t number, named_by located);

  void let_go(uint64_t number);

  /// Publishes what is next in order, one batch at a time, and proceeds.
  void publish();

  /// Lets the decoder forget what no keyframe in order needs.
  void release();

  /// Books what became of a result.
  void settle(const frame_result& x, bool on_disk);

  // -- outage -----------------------------------------------------------------

  /// Whether the cloud has answered nothing of this stream for so long that its
  /// source should not wait any more.
  bool silent() const;

  /// When a part has its answer or none.
  caf::timespan due(const question& x) const;

  /// Gives what missed its deadline to the backup detector.
  void look_at_deadlines();

  /// The source waits and the cloud answers: it is asked again.
  void ask_again(const numbers& xs);

  /// The cloud will not answer these.
  void not_in_cloud(const numbers& xs, const std::string& reason);

  /// @param reason why the cloud has not answered, or shall not
  void ask_backup(uint64_t number, const std::string& reason);

  void send_to_backup(const frame& x);

  void backup_answered(uint64_t number, const item& x);

  void backup_failed(uint64_t number);

  /// Nobody answers now: later, if it is on disk, else never.
  void give_up(uint64_t number, const std::string& reason);

  void drop(const numbers& xs, const std::string& reason);

  // -- spool ------------------------------------------------------------------

  /// Asks spool and ledger where the stream is, and what is left from before.
  void recover();

  void not_recovered(const std::string& who, const caf::error& cause);

  /// Numbers what comes from here on.
  void begin_at(const spool_position& x);

  /// Where it is not known which numbers were used: greater ones than any.
  void begin_anew();

  /// Asks for results from this frame on, page after page.
  void compare_with_ledger(const std::vector<spooled_segment>& xs,
                           uint64_t from, ledger_rows known);

  void recovered(const std::vector<spooled_segment>& xs,
                 const ledger_rows& known);

  /// Tells the camera where to go on.
  void begin_camera();

  void keep(const segment& x, const numbers& expected);

  /// The segment is not on disk any more.
  void lost(uint64_t segment, const std::string& reason);

  /// Takes up the next segment on disk, if nobody waits for an answer.
  void catch_up();

  bool cloud_can_catch_up() const;

  void decode_again(std::vector<segment> parts);

  void decoded_again(const item& x);

  /// Analyses some of what was decoded again.
  void send_again();

  /// What was taken up cannot be answered now, or not at all.
  void fail_again(const numbers& xs, const caf::error& cause);

  /// Its turn comes again.
  void put_off(const numbers& xs, const caf::error& cause);

  void forget_segments();

  // -- verbs of the above -----------------------------------------------------

  decision decide();

  void change(const decision& x);

  void found(const std::string& name, const caf::actor& x);

  /// Ends the stream once its last segment is through.
  void wind_up();

  /// What a number stands for; the number itself where that is not known.
  static std::string name_at(const std::vector<std::string>& names, int32_t i);

  time_point now() const;

  caf::timespan now_ns() const;

  /// Keyframes that the cloud has, or that are on their way there.
  size_t in_cloud() const;

  /// Looks again after this time, if nothing happens before.
  void wake_in(caf::timespan x);

  std::string chunk_name(bool again) const;

  outbox make_outbox();

  coordinator_self::stateful_pointer<coordinator_state> self;
  coordinator_config cfg;
  std::optional<directory> others;
  alarm clock;
  alarm deadlines;
  requests asking;
  keyframe_book book;
  std::map<uint64_t, keyframe> held;
  picture_shelf pictures{0};
  time_credit credit{caf::timespan{0}};
  std::deque<uint64_t> ready; ///< decoded keyframes of a source that waits
  std::set<uint64_t> repeats; ///< of them those that the cloud had before
  time_point repeat_at{};     ///< when these may be sent
  bool fetching = false;      ///< a picture of one of these is being made
  bool analysing = false;     ///< one of these is being handed on
  fallback watch;
  std::map<uint64_t, question> questions;
  uint64_t next_question = 0;
  /// Of a part; the next coordinator begins elsewhere, as long in bytes.
  uint32_t last_attempt = 1u << 31 | std::random_device{}() >> 2;
  even_sampler sampler{1};
  size_t in_backup = 0;    ///< keyframes
  spool_position position; ///< in the camera's counting and in the stream's
  time_point started{};
  bool numbered = false; ///< position is known, or given up
  enum class recovery : uint8_t { needed, under_way, done };
  recovery before = recovery::needed;        ///< of what was before
  time_point recover_at{};                   ///< when to try again
  uint64_t own_segments = 0, own_frames = 0; ///< from here on of this process
  std::map<std::string, std::string> away;   ///< stores, and why
  bool camera_known = false;
  bool pulling = false;
  bool keeping = false;  ///< a segment is on its way to the disk
  time_point kept_at{};  ///< when that was sent
  uint64_t released = 0; ///< the decoder was told to forget those below
  bool live = false;     ///< the source does not wait
  bool source_ended = false;
  bool closed = false;     ///< the encoder was told the end
  bool chunk_open = false; ///< the next frame continues a chunk
  bool cloud_up = false;
  uint64_t cloud_epoch = 0; ///< of the link
  /// Since when the cloud has answered none of its questions.
  std::optional<caf::timespan> owing;
  uint64_t failed_in_a_row = 0;
  uint64_t decoding = 0;          ///< segments
  uint64_t encoding = 0;          ///< items
  std::optional<outbox> outgoing; ///< in order, but for those from disk
  std::deque<frame> again;        ///< those of them that are decoded and wait
  std::map<uint64_t, uint64_t> deaths; ///< of decoders, by segment on disk
  time_point rest_until{};             ///< before something is taken up again
  caf::timespan rests{0};              ///< how long the last rest was
  std::optional<decision> told;        ///< the encoder
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
