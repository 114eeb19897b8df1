#pragma once

#include "actors/alarm.hpp"
#include "actors/fog/coordinator_status.hpp"
#include "actors/neighbours.hpp"
#include "actors/requests.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/backlog.hpp"
#include "runtime/policy/even_sampler.hpp"
#include "runtime/policy/fallback.hpp"
#include "runtime/policy/in_order.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// What is done about results that the backup detector gave.
enum class corrections : uint8_t {
  catch_up, ///< late answers correct them; the rest is analysed again later
  late,     ///< late answers of the cloud correct them
  none,     ///< they stay
};

constexpr auto names_of(corrections) {
  return std::array{"catch_up", "late", "none"};
}

/// The COORDINATOR of one stream [IV-B]: takes segments from the camera as fast
/// as they are answered, through decoder, encoder and cloud, lets the
/// classifier name what the cloud could only locate, and publishes one result
/// for each keyframe, in order. Chunks are pipelined up to a bound of keyframes
/// in flight.
///
/// What the cloud does not answer in time goes to the backup detector, and so
/// does all that follows until the cloud is trusted again [VI-D]. With a spool
/// every segment is on disk before it is acknowledged: after a restart, and
/// where nobody could answer, its keyframes are taken up again, live ones
/// first; such results are out of order. What nobody answers is counted by
/// reason. Neighbours are found by name, again after each loss. Never blocks.
struct coordinator_config {
  std::string stream;
  /// Before the stream's name on the cloud, where those of many fogs meet.
  std::string origin;
  caf::actor node; ///< the directory of logical names
  // Logical names; an empty one is done without.
  std::string camera, decoder, encoder, results;
  std::string cloud = "cloud_link";
  std::string classifier = "classifier";
  std::string backup = "backup_detector";
  std::string spool;                      ///< the node's; empty: none
  std::string function = "load_balancer"; ///< on the cloud node
  uint64_t every = 15;         ///< a keyframe is one of so many frames (VI-B)
  uint64_t in_flight = 48;     ///< keyframes without an answer
  size_t inline_bytes = 32768; ///< larger parts go in slices
  /// When the cloud is given up, and trusted again. Where the source can wait,
  /// an answer has the cap's time.
  fallback::config outage;
  size_t backup_queue = 4; ///< keyframes of a live source that wait for it
  corrections correct = corrections::catch_up;
  caf::timespan correct_age = std::chrono::minutes{10}; ///< no older results
  /// Without the fog, a region's hint of this score counts as its name.
  float hint_score = 0.5f;
  /// What is done without a policy, and where it fails.
  decision usual;
  /// The stream's policy; may be empty. Pure and quick.
  std::function<caf::expected<decision>(const stream_state&)> policy;

  /// Returns ec::bad_config where a value cannot be.
  caf::error validate() const;
};

/// The coordinator with what a link and a spool tell it.
using coordinator_self
  = coordinator_actor::extend<caf::reacts_to<up_atom, node_info, uint64_t>,
                              caf::reacts_to<down_atom, uint64_t>,
                              caf::reacts_to<lost_atom, uint64_t, std::string>>;

struct coordinator_state {
  using time_point = caf::actor_clock::time_point;
  using numbers = std::vector<uint64_t>;            ///< of keyframes
  using ledger_rows = std::map<uint64_t, named_by>; ///< who located, by frame

  /// A keyframe between its arrival and its last result.
  struct keyframe {
    frame picture;       ///< in full quality, once it is decoded
    time_point complete; ///< when its part left the encoder
    frame_result result; ///< as far as it is known
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
    bool missed = false; ///< its deadline
  };

  static inline const char* name = "coordinator";

  /// Between two looks for neighbours that are missing.
  static constexpr auto look_again = std::chrono::milliseconds{100};

  /// Local functions answer in much less; who hangs for so long is given up.
  static constexpr auto patience = std::chrono::seconds{30};

  /// After a failure, before something is taken up from disk again.
  static constexpr auto rest = std::chrono::seconds{1};

  explicit coordinator_state(
    coordinator_self::stateful_pointer<coordinator_state> self);

  ~coordinator_state();

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

  void take_segment(segment& x);

  void camera_failed(const caf::error& cause);

  void decoded(time_point asked, const numbers& expected, const item& x);

  void set_picture(keyframe& x, const frame& f);

  void not_decoded(const numbers& xs);

  /// Hands pictures to those whom the policy and the outage leave.
  void analyse(const std::vector<frame>& frames);

  void encode(const std::string& stream, std::vector<frame> frames);

  /// Lets the next frame begin a chunk.
  void close_chunk();

  void encoded(time_point asked, const item& x);

  void ask_cloud(chunk part);

  void cloud_answered(uint64_t id, const item& x);

