#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace vpaas {

/// What a node has of something, who uses it, and who would give some of it up
/// for least, or take more of it for most.
class supply {
public:
  /// What a unit of it is worth to a stream, and the stream.
  using bid = std::pair<double, uint32_t>;

  explicit supply(double capacity = 0) : capacity_(capacity) {
    // nop
  }

  void limit(double capacity) {
    capacity_ = capacity;
  }

  void use(double amount) {
    used_ += amount;
  }

  double capacity() const {
    return capacity_;
  }

  double used() const {
    return used_;
  }

  /// That is missing for so much more; 0: it is there. @param share of all that
  /// may be used
  double short_of(double amount, double share = 1) const {
    auto missing = used_ + amount - share * capacity_;
    return missing > 1e-9 * (1 + capacity_) ? missing : 0;
  }

  std::set<bid>& givers() { ///< cheapest first
    return givers_;
  }

  std::set<bid>& takers() { ///< by the negative of what they bid
    return takers_;
  }

private:
  double capacity_;
  double used_ = 0;
  std::set<bid> givers_, takers_;
};

} // namespace vpaas
