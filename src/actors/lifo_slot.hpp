#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

namespace vpaas {

/// Work sharing with a slot a worker for the actor that was woken last, as in
/// Tokio and Go: an actor that sends one message and ends its turn hands its
/// core on, where CAF's policies wake another thread for it (20 us here, more
/// than most handlers take).
class lifo_slot : public caf::policy::unprofiled {
public:
  /// Jobs that a worker takes out of its slot before one of the others' turn.
  static constexpr size_t most_in_a_row = 16;

  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {
      // nop
    }

    std::deque<caf::resumable*> queue;
    std::mutex lock;
    std::condition_variable changed;
  };

  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {
      // nop
    }

    caf::resumable* slot = nullptr;
    size_t in_a_row = 0;
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    auto& all = d(self);
    {
      std::lock_guard guard{all.lock};
      all.queue.push_back(job);
    }
    all.changed.notify_one();
  }

  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    central_enqueue(self->parent(), job);
  }

  /// Of two, the first is whom another worker may take.
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    if (auto before = std::exchange(d(self).slot, job))
      central_enqueue(self->parent(), before);
  }

  template <class Worker>
  void resume_job_later(Worker* self, caf::resumable* job) {
    central_enqueue(self->parent(), job);
  }

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    auto& mine = d(self);
    if (mine.slot && ++mine.in_a_row < most_in_a_row)
      return std::exchange(mine.slot, nullptr);
    mine.in_a_row = 0;
    auto& all = d(self->parent());
    std::unique_lock guard{all.lock};
    if (mine.slot) {
      if (all.queue.empty())
        return std::exchange(mine.slot, nullptr);
      all.queue.push_back(std::exchange(mine.slot, nullptr));
    }
    all.changed.wait(guard, [&] { return !all.queue.empty(); });
    auto job = all.queue.front();
    all.queue.pop_front();
    return job;
  }

  template <class Worker, class F>
  void foreach_resumable(Worker* self, F f) {
    if (auto job = std::exchange(d(self).slot, nullptr))
      f(job);
  }

  template <class Coordinator, class F>
  void foreach_central_resumable(Coordinator* self, F f) {
    std::deque<caf::resumable*> left;
    {
      std::lock_guard guard{d(self).lock};
      left.swap(d(self).queue);
    }
    for (auto job : left)
      f(job);
  }
};

/// Makes it the scheduler of a system, in place of CAF's.
inline void load_lifo_slot(caf::actor_system_config& x) {
  x.load<caf::scheduler::coordinator<lifo_slot>>();
}

} // namespace vpaas
