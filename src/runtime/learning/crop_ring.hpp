#pragma once

#include "runtime/learning/kept_crop.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

struct crop_ring_config {
  size_t max_bytes = 64 << 20; ///< of all crops
  float alike = 0.95f;         ///< likeness of crops of one thing
  caf::timespan apart = std::chrono::seconds(5); ///< such crops, at least
};

struct crop_ring_counts {
  uint64_t offered = 0;
  uint64_t kept = 0;
  uint64_t alike = 0;   ///< not kept: a crop of the same thing was there
  uint64_t evicted = 0; ///< to make room

  static constexpr auto type_name = "crop_ring_counts";

  static constexpr auto fields() {
    using self = crop_ring_counts;
    return std::make_tuple(
      field("offered", &self::offered), field("kept", &self::kept),
      field("alike", &self::alike), field("evicted", &self::evicted));
  }
};

/// The crops of a fog that somebody could name: bounded in bytes, each camera
/// and each name that the fog gave with the same share, the oldest of the
/// largest share going first. Of one thing that stays in view there is a crop
/// now and then only: one of the same camera that looks alike.
class crop_ring {
public:
  explicit crop_ring(crop_ring_config cfg = {}) : cfg_(cfg) {
    // nop
  }

  /// Whether this crop, without its picture yet, is worth one.
  bool wants(const kept_crop& x);

  void add(kept_crop x);

  /// Null where it is not there any more.
  const kept_crop* find(const std::string& id) const;

  /// Those that were added after `position`, so many at most; moves it on.
  std::vector<const kept_crop*> after(uint64_t& position, size_t most) const;

  const crop_ring_counts& counts() const {
    return counts_;
  }

  size_t size() const {
    return crops_.size();
  }

  size_t bytes() const {
    return bytes_;
  }

private:
  using group = std::pair<std::string, std::string>; // camera, name

  struct share {
    std::deque<uint64_t> crops; ///< positions
    size_t bytes = 0;
  };

  void evict();

  crop_ring_config cfg_;
  std::map<uint64_t, kept_crop> crops_; ///< by position
  std::map<std::string, uint64_t> ids_;
  std::map<group, share> shares_;
  std::map<std::string, std::deque<uint64_t>> recent_; ///< of each camera
  uint64_t last_ = 0;
  size_t bytes_ = 0;
  crop_ring_counts counts_;
};

} // namespace vpaas
