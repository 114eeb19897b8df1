#pragma once

#include <caf/timespan.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

namespace vpaas {

/// So many requests a second of each visitor, and some at once: a bucket of
/// tokens for each. Bounded: of too many visitors the first by name is
/// forgotten, and begins with a full bucket.
class rate_limit {
public:
  rate_limit(double per_second, double at_once, size_t most = 10'000)
    : per_second_(per_second), at_once_(at_once), most_(most) {
    // nop
  }

  /// Whether one more request of `who` is taken now.
  bool take(const std::string& who, caf::timespan now) {
    auto i = buckets_.find(who);
    if (i == buckets_.end()) {
      if (buckets_.size() >= most_)
        buckets_.erase(buckets_.begin());
      i = buckets_.emplace(who, bucket{at_once_, now}).first;
    }
    auto& x = i->second;
    auto passed = std::chrono::duration<double>(now - x.filled).count();
    x.tokens = std::min(at_once_,
                        x.tokens + std::max(passed, 0.0) * per_second_);
    x.filled = now;
    if (x.tokens < 1)
      return false;
    x.tokens -= 1;
    return true;
  }

  size_t size() const {
    return buckets_.size();
  }

private:
  struct bucket {
    double tokens;
    caf::timespan filled;
  };

  double per_second_, at_once_;
  size_t most_;
  std::map<std::string, bucket> buckets_;
};

} // namespace vpaas
