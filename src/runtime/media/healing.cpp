#include "runtime/media/healing.hpp"

#include <algorithm>

namespace vpaas {

namespace {

// Recoveries whose pictures have not come out: a decoder holds back fewer.
constexpr size_t max_recoveries = 64;

} // namespace

void healing::damage(int64_t id) {
  auto known = damaged_.upper_bound(id);
  if (known == damaged_.begin() || *std::prev(known) < last_start_)
    damaged_.insert(id);
}

void healing::feed(int64_t id, const packet_facts& facts) {
  if (facts.start) {
    last_start_ = id;
    recovering_ = id;
  }
  if (!facts.recovered || recovering_ < 0)
    return;
  recoveries_.emplace_back(std::exchange(recovering_, -1), id);
  if (recoveries_.size() > max_recoveries)
    recoveries_.pop_front();
}

bool healing::whole(int64_t id) {
  auto done = std::find_if(recoveries_.begin(), recoveries_.end(),
                           [id](auto& x) { return x.second == id; });
  if (done != recoveries_.end()) {
    damaged_.erase(damaged_.begin(), damaged_.lower_bound(done->first));
    recoveries_.erase(recoveries_.begin(), std::next(done));
  }
  return damaged_.empty() || id < *damaged_.begin();
}

} // namespace vpaas
