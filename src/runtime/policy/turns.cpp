#include "runtime/policy/turns.hpp"

#include <algorithm>

namespace vpaas {

void turns::close() {
  closed_ = true;
  to_start_.clear();
}

void turns::rest_until(caf::timespan x) {
  resume_at_ = std::max(resume_at_, x);
}

void turns::started(uint64_t id) {
  if (starting_ == id)
    starting_.reset();
}

void turns::ended(uint64_t id) {
  to_stop_.erase(id);
  started(id);
  if (stopping_ == id)
    stopping_.reset();
}

std::optional<uint64_t> turns::next_stop() {
  if (stopping_ || to_stop_.empty())
    return std::nullopt;
  stopping_ = *to_stop_.rbegin();
  to_stop_.erase(*stopping_);
  return stopping_;
}

std::optional<uint64_t> turns::next_start(caf::timespan now) {
  auto when = wake();
  if (!when || *when > now)
    return std::nullopt;
  starting_ = *to_start_.begin();
  to_start_.erase(*starting_);
  return starting_;
}

std::optional<caf::timespan> turns::wake() const {
  if (to_start_.empty() || starting_ || stopping_ || !to_stop_.empty())
    return std::nullopt;
  return resume_at_;
}

} // namespace vpaas
