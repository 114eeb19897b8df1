#pragma once

#include <caf/timespan.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace vpaas {

/// Which of many equal log lines are worth writing: the first few of a subject
/// in a period; the first of the next period says how many were left out.
class line_limit {
public:
  line_limit(uint64_t burst, caf::timespan period, size_t subjects = 1024)
    : burst_(burst), period_(period), subjects_(subjects) {
    // nop
  }

  /// @returns how many lines of `subject` were left out before this one;
  ///          nothing where this one is to be left out too
  std::optional<uint64_t> pass(const std::string& subject, caf::timespan now) {
    if (entries_.size() >= subjects_ && entries_.count(subject) == 0)
      forget(now);
    auto& x = entries_[subject];
    if (x.written == 0 || now - x.since >= period_)
      x.since = now, x.written = 0;
    if (x.written >= burst_) {
      ++x.left_out;
      return std::nullopt;
    }
    ++x.written;
    auto result = x.left_out;
    x.left_out = 0;
    return result;
  }

private:
  struct entry {
    caf::timespan since{0};
    uint64_t written = 0;
    uint64_t left_out = 0;
  };

  /// Makes room: those whose period is over, else all.
  void forget(caf::timespan now) {
    for (auto i = entries_.begin(); i != entries_.end();)
      i = now - i->second.since >= period_ ? entries_.erase(i) : std::next(i);
    if (entries_.size() >= subjects_)
      entries_.clear();
  }

  uint64_t burst_;
  caf::timespan period_;
  size_t subjects_;
  std::map<std::string, entry> entries_;
};

} // namespace vpaas
