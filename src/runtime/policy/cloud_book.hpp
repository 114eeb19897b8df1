#pragma once

#include "runtime/policy/fallback.hpp"
#include "runtime/policy/time_credit.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What one stream has asked the cloud and has no answer to: when each answer
/// is due, how much more may be asked, and whether the cloud is believed in.
/// Holds no clock: the caller passes `now`, which never goes back.
class cloud_book {
public:
  using time = fallback::time;

  /// A part of a chunk that the cloud has.
  struct question {
    time sent{0};
    size_t ahead = 0;    ///< keyframes that it had then, with these
    bool missed = false; ///< its deadline
  };

  /// What is done about a question that failed.
  struct failure {
    bool again = false; ///< ask once more: its source waits
    std::string reason; ///< else: "cloud_down", "deadline" or "cloud"
  };

  /// Times `cap` that a source which waits is answered within, at most.
  static constexpr int most_caps = 6;

  /// A cloud that answers nothing for `x.cap` is not waited for, unless it was
  /// slower before, or has answered nothing yet: it loads its networks. A
  /// source that waits has no more there than is answered in a quarter of
  /// `x.cap`.
  explicit cloud_book(fallback::config x)
    : cfg_(x), watch_(x), credit_(x.cap / 4) {
    // nop
  }

  void link_up(time now);

  void link_down(time now);

  bool up() const {
    return up_;
  }

  /// @param waits its source can wait
  void asked(uint64_t id, size_t frames, bool waits, time now);

  /// @returns the question; nothing where it was not asked
  std::optional<question> answered(uint64_t id, time now);

  /// It will have no answer.
  failure failed(uint64_t id, const caf::error& cause, time now);

  /// Questions whose deadline passed since the last call.
  std::vector<uint64_t> missed(time now);

  /// When to call that next.
  std::optional<time> next_deadline() const;

  /// Questions without an answer.
  size_t open() const {
    return open_.size();
  }

  /// Failed questions since the last answer.
  uint64_t failures_in_a_row() const {
    return failures_;
  }

  /// Keyframes of a source that waits which may be there.
  size_t window() const {
    return credit_.window();
  }

  /// As many as are answered in a quarter of the deadline.
  size_t burst() const {
    return credit_.within(watch_.deadline() / 4);
  }

  fallback::plan next(time now) {
    return watch_.next(now);
  }

  const fallback& watch() const {
    return watch_;
  }

private:
  struct entry : question {
    size_t frames = 0;
    time due{0};
    bool waits = false; ///< due only where the cloud answers nothing else
  };

  /// Whether it has answered nothing of this stream for so long that its source
  /// should not wait any more.
  bool silent(time now) const;

  /// How long that is.
  time patience() const;

  time due(const entry& x) const;

  /// The cloud said something.
  void heard(time now);

  fallback::config cfg_;
  fallback watch_;
  time_credit credit_;
  std::map<uint64_t, entry> open_;
  std::optional<time> owing_; ///< since when it answers nothing
  uint64_t failures_ = 0;
  bool up_ = false;
};

} // namespace vpaas
