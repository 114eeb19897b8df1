#pragma once

#include "runtime/media/av.hpp"
#include "runtime/media/segment.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

// What MP4 wants to know of pictures and their source does not say.

/// Parameter sets that stand in the first picture; empty where one is missing.
std::vector<uint8_t> sets_within(const segment& x);

/// Shape and format of the first picture, where the source does not tell.
void look_at_pictures(const segment& x, AVCodecParameters& to);

void set_extradata(AVCodecParameters& to, const uint8_t* data, size_t size);

/// Decoding times of the pictures of a segment: Matroska, for one, gives none
/// to the first, and raw streams none at all. `no_time` where nothing tells.
std::vector<int64_t> coding_times(const std::vector<packet>& xs, double fps);

} // namespace vpaas
