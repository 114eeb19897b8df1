#pragma once

#include "runtime/policy/backlog.hpp"
#include "runtime/policy/result_lane.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The book of one stream's keyframes: what each waits for, in which order the
/// results come out, and what became of it. The law, at every moment, in
/// keyframes: `received = answered + in_flight() + disk().waiting()` and all
/// that were dropped, by reason; each is answered once, and then only better.
///
///     begin --> in order --answer--> out --stored--> answered
///                   |                 | refused
///                   | give_up         v
///     recover --> on disk --next--> working --answer--> out
///
/// What is nowhere on disk is dropped in place of waiting there. Pure.
class keyframe_book {
public:
  using numbers = std::vector<uint64_t>;
  using work = backlog::work;
  using ledger_rows = std::map<uint64_t, named_by>; ///< who located, by frame

  struct counters {
    uint64_t received = 0;
    uint64_t answered = 0;  ///< on disk
    uint64_t recovered = 0; ///< of `received`, from before
    uint64_t repeated = 0;  ///< came twice; not in `received`
    uint64_t revised = 0;   ///< answers that were replaced by better ones
    uint64_t unimproved = 0;
    uint64_t unkept = 0; ///< are not on disk
    std::map<std::string, uint64_t> dropped;

    void lose(const backlog::loss& x, const std::string& reason);
  };

  /// What was taken up from disk, and is neither answered nor put back.
  struct taken_up {
    std::set<uint64_t> frames;
    uint64_t segment = 0;
    bool improving = false; ///< `frames` have answers already

    bool has(uint64_t frame) const {
      return frames.count(frame) > 0;
    }
  };

  using turn = answer_turn;

  explicit keyframe_book(bool improves = false) : improves_(improves) {
    // nop
  }

  // -- arrival ----------------------------------------------------------------

  /// Keyframes that arrived. @returns those that did not before
  numbers begin(const numbers& xs);

  /// A part with these keyframes is on its way to the disk, see `backlog`.
  void keep(uint64_t segment, int64_t made, const numbers& xs);

  /// It did not arrive there; those that waited for it are dropped: "spool".
  void not_kept(const numbers& xs);

  /// A segment from before: its keyframes are answered later or better, if the
  /// ledger does not know them or knows them from the backup.
  void recover(uint64_t segment, int64_t made, const numbers& xs,
               const ledger_rows& known);

  void complete_below(uint64_t segment);

  /// The disk gave a segment up.
  void lose(uint64_t segment, const std::string& reason);

  /// Segments that may leave the disk; each is named once.
  numbers forgettable();

  // -- answers ----------------------------------------------------------------

  /// @param again it was answered by the backup
  turn turn_of(uint64_t frame, bool again) const;

  void answer(frame_result x, turn t);

  /// What comes out now.
  std::vector<frame_result> take();

  /// A result that came out is on disk.
  /// @param open the cloud may correct it yet
  void stored(const frame_result& x, bool open);

  /// It is not: the keyframe is answered anew, or counted as "unpublished".
  void refused(const frame_result& x);

  /// Nobody answers now. @returns false where nobody will: it was dropped
  bool give_up(uint64_t frame, const std::string& reason);

  void drop(uint64_t frame, const std::string& reason);

  /// The cloud shall correct its answer, if that is wanted and possible.
  void improve_later(uint64_t frame);

  // -- what is on disk --------------------------------------------------------

  /// Takes up the next segment: its keyframes are `taken()`.
  /// @pre `taken().frames.empty()`
  /// @param improve better answers as well
  /// @param newest also of the segment that may go on
  std::optional<work> next(bool improve, bool newest = false);

  /// Their turn comes again.
  /// @param last their segment's after others
  void put_back(const numbers& xs, bool last = false);

  /// They cannot be had any more.
  void damaged(const numbers& xs);

  /// Answers of segments that were made before this stay as they are.
  void settle_before(int64_t made);

  const taken_up& taken() const {
    return taken_;
  }

  const backlog& disk() const {
    return disk_;
  }

  // -- numbers ----------------------------------------------------------------

  const counters& counts() const {
    return counts_;
  }

  /// Keyframes in memory without a result on disk.
  uint64_t in_flight() const {
    return unfinished() + lane_.out();
  }

  /// Of them those whose result did not come out.
  uint64_t unfinished() const {
    return lane_.size() + (taken_.improving ? 0 : taken_.frames.size());
  }

  const result_lane& lane() const {
    return lane_;
  }

private:
  bool improves_;
  result_lane lane_;
  backlog disk_;
  taken_up taken_;
  counters counts_;
};

} // namespace vpaas
