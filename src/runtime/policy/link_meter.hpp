#pragma once

#include <caf/timespan.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>

namespace vpaas {

/// How fast a stream's parts get through: what was answered over the last
/// seconds, and what is under way. Where much is under way, the link takes no
/// more than what is answered. Bounded by what is under way and the window.
class link_meter {
public:
  static constexpr caf::timespan window = std::chrono::seconds(4);

  /// A part of `bytes` left, and is known as `question`.
  void sent(uint64_t question, uint64_t bytes, caf::timespan now) {
    if (began_ == caf::timespan{0})
      began_ = now;
    under_way_[question] = bytes;
    under_way_bytes_ += bytes;
  }

  /// It was answered, or will never be.
  void ended(uint64_t question, bool answered, caf::timespan now) {
    auto i = under_way_.find(question);
    if (i == under_way_.end())
      return;
    under_way_bytes_ -= i->second;
    if (answered) {
      through_.push_back({now, i->second});
      through_bytes_ += i->second;
    }
    under_way_.erase(i);
  }

  /// Of the last `window`, or since the first part if that was later.
  double answered_kbit_s(caf::timespan now) {
    for (; !through_.empty() && through_.front().at <= now - window;
         through_.pop_front())
      through_bytes_ -= through_.front().bytes;
    auto time = std::chrono::duration<double>(std::min(window, now - began_));
    return time.count() > 0 ? double(through_bytes_) * 8e-3 / time.count() : 0;
  }

  double under_way_kbit() const {
    return double(under_way_bytes_) * 8e-3;
  }

private:
  struct answer {
    caf::timespan at;
    uint64_t bytes;
  };

  caf::timespan began_{0};
  std::map<uint64_t, uint64_t> under_way_; ///< bytes
  std::deque<answer> through_;
  uint64_t under_way_bytes_ = 0, through_bytes_ = 0;
};

} // namespace vpaas
