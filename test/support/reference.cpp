#include "support/reference.hpp"

#include "runtime/error.hpp"
#include "support/clips.hpp"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace vpaas::test {

namespace {

/// RFC 1950, but from 0 as FFmpeg's framecrc.
class adler32 {
public:
  void add(const uint8_t* data, size_t size) {
    while (size > 0) {
      auto n = std::min<size_t>(size, 5552); // no sum overflows
      for (size_t i = 0; i < n; ++i) {
        a_ += data[i];
        b_ += a_;
      }
      a_ %= 65521;
      b_ %= 65521;
      data += n;
      size -= n;
    }
  }

  uint32_t value() const {
    return b_ << 16 | a_;
  }

private:
  uint32_t a_ = 0;
  uint32_t b_ = 0;
};

} // namespace

// The filter at its end tells: a muxer behind it would not let times go back.
std::vector<shown_frame> reference_frames(const std::string& path,
                                          const std::string& format,
                                          const std::string& before) {
  // With threads what it makes of damage, and the order of its lines, differ
  // from one call to the next.
  auto bytes = output_of("SVT_LOG=1 ffmpeg -nostdin -hide_banner -nostats "
                         + before + " -copyts -threads 1 -i '" + path
                         + "' -map 0:v:0 -vf format=" + format
                         + ",showinfo -autoscale 0 -fps_mode passthrough -f "
                           "null - 2>&1");
  std::istringstream in{std::string{bytes.begin(), bytes.end()}};
  std::vector<shown_frame> result;
  int64_t num = 0, den = 1;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("[Parsed_showinfo", 0) != 0)
      continue;
    auto value_of = [&](const std::string& key) -> const char* {
      auto at = line.find(key);
      return at == std::string::npos ? nullptr : line.c_str() + at + key.size();
    };
    if (auto* base = value_of("config in time_base: ")) {
      std::sscanf(base, "%" SCNd64 "/%" SCNd64, &num, &den);
      continue;
    }
    auto *time = value_of(" pts:"), *size = value_of(" s:"),
         *sum = value_of(" checksum:");
    if (!time || !size || !sum)
      continue;
    size_t width = 0, height = 0;
    shown_frame x;
    std::sscanf(size, "%zux%zu", &width, &height);
    std::sscanf(sum, "%x", &x.sum);
    x.bytes = width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2);
    auto us = static_cast<long double>(std::atoll(time))
              * static_cast<long double>(num) * 1e6L
              / static_cast<long double>(den);
    x.us = std::llround(us);
    result.push_back(x);
  }
  return result;
}

shown_frame shown(const frame& x) {
  adler32 sum;
  size_t size = 0;
  for (int i = 0; i < 3; ++i) {
    auto p = x.component(i);
    for (int y = 0; y < p.height; ++y)
      sum.add(p.data + y * p.stride, static_cast<size_t>(p.width));
    size += static_cast<size_t>(p.width) * static_cast<size_t>(p.height);
  }
  return {x.info().pts_us, size, sum.value()};
}

showing our_frames(const source_config& config, decoder_config how,
                   segment_limits limits) {
  auto in = source::open(config);
  if (!in)
    throw std::runtime_error(describe(in.error()));
  segmenter cutter{"test", limits};
  cutter.restart(in->codec(), in->reorder_depth());
  decoder pictures{how};
  showing result;
  auto take = [&](const decoded& x) {
    for (auto& f : x.frames) {
      result.frames.push_back(shown(f));
      result.damaged += f.info().damaged;
    }
    result.lost += x.lost.size();
    if (x.problem && result.problem.empty())
      result.problem = describe(x.problem);
  };
  auto part = [&](const segment& x) {
    result.due += keyframes_in(x, how.every);
    take(pictures.decode(x));
  };
  for (;;) {
    auto x = in->read();
    if (!x)
      throw std::runtime_error(describe(x.error()));
    if (!*x)
      break;
    if (auto y = cutter.push(**x, {}))
      part(*y);
  }
  if (auto y = cutter.finish())
    part(*y);
  take(pictures.finish());
  return result;
}

showing our_frames(const std::string& path) {
  source_config config;
  config.url = path;
  return our_frames(config);
}

std::string difference(const showing& ours,
                       const std::vector<shown_frame>& reference) {
  std::ostringstream out;
  if (ours.due != ours.frames.size() + ours.lost)
    out << "due " << ours.due << ", came " << ours.frames.size() << ", lost "
        << ours.lost << "; ";
  if (ours.frames.size() != reference.size())
    out << ours.frames.size() << " frames instead of " << reference.size()
        << "; ";
  size_t pixels = 0, times = 0;
  auto n = std::min(ours.frames.size(), reference.size());
  for (size_t i = 0; i < n; ++i) {
    auto& a = ours.frames[i];
    auto& b = reference[i];
    if ((a.bytes != b.bytes || a.sum != b.sum) && pixels++ == 0)
      out << "frame " << i << " has other pixels; ";
    if (std::abs(a.us - b.us) > 1 && times++ == 0)
      out << "frame " << i << " is at " << a.us << " instead of " << b.us
          << "; ";
  }
  if (pixels + times > 0)
    out << pixels << " of " << n << " differ in pixels, " << times
        << " in time; ";
  if (!ours.problem.empty() && out.tellp() > 0)
    out << ours.problem;
  return out.str();
}

} // namespace vpaas::test
