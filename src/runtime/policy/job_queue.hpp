#pragma once

#include <caf/timespan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace vpaas {

/// What a full queue does with one more job.
enum class overflow : uint8_t {
  reject,   ///< refuse it
  displace, ///< let the youngest job of the lowest priority go, if it is less
            ///< important; else as `reject`
};

constexpr auto names_of(overflow) {
  return std::array{"reject", "displace"};
}

/// Jobs that a queue let go, by reason.
struct queue_losses {
  uint64_t rejected = 0;  ///< found the queue full
  uint64_t displaced = 0; ///< made room for a more important one
  uint64_t expired = 0;   ///< waited beyond their deadline
  uint64_t withdrawn = 0; ///< taken out by `remove_if`
};

/// A bounded queue of jobs: higher priorities go first, first come first among
/// equals. Holds no clock: deadlines and `now` are times on the caller's clock.
/// Whatever it lets go it hands back, so that its sender can be told. Each
/// operation takes O(log size), but `remove_if`.
template <class T>
class job_queue {
public:
  static constexpr caf::timespan never = caf::timespan::max();

  /// A job and its place in the queue.
  struct entry {
    T value;
    uint8_t priority = 0;
    caf::timespan due = never;
    uint64_t ticket = 0; ///< counts arrivals, unique
  };

  /// @pre `capacity > 0`
  job_queue(size_t capacity, overflow when_full)
    : capacity_(capacity), when_full_(when_full) {
    // nop
  }

  /// Puts `value` in if there is room.
  /// @returns the job for which there is none: nothing, `value`, or one that
  /// had to go for it
  std::optional<T> push(T value, uint8_t priority, caf::timespan due) {
    std::optional<T> out;
    if (size() >= capacity_ && !may_displace(priority)) {
      ++losses_.rejected;
      return value;
    }
    if (size() >= capacity_) {
      ++losses_.displaced;
      out = std::move(remove(std::prev(entries_.end())).value);
    }
    put_back({std::move(value), priority, due, ++last_ticket_});
    return out;
  }

  /// Puts a job that was taken back into its old place, room or not.
  void put_back(entry x) {
    auto key = place{x.priority, x.ticket};
    if (x.due != never)
      due_.emplace(x.due, key);
    entries_.emplace(key, std::move(x));
  }

  /// Takes the first job. Call `expire` before: a late job is taken as any.
  /// @pre `size() > 0`
  entry take() {
    return remove(entries_.begin());
  }

  /// Takes out the jobs whose deadline has come, earliest first.
  std::vector<T> expire(caf::timespan now) {
    std::vector<T> result;
    while (!due_.empty() && due_.begin()->first <= now) {
      auto late = remove(entries_.find(due_.begin()->second));
      result.push_back(std::move(late.value));
    }
    losses_.expired += result.size();
    return result;
  }

  /// Takes out the jobs that `f(value)` is true for, in O(size).
  template <class F>
  std::vector<T> remove_if(F f) {
    std::vector<T> result;
    for (auto i = entries_.begin(); i != entries_.end();) {
      auto current = i++;
      if (f(current->second.value))
        result.push_back(remove(current).value);
    }
    losses_.withdrawn += result.size();
    return result;
  }

  /// The earliest deadline, `never` where there is none.
  caf::timespan next_due() const {
    return due_.empty() ? never : due_.begin()->first;
  }

  size_t size() const {
    return entries_.size();
  }

  const queue_losses& losses() const {
    return losses_;
  }

private:
  /// Orders jobs: the first one is the next to be taken.
  struct place {
    uint8_t priority;
    uint64_t ticket;

    friend bool operator<(const place& a, const place& b) {
      return a.priority != b.priority ? a.priority > b.priority
                                      : a.ticket < b.ticket;
    }
  };

  using entry_map = std::map<place, entry>;

  bool may_displace(uint8_t priority) const {
    return when_full_ == overflow::displace && !entries_.empty()
           && priority > entries_.rbegin()->first.priority;
  }

  entry remove(typename entry_map::iterator i) {
    auto result = std::move(i->second);
    due_.erase({result.due, i->first});
    entries_.erase(i);
    return result;
  }

  size_t capacity_;
  overflow when_full_;
  uint64_t last_ticket_ = 0;
  entry_map entries_;
  std::set<std::pair<caf::timespan, place>> due_; ///< those with a deadline
  queue_losses losses_;
};

} // namespace vpaas
