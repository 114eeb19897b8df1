#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace vpaas {

/// Brings what is finished out of order back into the order of its keys. Each
/// key is begun once, then finished with a value or dropped; values come out
/// once all earlier keys are settled.
template <class T>
class in_order {
public:
  /// Returns false for a key that was begun before, or that is not above those
  /// that came out.
  bool begin(uint64_t key) {
    if (came_out_ && key <= *came_out_)
      return false;
    newest_ = std::max(newest_.value_or(key), key);
    return open_.emplace(key, slot{}).second;
  }

  /// All keys below this one that were begun are settled.
  uint64_t settled_below() const {
    return !open_.empty() ? open_.begin()->first : newest_ ? *newest_ + 1 : 0;
  }

  /// Whether `key` was begun and is not settled.
  bool contains(uint64_t key) const {
    auto i = open_.find(key);
    return i != open_.end() && !i->second.settled;
  }

  /// Returns false, and forgets `value`, where `key` is not to be settled.
  bool finish(uint64_t key, T value) {
    return settle(key, std::move(value));
  }

  /// Whether the value of `key` waits for earlier keys.
  bool holds(uint64_t key) const {
    auto i = open_.find(key);
    return i != open_.end() && i->second.value;
  }

  /// Puts another value in its place.
  /// @pre `holds(key)`
  void replace(uint64_t key, T value) {
    open_.at(key).value = std::move(value);
  }

  /// Gives up `key`: nothing comes out for it.
  bool drop(uint64_t key) {
    return settle(key, std::nullopt);
  }

  /// Removes and returns what is next in order.
  std::vector<T> take() {
    std::vector<T> result;
    auto i = open_.begin();
    for (; i != open_.end() && i->second.settled; ++i) {
      came_out_ = i->first;
      if (i->second.value)
        result.push_back(std::move(*i->second.value));
      else
        --dropped_;
    }
    open_.erase(open_.begin(), i);
    return result;
  }

  /// Keys that are begun, not settled, in order.
  std::vector<uint64_t> unsettled() const {
    std::vector<uint64_t> result;
    for (auto& [key, x] : open_)
      if (!x.settled)
        result.push_back(key);
    return result;
  }

  /// Keys that are begun, not dropped, and did not come out.
  size_t size() const {
    return open_.size() - dropped_;
  }

private:
  struct slot {
    bool settled = false;
    std::optional<T> value;
  };

  bool settle(uint64_t key, std::optional<T> value) {
    auto i = open_.find(key);
    if (i == open_.end() || i->second.settled)
      return false;
    dropped_ += !value;
    i->second = {true, std::move(value)};
    return true;
  }

  std::map<uint64_t, slot> open_;
  size_t dropped_ = 0; ///< of `open_`
  std::optional<uint64_t> came_out_;
  std::optional<uint64_t> newest_; ///< that was begun
};

} // namespace vpaas
