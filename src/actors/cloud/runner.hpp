#pragma once

#include "actors/alarm.hpp"
#include "actors/cloud/decoder_desks.hpp"
#include "actors/cloud/errand_book.hpp"
#include "actors/cloud/part_lines.hpp"
#include "actors/directory.hpp"
#include "actors/requests.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// The RUNNER of a cloud node: does for other nodes what a pipeline puts on
/// this tier, on parts of chunks, and answers what the last of its stages
/// makes. By default that is to decode, to detect and to filter [IV-B]. Who
/// runs a function is found by its name or, where a pool does, by its plural.
/// The parts of a chunk go to one and the same decoder, in their order; one
/// whose bytes come by themselves holds up those behind it. Parts of live
/// sources go before those that can wait, at each decoder and in pools. A
/// neighbour that dies fails the parts that are with it, and is looked up again
/// for the next one. A stream's part of a new epoch makes it give up those of
/// earlier ones: a cloud that was frozen wakes up to many of them. Never
/// blocks.
function_spec runner_spec();

struct runner_config {
  std::vector<std::string> decoders; ///< logical names
  std::string detectors = "detectors";
  std::string filter = "region_filter";
  size_t capacity = 1024; ///< parts that are not answered yet
  size_t kept = 128;      ///< results that later errands may need
  part_limits lines;
  /// The longest wait of a part for a detector; 0: any.
  caf::timespan deadline = std::chrono::seconds(10);
  caf::timespan timeout = std::chrono::minutes(1); ///< of each step
};

/// @pre `x` passed `check` against `runner_spec().parameters`
runner_config config_of(const document& x);

/// What a part waits for: its turn, a decoder, a pool of networks, or another
/// function.
enum class part_phase : uint8_t { waiting, decoding, detecting, filtering };

constexpr auto names_of(part_phase) {
  return std::array{"waiting", "decoding", "detecting", "filtering"};
}

/// What it answers to `status`. At every moment
/// `submitted = answered + failed + waiting + decoding + detecting + filtering`
/// and `deliveries = claimed + dropped + unclaimed`.
struct runner_status {
  uint64_t submitted = 0; ///< parts, since the start, as the next two
  uint64_t answered = 0;  ///< with a result
  uint64_t failed = 0;    ///< with an error
  uint64_t waiting = 0;   ///< for bytes, behind a part that does, or for a
                          ///< decoder
  uint64_t decoding = 0;  ///< are with a decoder
  uint64_t detecting = 0;
  uint64_t filtering = 0;  ///< are with any other function
  uint64_t kept = 0;       ///< results that later errands may need
  uint64_t rejected = 0;   ///< of the failed: found no room
  uint64_t expired = 0;    ///< of the failed: their bytes did not come
  uint64_t replaced = 0;   ///< of the failed: the same part came once more
  uint64_t abandoned = 0;  ///< of the failed: nobody waited any more
  uint64_t late = 0;       ///< answers of neighbours that came after a timeout
  uint64_t frames = 0;     ///< that detectors looked at: what is billed
  uint64_t bytes = 0;      ///< of parts that were taken to a decoder
  uint64_t held_bytes = 0; ///< that wait for their turn or their part
  uint64_t deliveries = 0; ///< bytes that came by themselves
  uint64_t claimed = 0;    ///< by their part
  uint64_t dropped = 0;    ///< no part came for them
  uint64_t unclaimed = 0;  ///< no part came for them yet
  uint64_t neighbours = 0; ///< that are known
  uint64_t lost = 0;       ///< neighbours that died
  latency wait;            ///< for bytes, for parts before, for a decoder
  latency decoding_time;
  latency detecting_time;
  std::string last_problem;

  static constexpr auto type_name = "runner_status";

