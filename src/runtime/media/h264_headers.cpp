#include "runtime/media/h264_headers.hpp"

#include "runtime/media/bit_reader.hpp"

namespace vpaas {

namespace {

// A slice header up to what is read of it.
constexpr size_t head_bytes = 48;

constexpr uint32_t recovery_payload = 6;

// 7.3.2.1.1.1
void skip_scaling_list(bit_reader& in, int size) {
  auto next = 8;
  for (auto i = 0; i < size && next != 0; ++i)
    next = (next + in.signed_exp_golomb() + 256) % 256;
}

// The profiles whose sets say how chroma is sampled (7.3.2.1.1).
bool says_chroma(uint32_t profile) {
  for (auto x : {100u, 110u, 122u, 244u, 44u, 83u, 86u, 118u, 128u, 138u, 139u,
                 134u, 135u})
    if (x == profile)
      return true;
  return false;
}

// Returns separate_colour_plane_flag.
bool read_chroma(bit_reader& in) {
  auto format = in.exp_golomb();
  auto apart = format == 3 && in.flag();
  in.exp_golomb(); // bit depths
  in.exp_golomb();
  in.skip(1);
  if (in.flag())
    for (auto i = 0; i < (format == 3 ? 12 : 8); ++i)
      if (in.flag())
        skip_scaling_list(in, i < 6 ? 16 : 64);
  return apart;
}

} // namespace

bool same_picture(const h264_slice& a, const h264_slice& b) {
  return !b.first
         && (!a.known || !b.known
             || (a.idr == b.idr && a.reference == b.reference
                 && a.field == b.field && a.bottom == b.bottom
                 && a.sets == b.sets && a.frame_num == b.frame_num
                 && a.idr_id == b.idr_id && a.order == b.order));
}

bool completes(const h264_slice& a, const h264_slice& b) {
  return a.known && b.known && a.field && b.field && a.bottom != b.bottom
         && a.frame_num == b.frame_num && (a.idr || !b.idr);
}

void h264_headers::take(const uint8_t* nal, size_t size) {
  if (size < 2)
    return;
  if ((nal[0] & 31) == 7)
    return take_sequence(nal + 1, size - 1);
  bit_reader in{nal + 1, size - 1};
  auto id = in.exp_golomb();
  auto sequence = in.exp_golomb();
  if (in.good() && id < sequence_of_.size() && sequence < sequences_.size())
    sequence_of_[id] = static_cast<int16_t>(sequence);
}

void h264_headers::take_sequence(const uint8_t* nal, size_t size) {
  bit_reader in{nal, size};
  auto profile = in.bits(8);
  in.skip(16);
  auto id = in.exp_golomb();
  sequence x;
  x.planes_apart = says_chroma(profile) && read_chroma(in);
  x.frame_num_bits = static_cast<uint8_t>(in.exp_golomb() + 4);
  auto order_type = in.exp_golomb();
  if (order_type == 0) {
    x.order_bits = static_cast<uint8_t>(in.exp_golomb() + 4);
  } else if (order_type == 1) {
    in.skip(1);
    in.exp_golomb();
    in.exp_golomb();
    auto count = in.exp_golomb();
    for (uint32_t i = 0; i < count && i < 255; ++i)
      in.exp_golomb();
  }
  in.exp_golomb(); // reference frames
  in.skip(1);
  in.exp_golomb(); // size
  in.exp_golomb();
  x.fields = !in.flag();
  x.known = in.good() && x.frame_num_bits <= 16 && x.order_bits <= 16;
  if (id < sequences_.size() && x.known)
    sequences_[id] = x;
}

h264_slice h264_headers::slice(const uint8_t* nal, size_t size) const {
  h264_slice result;
  bit_reader in{nal + 1, std::min(size - 1, head_bytes)};
  result.idr = (nal[0] & 31) == 5;
  result.reference = (nal[0] & 0x60) != 0;
  result.first = in.exp_golomb() == 0;
  in.exp_golomb(); // type
  result.sets = in.exp_golomb();
  if (result.sets >= sequence_of_.size() || sequence_of_[result.sets] < 0)
    return result;
  auto& x = sequences_[static_cast<size_t>(sequence_of_[result.sets])];
  if (!x.known)
    return result;
  if (x.planes_apart)
    in.skip(2);
  result.frame_num = in.bits(x.frame_num_bits);
  result.frame_nums = 1u << x.frame_num_bits;
  if (x.fields)
    result.field = in.flag();
  if (result.field)
    result.bottom = in.flag();
  if (result.idr)
    result.idr_id = in.exp_golomb();
  if (x.order_bits > 0)
    result.order = in.bits(x.order_bits);
  result.known = in.good();
  return result;
}

std::optional<int32_t> recovery_point(const uint8_t* data, size_t size,
                                      bool hevc) {
  size_t i = 0;
  // 7.3.2.3.1: bytes of 255 add up.
  auto number = [&] {
    uint32_t result = 0;
    while (i < size && data[i] == 255) {
      result += 255;
      ++i;
    }
    return i < size ? result + data[i++] : result;
  };
  while (i + 2 < size) {
    auto type = number();
    auto length = number();
    if (length > size - i)
      return std::nullopt;
    if (type == recovery_payload && length > 0) {
      bit_reader in{data + i, length};
      return hevc ? in.signed_exp_golomb()
                  : static_cast<int32_t>(in.exp_golomb() & 0xffff);
    }
    i += length;
  }
  return std::nullopt;
}

} // namespace vpaas
