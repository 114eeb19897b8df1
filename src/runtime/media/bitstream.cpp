#include "runtime/media/bitstream.hpp"

#include "runtime/media/av.hpp"

namespace vpaas {

namespace {

// ISO/IEC 14496-15: lengthSizeMinusOne of avcC and hvcC.
size_t length_size_of(const blob& extradata, size_t at) {
  auto* p = extradata.data();
  if (extradata.size() <= at
      || (p[0] == 0 && p[1] == 0 && (p[2] == 1 || p[2] == 0)))
    return 0;
  return (p[at] & 3u) + 1u;
}

// RFC 6386, 9.1: the bit show_frame of a frame's tag.
bool hidden_vp8(const uint8_t* data, size_t size) {
  return size > 0 && (data[0] & 0x10) == 0;
}

// VP9, 6.2: show_existing_frame, frame_type, show_frame; a superframe ends with
// a picture that is shown (annex B).
bool hidden_vp9(const uint8_t* data, size_t size) {
  if (size < 2 || (data[0] & 0xc0) != 0x80 || (data[size - 1] & 0xe0) == 0xc0)
    return false;
  auto at = (data[0] & 0x30) == 0x30 ? 5 : 4; // profile 3 has a bit more
  auto bit = [&](int i) { return (data[i / 8] >> (7 - i % 8) & 1) != 0; };
  return !bit(at) && !bit(at + 2);
}

// ISO/IEC 13818-2, 6.2.2.6: group_start_code, 25 bits of time, closed_gop.
bool closed_group(const uint8_t* data, size_t size) {
  for (size_t i = 0; i + 8 <= size && i < 512; ++i)
    if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1
        && data[i + 3] == 0xb8)
      return (data[i + 7] & 0x40) != 0;
  return false;
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
      take_sets(codec.extradata);
      break;
    case AV_CODEC_ID_HEVC:
      family_ = family::hevc;
      length_size_ = length_size_of(codec.extradata, 21);
      if (length_size_ > 0)
        sub_layers_ = codec.extradata.data()[21] >> 3 & 7;
      take_sets(codec.extradata);
      break;
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
      family_ = family::mpeg2;
      break;
    case AV_CODEC_ID_VP8:
      family_ = family::vp8;
      break;
    case AV_CODEC_ID_VP9:
      family_ = family::vp9;
      break;
    case AV_CODEC_ID_AV1:
      family_ = family::av1;
      break;
    default:
      if (found->props & AV_CODEC_PROP_INTRA_ONLY)
        family_ = family::intra_only;
  }
}

void bitstream_rules::take_sets(const blob& extradata) {
  auto hevc = family_ == family::hevc;
  for_each_set(extradata, hevc, [&](const uint8_t* nal, size_t n) {
    if (!hevc)
      headers_.take(nal, n);
    else if (length_size_ == 0 && n > 2 && (nal[0] >> 1 & 63) == 33)
      sub_layers_ = (nal[2] >> 1 & 7) + 1;
  });
}

packet_facts bitstream_rules::look(const uint8_t* data, size_t size, bool key) {
  packet_facts result;
  switch (family_) {
    case family::h264:
      return look_h264(data, size, key);
    case family::hevc:
      return look_hevc(data, size);
    case family::intra_only:
      result.droppable = result.clean_start = true;
      break;
    case family::vp8:
      result.hidden = hidden_vp8(data, size);
      result.clean_start = key;
      break;
    case family::vp9:
      result.hidden = hidden_vp9(data, size);
      result.clean_start = key;
      break;
    case family::av1:
      result.clean_start = key;
      break;
    case family::mpeg2:
      result.clean_start = key && closed_group(data, size);
      break;
    case family::unknown:
      break;
  }
  result.start = result.recovered = key || result.clean_start;
  return result;
}

