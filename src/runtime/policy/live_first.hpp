#pragma once

#include <cstddef>
#include <deque>
#include <utility>

namespace vpaas {

/// A line in which what belongs to a live source goes before what can wait;
/// first come first among equals.
template <class T>
class live_first {
public:
  void push(T value, bool live) {
    (live ? live_ : rest_).push_back(std::move(value));
  }

  /// @pre not empty
  T take() {
    auto& from = live_.empty() ? rest_ : live_;
    auto result = std::move(from.front());
    from.pop_front();
    return result;
  }

  bool empty() const {
    return live_.empty() && rest_.empty();
  }

  size_t size() const {
    return live_.size() + rest_.size();
  }

private:
  std::deque<T> live_;
  std::deque<T> rest_;
};

} // namespace vpaas