  static constexpr auto fields() {
    using self = runner_status;
    return std::make_tuple(
      field("submitted", &self::submitted), field("answered", &self::answered),
      field("failed", &self::failed), field("waiting", &self::waiting),
      field("decoding", &self::decoding), field("detecting", &self::detecting),
      field("filtering", &self::filtering), field("rejected", &self::rejected),
      field("expired", &self::expired), field("replaced", &self::replaced),
      field("abandoned", &self::abandoned), field("late", &self::late),
      field("frames", &self::frames), field("bytes", &self::bytes),
      field("held_bytes", &self::held_bytes),
      field("deliveries", &self::deliveries), field("claimed", &self::claimed),
      field("dropped", &self::dropped), field("unclaimed", &self::unclaimed),
      field("neighbours", &self::neighbours), field("lost", &self::lost),
      field("wait", &self::wait), field("decoding_time", &self::decoding_time),
      field("detecting_time", &self::detecting_time),
      field("last_problem", &self::last_problem));
  }
};

struct runner_state {
  using pointer = runner_actor::stateful_pointer<runner_state>;
  using time_point = caf::actor_clock::time_point;

  /// A part that is not answered yet.
  struct visit {
    caf::typed_response_promise<item> reply;
    std::string stream;
    uint64_t epoch = 0;
    bool live = false;
    std::string name;    ///< "cam-1, chunk 30.2", for errors
    std::string decoder; ///< that has it
    part_phase phase = part_phase::waiting;
    time_point since; ///< when the phase began
    caf::timespan decoding{0};
    caf::timespan detecting{0};
    errand_steps todo;
    size_t at = 0; ///< of `todo`
    errand_book::work work;
  };

  static inline const char* name = "runner";

  explicit runner_state(pointer self);

  /// However a runner ends, nobody is left without an answer.
  ~runner_state();

  caf::typed_response_promise<item> apply(const item& x);

  caf::error deliver(const delivery& x);

  caf::result<document> configure(const document& changes);

  status_report status() const;

  void forget(const caf::down_msg& x);

  // -- the steps of a part ----------------------------------------------------

  void begin(uint64_t ticket, const chunk& x);

  /// Sends off the parts of a stream whose turn it is.
  void advance(const std::string& stream);

  /// Gives a decoder what is next, if it has room.
  void serve(const std::string& decoder);

  void decode(part_lines::entry x);

  /// Takes the next step, or answers where none is left.
  void run(uint64_t ticket);

  void stepped(uint64_t ticket, item& made);

  void answer(uint64_t ticket);

  void fail(uint64_t ticket, const caf::error& reason);

  void expire();

  /// Gives up the parts of a stream that were sent by earlier connections.
  void abandon(const std::string& stream, uint64_t epoch);

  /// Whether a part of a later connection is under way.
  bool outdated(const std::string& stream, uint64_t epoch) const;

  /// Its decoder is done with a part, and may take another one.
  void release(visit& x);

  void leave(uint64_t ticket);

  // -- verbs of the above -----------------------------------------------------

  visit& enter(uint64_t ticket, part_phase next);

  /// Asks who runs the function of this step, or a pool of them.
  void ask_function(uint64_t ticket, const errand_step& step, item input);

  void apply_at(uint64_t ticket, const function_actor& to, const item& input,
                const document& options);

  void ask_pool(uint64_t ticket, const std::string& who, item input);

  /// With a step whose actor was looked for.
  void go_on(uint64_t ticket, const caf::expected<caf::actor>& found);

  /// The part that this answer is for, and how long its phase took; null: it is
  /// too late.
  visit* arrived(uint64_t ticket, caf::timespan& took);

  void set_alarm();

  pointer self;
  document parameters;
  runner_config cfg;
  std::optional<directory> around;
  part_lines lines;
  errand_book book;
  decoder_desks desks;
  std::map<uint64_t, visit> visits; ///< by ticket
  uint64_t last_ticket = 0;
  alarm clock;
  requests asked;
  histogram wait;
  histogram decoding;
  histogram detecting;
  runner_status counters;
};

/// @param node resolves logical names, `node_actor`
/// @pre `parameters` passed `check` against `runner_spec().parameters`
runner_actor::behavior_type runner(runner_state::pointer self,
                                   document parameters, caf::actor node);

} // namespace vpaas
