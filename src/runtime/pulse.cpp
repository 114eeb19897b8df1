#include "runtime/pulse.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace vpaas {

namespace {

/// All threads that have a pulse.
struct known_pulses {
  std::mutex mutex;
  std::map<uint64_t, std::shared_ptr<pulse>> by_id;
};

known_pulses& known() {
  static auto* result = new known_pulses; // threads may outlive statics
  return *result;
}

/// The pulse of one thread, which goes with it.
struct thread_pulse {
  ~thread_pulse() {
    end();
  }

  void begin(uint64_t as) {
    end();
    id = as;
    value = std::make_shared<pulse>();
    std::lock_guard guard{known().mutex};
    known().by_id[id] = value;
  }

  void end() {
    if (!value)
      return;
    std::lock_guard guard{known().mutex};
    known().by_id.erase(id);
  }

  uint64_t id = 0;
  std::shared_ptr<pulse> value;
};

thread_local thread_pulse mine;

} // namespace

void begin_pulse(uint64_t id) {
  mine.begin(id);
}

std::shared_ptr<const pulse> pulse_of(uint64_t id) {
  std::lock_guard guard{known().mutex};
  auto i = known().by_id.find(id);
  return i != known().by_id.end() ? i->second : nullptr;
}

void abandon_pulse(uint64_t id) {
  std::lock_guard guard{known().mutex};
  auto i = known().by_id.find(id);
  if (i != known().by_id.end())
    i->second->abandoned = true;
}

std::shared_ptr<const pulse> own_pulse() {
  return mine.value;
}

bool is_abandoned() {
  return mine.value && mine.value->abandoned;
}

void beat() {
  if (auto* x = mine.value.get())
    x->beats.fetch_add(1, std::memory_order_relaxed);
}

long_step::long_step(caf::timespan bound) {
  auto* x = mine.value.get();
  if (!x)
    return;
  before_ = x->allowed.load();
  x->allowed = std::max<int64_t>(before_, bound.count());
  beat(); // its time begins now
}

long_step::~long_step() {
  auto* x = mine.value.get();
  if (!x)
    return;
  beat();
  x->allowed = before_;
}

} // namespace vpaas
