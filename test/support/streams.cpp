#include "support/streams.hpp"

#include "support/clips.hpp"
#include "support/stream_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vpaas::test {

namespace fs = std::filesystem;

namespace {

/// Writes the syntax of H.264, clause 7.2 and 9.1.
class bit_writer {
public:
  bit_writer& u(int count, uint32_t x) {
    for (auto i = count - 1; i >= 0; --i)
      bits_.push_back(x >> i & 1);
    return *this;
  }

  bit_writer& ue(uint32_t x) {
    auto length = 0;
    for (auto y = x + 1; y > 0; y >>= 1)
      ++length;
    return u(length - 1, 0).u(length, x + 1);
  }

  bit_writer& trail() {
    u(1, 1);
    return align();
  }

  bit_writer& align() {
    while (bits_.size() % 8 != 0)
      bits_.push_back(false);
    return *this;
  }

  bytes value() const {
    bytes result;
    for (size_t i = 0; i < bits_.size(); i += 8) {
      uint8_t x = 0;
      for (size_t k = 0; k < 8; ++k)
        x = static_cast<uint8_t>(x << 1 | bits_[i + k]);
      result.push_back(x);
    }
    return result;
  }

private:
  std::vector<bool> bits_;
};

void unit(bytes& to, uint8_t header, const bytes& payload) {
  to.insert(to.end(), {0, 0, 0, 1, header});
  auto zeros = 0;
  for (auto x : payload) {
    if (zeros >= 2 && x <= 3) {
      to.push_back(3);
      zeros = 0;
    }
    to.push_back(x);
    zeros = x == 0 ? zeros + 1 : 0;
  }
}

constexpr uint32_t side = 128;

bytes field_sequence() {
  bit_writer x;
  x.u(8, 77).u(8, 0).u(8, 30).ue(0); // main profile
  x.ue(0).ue(0).ue(4);               // 4 bits of frame_num, 8 of order
  x.ue(2).u(1, 0).ue(side / 16 - 1).ue(side / 32 - 1);
  x.u(1, 0).u(1, 0).u(1, 1).u(1, 0);                    // fields, no MBAFF
  x.u(1, 1).u(4, 0).u(1, 1).u(32, 1).u(32, 50).u(1, 1); // 25 pictures a second
  x.u(1, 0).u(1, 0).u(1, 1).u(1, 0);
  return x.trail().value();
}

bytes field_set() {
  bit_writer x;
  x.ue(0).ue(0).u(2, 0).ue(0).ue(0).ue(0).u(3, 0).ue(0).ue(0).ue(0).u(3, 0);
  return x.trail().value();
}

bytes field(uint32_t n, uint32_t bottom, bool idr) {
  bit_writer x;
  x.ue(0).ue(7).ue(0).u(4, idr ? 0 : n % 16).u(1, 1).u(1, bottom);
  if (idr)
    x.ue(n % 2);
  x.u(8, 2 * n + bottom).u(idr ? 2 : 1, 0).ue(0);
  bytes result;
  for (uint32_t i = 0; i < side / 16 * (side / 32); ++i) {
    if (i > 0)
      x = {};
    auto head = x.ue(25).align().value();
    result.insert(result.end(), head.begin(), head.end());
    result.insert(result.end(), 256,
                  static_cast<uint8_t>(16 + n * 5 + 10 * bottom));
    result.insert(result.end(), 128, 128);
  }
  result.push_back(0x80);
  return result;
}

/// Positions of start codes.
std::vector<size_t> starts_of(const bytes& x) {
  std::vector<size_t> result;
  for (size_t i = 0; i + 3 < x.size(); ++i)
    if (x[i] == 0 && x[i + 1] == 0 && x[i + 2] == 1)
      result.push_back(i);
  return result;
}

} // namespace

std::string made(const std::string& name, const std::string& arguments) {
  auto path = place(name);
  if (!fs::exists(path))
    ffmpeg(arguments + " " + path);
  return path;
}

std::string pattern(const std::string& size, size_t frames) {
  return "-f lavfi -i testsrc2=size=" + size
         + ":rate=25,noise=alls=8:allf=t:all_seed=7 -frames:v "
         + std::to_string(frames) + " -pix_fmt yuv420p -threads 1 ";
}

std::string plain(const std::string& name, const std::string& size,
                  const std::string& encoding, size_t frames) {
  return made(name, pattern(size, frames)
                      + "-c:v libx264 -preset veryfast -g 30 " + encoding);
}

