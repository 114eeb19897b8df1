#pragma once

#include "messages/protocol.hpp"
#include "runtime/policy/keyframe_book.hpp"

#include <caf/actor_clock.hpp>
#include <caf/error.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// What spool and ledger know of a stream: how what comes next is numbered,
/// what is left from before, and which segments may leave the disk. Where they
/// are away the stream begins without, and takes up what they hold when they
/// are there. Part of a coordinator.
class stream_stores {
public:
  using numbers = std::vector<uint64_t>;
  using time_point = caf::actor_clock::time_point;

  explicit stream_stores(coordinator_state& all) : all_(all) {
    // nop
  }

  /// Finds out how what comes next is numbered.
  void find_place();

  /// That is known, or given up.
  bool numbered() const {
    return numbered_;
  }

  /// What was before is known.
  bool recovered() const {
    return before_ == recovery::done;
  }

  const spool_position& position() const {
    return position_;
  }

  /// The camera that we had goes on where it was; another one is numbered from
  /// our next segment and keyframe on.
  void begin_camera(std::string name);

  /// From the camera's counting to the stream's.
  void number(segment& x);

  void keep(const segment& x, const numbers& expected);

  /// Until when the disk may take before the stream goes on without it; none:
  /// it has taken all.
  std::optional<time_point> busy_until() const;

  /// The spool is there; it may not know yet whose its segments are.
  void found(const spool_actor& x);

  void forget_segments();

  /// Stores that the stream goes on without, and why.
  const std::map<std::string, std::string>& away() const {
    return away_;
  }

private:
  using ledger_rows = keyframe_book::ledger_rows;

  /// Asks spool and ledger where the stream is, and what is left from before.
  void recover();

  void ask_ledger(const spool_content& x);

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

  enum class recovery : uint8_t { needed, under_way, done };

  coordinator_state& all_;
  spool_position position_; ///< in the camera's counting and in the stream's
  time_point started_{};
  bool numbered_ = false;
  recovery before_ = recovery::needed;         ///< of what was before
  time_point recover_at_{};                    ///< when to try again
  uint64_t own_segments_ = 0, own_frames_ = 0; ///< from here on of this process
  std::map<std::string, std::string> away_;
  bool keeping_ = false; ///< a segment is on its way to the disk
  time_point kept_at_{}; ///< when that was sent
};

} // namespace vpaas
