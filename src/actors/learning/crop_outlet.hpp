#pragma once

#include "messages/learning.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace vpaas {

/// The way from the classifiers of a process to its collector. What it is too
/// slow for is left out, counted: each message keeps a frame in memory. Any
/// thread.
class crop_outlet {
public:
  static constexpr size_t most = 8; ///< messages under way

  void lead_to(const collector_actor& to) {
    std::lock_guard<std::mutex> guard{mutex_};
    to_ = to;
    under_way_ = 0;
  }

  /// It ends; another one may have taken its place.
  void leave(caf::actor_id who) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (to_ && to_.id() == who)
      to_ = nullptr;
  }

  /// Whether what is told goes anywhere.
  bool is_open() const {
    std::lock_guard<std::mutex> guard{mutex_};
    return to_ != nullptr;
  }

  void tell(const item& asked, const namings& said) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (!to_ || said.regions.empty())
      return;
    if (under_way_ >= most) {
      ++left_out_;
      return;
    }
    ++under_way_;
    caf::anon_send(to_, keep_atom_v, asked, said);
  }

  /// The collector is done with one.
  void taken() {
    std::lock_guard<std::mutex> guard{mutex_};
    if (under_way_ > 0)
      --under_way_;
  }

  uint64_t left_out() const {
    std::lock_guard<std::mutex> guard{mutex_};
    return left_out_;
  }

private:
  mutable std::mutex mutex_;
  collector_actor to_;
  size_t under_way_ = 0;
  uint64_t left_out_ = 0;
};

} // namespace vpaas
