#pragma once

#include <caf/timespan.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace vpaas {

/// What is said once and heard by many, each in a thread of its own and at its
/// own pace. Bounded: who is too slow misses the oldest, and is told how many;
/// nobody waits for him. Any thread.
class broadcast {
public:
  struct entry {
    std::string camera; ///< that it is about; empty: none
    std::shared_ptr<const std::string> text;
  };

  /// What a listener gets.
  struct news {
    std::vector<entry> entries;
    uint64_t missed = 0;
  };

  explicit broadcast(size_t most_entries = 4096, size_t most_bytes = 16 << 20);

  void say(std::string camera, std::string text);

  /// Where one who comes now begins.
  uint64_t position() const;

  using clock = std::chrono::steady_clock;

  /// Waits for what comes behind `position` and takes it there. Comes back no
  /// sooner than `not_before`: what is said until then comes at once, and who
  /// waits is not woken for each.
  news wait(uint64_t& position, caf::timespan limit,
            clock::time_point not_before = {});

  /// Wakes all who wait, for good.
  void close();

  /// Somebody listens, while this lives.
  class listener {
  public:
    explicit listener(broadcast& all);
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    ~listener();

  private:
    broadcast& all_;
  };

  size_t listeners() const;

  uint64_t missed() const;

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_; ///< something was said
  std::condition_variable ended_;
  const size_t most_entries_, most_bytes_;
  std::deque<entry> entries_;
  size_t bytes_ = 0;
  uint64_t first_ = 0; ///< position of the first entry
  uint64_t missed_ = 0;
  size_t listeners_ = 0;
  bool closed_ = false;
};

} // namespace vpaas
