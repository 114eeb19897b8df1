#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vpaas::test {

/// Runs ffmpeg with `arguments` and an output of this name in a folder of this
/// test program, once for each name. @returns its path
std::string made(const std::string& name, const std::string& arguments);

/// Input options of a moving picture with noise: 25 frames a second.
std::string pattern(const std::string& size, size_t frames);

/// H.264 of that picture, an intra frame each 30. @returns its path
std::string plain(const std::string& name, const std::string& size,
                  const std::string& encoding, size_t frames = 90);

/// FLV files behind each other, the times going on, as a camera that changes
/// its settings: a sequence header in the middle.
std::string joined_flv(const std::string& name,
                       const std::vector<std::string>& files);

/// Files behind each other, byte for byte.
std::string joined(const std::string& name,
                   const std::vector<std::string>& files);

/// H.264 in field pictures (PAFF): two access units of intra PCM macroblocks a
/// picture, an IDR each 12 pictures, 25 pictures a second.
std::string field_pictures(const std::string& name, int pictures);

/// An Annex B file from its access unit `from` on, its first parameter sets in
/// front.
std::string from_recovery_point(const std::string& name,
                                const std::string& file, int from);

/// An MP4 with another display matrix: a, b, c, d of ISO/IEC 14496-12, 6.2.2.
std::string with_matrix(const std::string& name, const std::string& file, int a,
                        int b, int c, int d);

/// An MP4 of the pictures of two, with a sample description each, as a recorder
/// writes whose camera changes its settings. Both without B frames.
std::string two_descriptions(const std::string& name, const std::string& a,
                             const std::string& b);

/// An Annex B file of HEVC whose first picture says how all are to be shown.
/// @param rotation anticlockwise, in 1/65536 of a turn @param mirrored first
std::string with_orientation(const std::string& name, const std::string& file,
                             uint16_t rotation, bool mirrored);

/// An Annex B file of H.264 without the slices, of a picture or a field each,
/// that are `lost` by their numbers from 0.
std::string without_pictures(const std::string& name, const std::string& file,
                             const std::function<bool(int)>& lost);

/// A file whose packets of these numbers have lost their second half.
std::string damaged(const std::string& name, const std::string& file,
                    const std::vector<size_t>& packets);

} // namespace vpaas::test
