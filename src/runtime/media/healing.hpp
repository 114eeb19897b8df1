#pragma once

#include "runtime/media/bitstream.hpp"

#include <cstdint>
#include <deque>
#include <set>
#include <utility>

namespace vpaas {

/// Which pictures are whole after one had an error. What is predicted from a
/// damaged picture is damaged too, up to a picture from which on, in the order
/// of display, the stream promises whole ones: an intra frame, a recovery
/// point. Pictures are known by ids that grow in the order of decoding.
class healing {
public:
  /// The picture `id`, or others at it, had an error.
  void damage(int64_t id);

  /// The picture `id` goes into the decoder.
  void feed(int64_t id, const packet_facts& facts);

  /// The picture `id` comes out. @returns whether it is whole
  bool whole(int64_t id);

private:
  std::set<int64_t> damaged_; ///< not healed: the first one after each start
  int64_t last_start_ = -1;
  int64_t recovering_ = -1; ///< the start that has not recovered yet
  /// Starts and the pictures with which their recoveries are complete.
  std::deque<std::pair<int64_t, int64_t>> recoveries_;
};

} // namespace vpaas
