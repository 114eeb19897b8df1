#include "runtime/media/bitstream.hpp"

#include "runtime/media/av.hpp"

namespace vpaas {

namespace {

bool starts_with_start_code(const blob& x) {
  auto* p = x.data();
  return x.size() >= 4 && p[0] == 0 && p[1] == 0
         && (p[2] == 1 || (p[2] == 0 && p[3] == 1));
}

// ISO/IEC 14496-15: lengthSizeMinusOne of avcC and hvcC.
size_t length_size_of(const blob& extradata, size_t at) {
  if (extradata.size() <= at || starts_with_start_code(extradata))
    return 0;
  return (extradata.data()[at] & 3u) + 1u;
}

} // namespace

bitstream_rules::bitstream_rules(const codec_parameters& codec) {
  auto* found = avcodec_descriptor_get_by_name(codec.codec.c_str());
  if (!found)
    return;
  switch (found->id) {
    case AV_CODEC_ID_H264:
      family_ = family::h264;
      length_size_ = length_size_of(codec.extradata, 4);
      break;
    case AV_CODEC_ID_HEVC:
      family_ = family::hevc;
      length_size_ = length_size_of(codec.extradata, 21);
      if (length_size_ > 0)
        sub_layers_ = codec.extradata.data()[21] >> 3 & 7;
      else
        look_hevc(codec.extradata.data(), codec.extradata.size());
      break;
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
      family_ = family::reset_by_key;
      break;
    default:
      if (found->props & AV_CODEC_PROP_INTRA_ONLY)
        family_ = family::intra_only;
  }
}

packet_facts bitstream_rules::look(const uint8_t* data, size_t size, bool key) {
  switch (family_) {
    case family::intra_only:
      return {true, true};
    case family::h264:
      return look_h264(data, size);
    case family::hevc:
      return look_hevc(data, size);
    case family::reset_by_key:
      return {false, key};
    default:
      return {};
  }
}

packet_facts bitstream_rules::look_h264(const uint8_t* data,
                                        size_t size) const {
  auto pictures = 0;
  packet_facts result{true, false};
  for_each_nal(data, size, length_size_, [&](const uint8_t* nal, size_t) {
    auto type = nal[0] & 31;
    if (type >= 1 && type <= 5) {
      ++pictures;
      result.droppable = result.droppable && (nal[0] & 0x60) == 0;
      result.clean_start = result.clean_start || type == 5;
    } else if (type == 7 || type == 8 || type == 13 || type == 15) {
      result.droppable = false; // parameter sets outlive their picture
    }
  });
  result.droppable = result.droppable && pictures > 0;
  return result;
}

packet_facts bitstream_rules::look_hevc(const uint8_t* data, size_t size) {
  auto pictures = 0;
  packet_facts result{true, false};
  for_each_nal(data, size, length_size_, [&](const uint8_t* nal, size_t n) {
    if (n < 3)
      return;
    auto type = nal[0] >> 1 & 63;
    auto layer = (nal[1] & 7) - 1;
    if (type < 32) {
      ++pictures;
      auto leaf = type <= 14 && type % 2 == 0 && layer + 1 == sub_layers_;
      result.droppable = result.droppable && leaf;
      result.clean_start = result.clean_start || (type >= 16 && type <= 20);
    } else if (type <= 34) {
      result.droppable = false;
      if (type == 33)
        sub_layers_ = (nal[2] >> 1 & 7) + 1;
    }
  });
  result.droppable = result.droppable && pictures > 0;
  return result;
}

} // namespace vpaas