  /// The cloud's guesses are names where nobody else gives one.
  void take_hints(const std::vector<region>& places,
                  const std::vector<std::string>& names, frame_result& out);

  void cloud_failed(uint64_t id, const caf::error& cause);

  void name_regions(uint64_t number, std::vector<region> places,
                    const std::vector<std::string>& names);

  void named(time_point asked, uint64_t number,
             const std::vector<region>& places, const item& x);

  void finish(uint64_t number, named_by located);

  /// Publishes what is next in order, one batch at a time, and proceeds.
  void publish();

  void published(size_t n, const caf::error& problem);

  /// Books what became of a result.
  void settle(const frame_result& x, bool on_disk);

  // -- outage -----------------------------------------------------------------

  /// Gives what missed its deadline to the backup detector.
  void look_at_deadlines();

  /// The cloud will not answer these.
  void not_in_cloud(const numbers& xs, const std::string& reason);

  /// @param reason why the cloud has not answered, or shall not
  void ask_backup(uint64_t number, const std::string& reason);

  void backup_answered(uint64_t number, const item& x);

  void backup_failed(uint64_t number);

  /// Nobody answers now: later, if it is on disk, else never.
  void give_up(uint64_t number, const std::string& reason);

  void drop(const numbers& xs, const std::string& reason);

  // -- spool ------------------------------------------------------------------

  /// Learns what is left from before this coordinator.
  void recover();

  /// Asks for results from this frame on, page after page.
  void compare_with_ledger(const std::vector<spooled_segment>& xs,
                           uint64_t from, ledger_rows known);

  void recovered(const std::vector<spooled_segment>& xs,
                 const ledger_rows& known);

  /// Tells the camera where to go on.
  void begin_camera();

  void keep(const segment& x, const numbers& expected);

  void not_kept(uint64_t segment, size_t frames);

  /// The segment is not on disk any more.
  void lost(uint64_t segment, const std::string& reason);

  /// Takes up the next segment on disk, if nobody waits for an answer.
  void catch_up();

  bool cloud_can_catch_up() const;

  void decoded_again(const item& x);

  /// Analyses some of what was decoded again.
  void send_again();

  /// What was taken up cannot be answered after all.
  void fail_again(const numbers& xs, const caf::error& cause);

  void leave_as_is(uint64_t number);

  void forget_segments();

  // -- verbs of the above -----------------------------------------------------

  decision decide();

  void change(const decision& x);

  void found(const std::string& name, const caf::actor& x);

  /// Ends the stream once its last segment is through.
  void wind_up();

  /// The cloud shall correct this result, if that is wanted and possible.
  void improve_later(uint64_t number);

  /// What a number stands for; the number itself where that is not known.
  static std::string name_at(const std::vector<std::string>& names, int32_t i);

  time_point now() const;

  caf::timespan now_ns() const;

  /// Keyframes in memory that have no result on disk.
  uint64_t unanswered() const;

  coordinator_self::stateful_pointer<coordinator_state> self;
  coordinator_config cfg;
  neighbours others;
  alarm clock;
  alarm deadlines;
  requests asking;
  in_order<frame_result> order;
  std::map<uint64_t, keyframe> held;
  fallback watch;
  std::map<uint64_t, question> questions;
  uint64_t next_question = 0;
  /// Of a part; the next coordinator begins elsewhere, as long in bytes.
  uint32_t last_attempt = 1u << 31 | std::random_device{}() >> 2;
  even_sampler sampler{1};
  size_t in_backup = 0; ///< keyframes
  backlog disk;
  spool_position position; ///< in the camera's counting and in the stream's
  time_point started{};
  enum class recovery : uint8_t { needed, under_way, done };
  recovery before = recovery::needed; ///< of what was before
  bool camera_known = false;
  bool pulling = false;
  bool keeping = false;            ///< a segment is on its way to the disk
  time_point kept_at{};            ///< when that was sent
  std::optional<uint64_t> release; ///< the decoder needs none up to this frame
  bool live = false;               ///< the source does not wait
  bool source_ended = false;
  bool closed = false;     ///< the encoder was told the end
  bool chunk_open = false; ///< the next frame continues a chunk
  bool cloud_up = false;
  uint64_t cloud_epoch = 0; ///< of the link
  uint64_t failed_in_a_row = 0;
  uint64_t decoding = 0;             ///< segments
  uint64_t encoding = 0;             ///< items
  std::deque<frame_result> outgoing; ///< in order, but for those from disk
  bool publishing = false;
  std::set<uint64_t> working; ///< keyframes that were taken up from disk
  std::deque<frame> again;    ///< those of them that are decoded and wait
  bool improving = false;     ///< they have results already
  std::set<uint64_t> retried; ///< keyframes that failed once
  time_point rest_until{};    ///< before something is taken up again
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
