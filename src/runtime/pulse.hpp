#pragma once

#include <caf/timespan.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace vpaas {

/// What a thread says of its work while it cannot answer messages; another
/// thread reads it. Progress is a step that was done: a picture decoded, a row
/// written, never time that passed or a processor that is busy.
struct pulse {
  std::atomic<uint64_t> beats{0};
  std::atomic<int64_t> allowed{0}; ///< ns, for the step at hand; 0: as usual
  /// Another thread has taken its place: what it still does is of no use, and
  /// what both would have to themselves is the other one's.
  std::atomic<bool> abandoned{false};
};

/// Gives the calling thread a pulse under this id, until the thread ends.
void begin_pulse(uint64_t id);

/// The pulse of a thread; null where none goes by this id.
std::shared_ptr<const pulse> pulse_of(uint64_t id);

/// Marks a thread as abandoned; nothing where none goes by this id.
void abandon_pulse(uint64_t id);

/// The pulse of the calling thread; null where it has none.
std::shared_ptr<const pulse> own_pulse();

/// Whether the calling thread was abandoned: it hung, and has come back.
bool is_abandoned();

/// A step of long work was done. Costs a nanosecond; does nothing in a thread
/// without a pulse.
void beat();

/// While it lives, one step of this thread may take as long as it says: a model
/// is loaded, a database is opened. The longest of those that are nested holds.
class long_step {
public:
  explicit long_step(caf::timespan bound);

  long_step(const long_step&) = delete;

  long_step& operator=(const long_step&) = delete;

  ~long_step();

private:
  int64_t before_ = 0;
};

} // namespace vpaas