std::string joined_flv(const std::string& name,
                       const std::vector<std::string>& files) {
  bytes out{'F', 'L', 'V', 1, 1, 0, 0, 0, 9, 0, 0, 0, 0};
  uint32_t shift = 0, last = 0;
  for (auto& file : files) {
    auto in = read(file);
    for (size_t at = 13; at + 11 <= in.size();) {
      auto kind = in[at];
      auto size = get(in, at + 1, 3);
      auto time = get(in, at + 4, 3) | uint32_t{in[at + 7]} << 24;
      auto body = at + 11;
      auto end_of_sequence = kind == 9 && in[body + 1] == 2;
      if (!end_of_sequence && (kind != 18 || shift == 0)) {
        last = time + shift;
        out.push_back(kind);
        put(out, size, 3);
        put(out, last & 0xffffff, 3);
        out.push_back(static_cast<uint8_t>(last >> 24));
        put(out, 0, 3);
        out.insert(out.end(), in.begin() + static_cast<ptrdiff_t>(body),
                   in.begin() + static_cast<ptrdiff_t>(body + size));
        put(out, size + 11, 4);
      }
      at = body + size + 4;
    }
    shift = last + 40;
  }
  return write(name, out);
}

std::string joined(const std::string& name,
                   const std::vector<std::string>& files) {
  bytes out;
  for (auto& file : files) {
    auto in = read(file);
    out.insert(out.end(), in.begin(), in.end());
  }
  return write(name, out);
}

std::string field_pictures(const std::string& name, int pictures) {
  bytes out;
  for (int i = 0; i < pictures; ++i) {
    auto n = static_cast<uint32_t>(i % 12);
    unit(out, 9, {0x10});
    if (n == 0) {
      unit(out, 0x67, field_sequence());
      unit(out, 0x68, field_set());
    }
    unit(out, n == 0 ? 0x65 : 0x61, field(n, 0, n == 0));
    unit(out, 9, {0x30});
    unit(out, 0x61, field(n, 1, false));
  }
  return write(name, out);
}

std::string from_recovery_point(const std::string& name,
                                const std::string& file, int from) {
  auto in = read(file);
  auto starts = starts_of(in);
  bytes out;
  auto pictures = 0;
  auto head = starts.front(); // of the access unit that is read
  auto fresh = true;
  for (size_t i = 0; i < starts.size(); ++i) {
    auto type = in[starts[i] + 3] & 31;
    auto end = i + 1 < starts.size() ? starts[i + 1] : in.size();
    auto begin = in.begin() + static_cast<ptrdiff_t>(starts[i]);
    if ((type == 7 || type == 8) && pictures == 0)
      out.insert(out.end(), begin, in.begin() + static_cast<ptrdiff_t>(end));
    if (fresh)
      head = starts[i];
    fresh = type == 1 || type == 5;
    if (fresh && pictures++ == from)
      break;
  }
  out.insert(out.end(), in.begin() + static_cast<ptrdiff_t>(head), in.end());
  return write(name, out);
}

std::string with_orientation(const std::string& name, const std::string& file,
                             uint16_t rotation, bool mirrored) {
  auto in = read(file);
  auto at = in.begin();
  for (auto start : starts_of(in))
    if ((in[start + 3] >> 1 & 63) < 32) {
      at += static_cast<ptrdiff_t>(start);
      break;
    }
  bit_writer x;
  x.u(8, 1).u(8, 47).u(8, 3); // second byte of the header, type, size
  x.u(1, 0).u(1, mirrored).u(1, 0).u(16, rotation).u(1, 1).trail();
  x.trail();
  bytes out{in.begin(), at};
  unit(out, 0x4e, x.value());
  out.insert(out.end(), at, in.end());
  return write(name, out);
}

std::string without_pictures(const std::string& name, const std::string& file,
                             const std::function<bool(int)>& lost) {
  auto in = read(file);
  auto starts = starts_of(in);
  bytes out;
  auto pictures = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    auto type = in[starts[i] + 3] & 31;
    auto end = i + 1 < starts.size() ? starts[i + 1] : in.size();
    auto picture = type == 1 || type == 5;
    if (!picture || !lost(pictures++))
      out.insert(out.end(), in.begin() + static_cast<ptrdiff_t>(starts[i]),
                 in.begin() + static_cast<ptrdiff_t>(end));
  }
  return write(name, out);
}

std::string damaged(const std::string& name, const std::string& file,
                    const std::vector<size_t>& packets) {
  auto text = output_of("ffprobe -v error -select_streams v:0 -show_entries "
                        "packet=pos,size -of csv=p=0 "
                        + file);
  std::istringstream in{std::string{text.begin(), text.end()}};
  auto out = read(file);
  size_t number = 0;
  for (std::string line; std::getline(in, line); ++number) {
    if (std::find(packets.begin(), packets.end(), number) == packets.end())
      continue;
    auto size = std::stoul(line);
    auto at = std::stoul(line.substr(line.find(',') + 1));
    for (auto i = at + size / 2 + 8; i < at + size; ++i)
      out.at(i) = 0x55;
  }
  return write(name, out);
}

} // namespace vpaas::test
