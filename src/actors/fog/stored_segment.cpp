#include "actors/fog/stored_segment.hpp"

#include "runtime/error.hpp"

#include <cstring>
#include <tuple>
#include <type_traits>

namespace vpaas {

namespace {

// Numbers are LEB128, signed ones with the sign in the lowest bit; a time and a
// real number are 8 bytes, the highest first; text and bytes follow their
// length, and the members of a list their number.

class writer {
public:
  template <class T>
  void number(T& x) {
    auto rest = static_cast<uint64_t>(x);
    if constexpr (std::is_signed_v<T>)
      rest = (rest << 1) ^ (x < 0 ? ~uint64_t{0} : 0);
    for (; rest > 0x7F; rest >>= 7)
      out_ += static_cast<char>((rest & 0x7F) | 0x80);
    out_ += static_cast<char>(rest);
  }

  void flag(bool& x) {
    out_ += x ? '\1' : '\0';
  }

  /// Two in one byte; the second came later, and was never set before.
  void flags(bool& x, bool& later) {
    out_ += static_cast<char>((x ? 1 : 0) | (later ? 2 : 0));
  }

  void word(uint64_t& x) {
    for (int shift = 56; shift >= 0; shift -= 8)
      out_ += static_cast<char>(x >> shift);
  }

  void text(std::string& x) {
    auto n = x.size();
    number(n);
    out_ += x;
  }

  void bytes(blob& x) {
    auto n = x.size();
    number(n);
    out_.append(reinterpret_cast<const char*>(x.data()), n);
  }

  template <class T>
  void count(std::vector<T>& xs) {
    auto n = xs.size();
    number(n);
  }

  std::string take() {
    return std::move(out_);
  }

private:
  std::string out_;
};

/// Once something is wrong, all that follows is as it was.
class reader {
public:
  explicit reader(const std::string& in) : in_(in) {
    // nop
  }

  template <class T>
  void number(T& x) {
    using limits = std::numeric_limits<std::make_unsigned_t<T>>;
    uint64_t bits = 0;
    for (int shift = 0;; shift += 7) {
      uint64_t byte = next();
      auto low = byte & 0x7F;
      good_ = good_ && shift <= 63 && low <= (uint64_t{limits::max()} >> shift);
      if (!good_)
        return;
      bits |= low << shift;
      if (byte <= 0x7F)
        break;
    }
    if constexpr (std::is_signed_v<T>)
      bits = (bits >> 1) ^ (bits & 1 ? ~uint64_t{0} : 0);
    x = static_cast<T>(bits);
  }

  void flag(bool& x) {
    x = next() != 0;
  }

  void flags(bool& x, bool& later) {
    auto byte = next();
    x = (byte & 1) != 0;
    later = (byte & 2) != 0;
  }

  void word(uint64_t& x) {
    x = 0;
    for (int i = 0; i < 8; ++i)
      x = x << 8 | next();
  }

  void text(std::string& x) {
    auto n = length();
    x = in_.substr(at_, n);
    at_ += n;
  }

  void bytes(blob& x) {
    auto n = length();
    auto from = in_.begin() + static_cast<ptrdiff_t>(at_);
    x = blob{blob::buffer(from, from + static_cast<ptrdiff_t>(n))};
    at_ += n;
  }

  template <class T>
  void count(std::vector<T>& xs) {
    xs.resize(length()); // each takes a byte at least
  }

  bool done() const {
    return good_ && at_ == in_.size();
  }

private:
  uint8_t next() {
    good_ = good_ && at_ < in_.size();
    return good_ ? static_cast<uint8_t>(in_[at_++]) : uint8_t{0};
  }

  /// Of what follows; not more than there is.
  size_t length() {
    size_t n = 0;
    number(n);
    good_ = good_ && n <= in_.size() - at_;
    return good_ ? n : 0;
  }

  const std::string& in_;
  size_t at_ = 0;
  bool good_ = true;
};

// Who adds a member decides here whether it is kept.
template <class T, size_t N>
constexpr bool has_members = std::tuple_size_v<decltype(T::fields())> == N;

static_assert(has_members<codec_parameters, 11>);
static_assert(has_members<packet, 6>);
static_assert(has_members<segment, 11>);
static_assert(has_members<segment_key, 2>);
static_assert(has_members<spool_position, 6>);

template <class Archive>
void lay_out(Archive& f, double& x) {
  uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof(bits));
  f.word(bits);
  std::memcpy(&x, &bits, sizeof(bits));
}

template <class Archive>
void lay_out(Archive& f, caf::timestamp& x) {
  auto bits = static_cast<uint64_t>(x.time_since_epoch().count());
  f.word(bits);
  x = caf::timestamp{caf::timespan{static_cast<int64_t>(bits)}};
}

template <class Archive>
void lay_out(Archive& f, codec_parameters& x) {
  f.text(x.codec);
  if (x.codec.empty())
    return; // those of the parts before
  f.number(x.width);
  f.number(x.height);
  f.text(x.pixel_format);
  // One word: what was written when there was nothing but `rotation` reads the
  // same.
  auto shape = x.rotation | (x.mirrored ? 512 : 0) | x.reorder_depth << 10;
  f.number(shape);
  x.rotation = shape & 511;
  x.mirrored = (shape & 512) != 0;
  x.reorder_depth = shape >> 10 & 31;
  f.number(x.matrix);
  f.number(x.range);
  lay_out(f, x.fps);
  f.bytes(x.extradata);
}

template <class Archive>
void lay_out(Archive& f, packet& x) {
  f.number(x.size);
  f.flags(x.key, x.hidden);
  f.number(x.pts_us);
  f.number(x.dts_us);
  lay_out(f, x.captured);
}

template <class Archive>
void lay_out(Archive& f, segment& x) {
  f.text(x.stream);
  f.number(x.number);
  f.number(x.part);
  f.number(x.first_frame);
  f.flags(x.discontinuity, x.connected);
  f.flag(x.last);
  f.flag(x.live);
  lay_out(f, x.codec);
  f.count(x.packets);
  for (auto& p : x.packets)
    lay_out(f, p);
  f.bytes(x.bytes);
}

template <class Archive>
void lay_out(Archive& f, spool_position& x) {
  f.text(x.camera);
  f.number(x.camera_key.number);
  f.number(x.camera_key.part);
  f.number(x.segment_offset);
  f.number(x.frame_offset);
  f.number(x.next_segment);
  f.number(x.next_frame);
}

template <class T>
std::string to_bytes(T x) {
  writer to;
  lay_out(to, x);
  return to.take();
}

template <class T>
caf::expected<T> from_bytes(const stored_bytes& in, const char* what) {
  T result;
  reader from{in.bytes};
  lay_out(from, result);
  if (in.format + 1 == spool_formats.size() && from.done())
    return result;
  return caf::make_error(ec::bad_input,
                         std::string{"failed to read "} + what
                           + " of a spool: its bytes are not laid out as "
                             "format "
                           + std::to_string(in.format)
                           + "; it cannot be used any more");
}

} // namespace

std::string store(const segment& x) {
  return to_bytes(x);
}

std::string store(const spool_position& x) {
  return to_bytes(x);
}

caf::expected<segment> read_segment(const stored_bytes& x) {
  return from_bytes<segment>(x, "a segment");
}

caf::expected<spool_position> read_position(const stored_bytes& x) {
  return from_bytes<spool_position>(x, "the position");
}

} // namespace vpaas
