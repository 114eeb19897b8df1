#pragma once

#include <caf/timespan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace vpaas {

/// Promises places of a bounded queue to senders that ask before they send.
/// Who waits is served in turn and gets its share of what is free, so that no
/// sender starves another. A promise that is not used comes back: when its
/// sender is gone, or after `lifetime`. Holds no clock.
/// @tparam Sender identity of a sender, ordered
/// @tparam Reply  what it takes to answer one that waits
template <class Sender, class Reply>
class credit_line {
public:
  struct grant {
    Reply reply;
    uint32_t credit = 0; ///< at least 1
  };

  explicit credit_line(caf::timespan lifetime) : lifetime_(lifetime) {
    // nop
  }

  /// Lets `who` wait for credit for at most `wanted` jobs, at least one.
  void ask(Sender who, uint32_t wanted, Reply reply) {
    line_.push_back({std::move(who), std::max(wanted, 1u), std::move(reply)});
  }

  /// Gives credit for what is left of `room` free places beside the promised
  /// ones, to each that waits an equal share or what it wants.
  std::vector<grant> share(size_t room, caf::timespan now) {
    std::vector<grant> result;
    while (!line_.empty() && promised_ < room) {
      auto& first = line_.front();
      auto part = std::max<size_t>((room - promised_) / line_.size(), 1);
      auto n = static_cast<uint32_t>(std::min<size_t>(first.wanted, part));
      auto& account = accounts_[first.who];
      account.credit += n;
      account.until = now + lifetime_;
      promised_ += n;
      result.push_back({std::move(first.reply), n});
      line_.pop_front();
    }
    return result;
  }

  /// Uses up credit for one job; returns false where `who` has none.
  bool spend(const Sender& who) {
    auto i = accounts_.find(who);
    if (i == accounts_.end())
      return false;
    --promised_;
    if (--i->second.credit == 0)
      accounts_.erase(i);
    return true;
  }

  /// Takes back what `who` was promised, and takes it out of the line.
  void forget(const Sender& who) {
    if (auto i = accounts_.find(who); i != accounts_.end()) {
      promised_ -= i->second.credit;
      accounts_.erase(i);
    }
    line_.erase(std::remove_if(line_.begin(), line_.end(),
                               [&](const auto& x) { return x.who == who; }),
                line_.end());
  }

  /// Takes back what was not used within its lifetime.
  void lapse(caf::timespan now) {
    for (auto i = accounts_.begin(); i != accounts_.end();) {
      auto over = i->second.until <= now;
      promised_ -= over ? i->second.credit : 0;
      i = over ? accounts_.erase(i) : std::next(i);
    }
  }

  /// Takes everybody out of the line.
  std::vector<Reply> clear() {
    std::vector<Reply> result;
    for (auto& x : line_)
      result.push_back(std::move(x.reply));
    line_.clear();
    return result;
  }

  /// Credit that was given and not used yet, in jobs.
  size_t promised() const {
    return promised_;
  }

  size_t waiting() const {
    return line_.size();
  }

private:
  struct asker {
    Sender who;
    uint32_t wanted = 1;
    Reply reply;
  };

  struct account {
    uint32_t credit = 0;
    caf::timespan until{0};
  };

  caf::timespan lifetime_;
  size_t promised_ = 0;
  std::deque<asker> line_;
  std::map<Sender, account> accounts_; ///< those with credit
};

} // namespace vpaas