packet_facts bitstream_rules::look_h264(const uint8_t* data, size_t size,
                                        bool key) {
  packet_facts result{true};
  auto pictures = 0, sets = 0, others = 0;
  announced_ = -1;
  for_each_nal(data, size, length_size_, [&](const uint8_t* nal, size_t n) {
    auto type = nal[0] & 31;
    sets += type >= 6 && type <= 15;
    others += type < 6 || type > 15;
    if ((type == 1 || type == 2 || type == 5) && n > 1) {
      result.droppable = result.droppable && (nal[0] & 0x60) == 0;
      result.clean_start = result.clean_start || type == 5;
      take_slice(headers_.slice(nal, n), ++pictures == 1, result);
    } else if (type == 7 || type == 8 || type == 13 || type == 15) {
      result.droppable = false; // parameter sets outlive their picture
      if (type == 7 || type == 8)
        headers_.take(nal, n);
    } else if (type == 6) {
      if (auto x = recovery_point(nal + 1, n - 1, false))
        announced_ = *x;
    }
  });
  result.droppable = result.droppable && pictures > 0;
  result.empty = sets > 0 && others == 0;
  // A container may know a start that the stream does not announce.
  if (key && !result.start && pictures > 0)
    result.start = result.recovered = true;
  return result;
}

void bitstream_rules::take_slice(const h264_slice& x, bool first,
                                 packet_facts& result) {
  auto same = any_ && same_picture(last_, x);
  auto pair = !same && half_ && completes(last_, x);
  if (first) {
    result.continues = same || pair;
    result.headless = !x.first;
  }
  if (!same) {
    half_ = x.field && !pair;
    if (!pair)
      recover_h264(x, result);
  }
  last_ = x;
  any_ = true;
}

// recovery_frame_cnt counts frames that others are predicted from, as frame_num
// does. A point that would be reached later than one before it adds nothing.
void bitstream_rules::recover_h264(const h264_slice& x, packet_facts& result) {
  auto nums = int64_t{x.frame_nums};
  if (announced_ >= 0 && x.known) {
    auto target = (x.frame_num + announced_) % nums;
    auto to_go = (recovers_at_ - x.frame_num + nums) % nums;
    if (recovers_at_ < 0 || to_go > announced_) {
      recovers_at_ = target;
      result.start = true;
    }
  } else if (announced_ >= 0) {
    result.start = true;
  }
  if (x.idr || (x.known && x.reference && recovers_at_ == x.frame_num)) {
    result.start = result.start || x.idr;
    result.recovered = true;
    recovers_at_ = -1;
  }
}

packet_facts bitstream_rules::look_hevc(const uint8_t* data, size_t size) {
  packet_facts result{true};
  auto pictures = 0, sets = 0, others = 0;
  announced_ = -1;
  for_each_nal(data, size, length_size_, [&](const uint8_t* nal, size_t n) {
    auto type = nal[0] >> 1 & 63;
    sets += type >= 32 && type <= 40;
    others += type < 32 || type > 40;
    if (n < 3)
      return;
    auto layer = (nal[1] & 7) - 1;
    if (type < 32) {
      auto first = (nal[2] & 0x80) != 0; // first_slice_segment_in_pic_flag
      if (++pictures == 1) {
        result.continues = !first && any_;
        result.headless = !first;
      }
      auto leaf = type <= 14 && type % 2 == 0 && layer + 1 == sub_layers_;
      result.droppable = result.droppable && leaf;
      result.clean_start = result.clean_start || (type >= 16 && type <= 20);
      result.leading = type == 8 || type == 9; // RASL, 7.4.2.2
      if (first)
        recover_hevc(type >= 16 && type <= 23, result);
      any_ = true;
    } else if (type <= 34) {
      result.droppable = false;
      if (type == 33)
        sub_layers_ = (nal[2] >> 1 & 7) + 1;
    } else if (type == 39) {
      if (auto x = recovery_point(nal + 2, n - 2, true))
        announced_ = std::max(*x, 0);
    }
  });
  result.droppable = result.droppable && pictures > 0;
  result.empty = sets > 0 && others == 0;
  return result;
}

// recovery_poc_cnt is in units of picture order, of which a picture takes one
// or more: counted in pictures it is reached no earlier.
void bitstream_rules::recover_hevc(bool random_access, packet_facts& result) {
  if (random_access) {
    result.start = result.recovered = true;
    recovers_at_ = -1;
    return;
  }
  if (announced_ >= 0 && (recovers_at_ < 0 || recovers_at_ > announced_)) {
    recovers_at_ = announced_;
    result.start = true;
  }
  if (recovers_at_ >= 0 && recovers_at_-- == 0)
    result.recovered = true;
}

} // namespace vpaas
