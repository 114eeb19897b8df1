#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace vpaas {

/// What was asked over a connection and not answered yet: nobody else answers
/// it. Of too many the oldest is forgotten, and its answer is none any more.
class open_requests {
public:
  explicit open_requests(size_t most = 65536) : most_(most) {
    // nop
  }

  /// @param actor that asked
  void add(uint64_t actor, uint64_t id) {
    key x{actor, id};
    if (!times_.emplace(x, next_).second)
      return;
    order_.emplace(next_++, x);
    if (order_.size() <= most_)
      return;
    times_.erase(order_.begin()->second);
    order_.erase(order_.begin());
  }

  /// Whether this was asked; then it is answered.
  bool take(uint64_t actor, uint64_t id) {
    auto i = times_.find({actor, id});
    if (i == times_.end())
      return false;
    order_.erase(i->second);
    times_.erase(i);
    return true;
  }

  size_t size() const {
    return order_.size();
  }

private:
  using key = std::pair<uint64_t, uint64_t>;

  size_t most_;
  uint64_t next_ = 0;
  std::map<key, uint64_t> times_;
  std::map<uint64_t, key> order_;
};

} // namespace vpaas
