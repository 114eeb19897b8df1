#include "support/clips.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace vpaas::test {

namespace fs = std::filesystem;

std::vector<uint8_t> output_of(const std::string& command) {
  auto* pipe = popen(command.c_str(), "r");
  if (!pipe)
    throw std::runtime_error("cannot run " + command);
  std::vector<uint8_t> result;
  uint8_t buffer[1 << 16];
  while (auto n = fread(buffer, 1, sizeof buffer, pipe))
    result.insert(result.end(), buffer, buffer + n);
  if (pclose(pipe) != 0)
    throw std::runtime_error("failed: " + command);
  return result;
}

std::vector<uint8_t> ffmpeg(const std::string& arguments) {
  return output_of("SVT_LOG=1 ffmpeg -y -nostdin -v error " + arguments);
}

std::string clip(const std::string& name, const std::string& size,
                 const std::string& rate, const std::string& encoding,
                 int frames) {
  static temp_dir folder;
  auto path = folder.path(name);
  if (!fs::exists(path))
    ffmpeg("-f lavfi -i testsrc2=size=" + size + ":rate=" + rate
           + ",noise=alls=12:allf=t:all_seed=7 -frames:v "
           + std::to_string(frames) + " -pix_fmt yuv420p " + encoding + " "
           + path);
  return path;
}

std::string shared_clip(const std::string& name) {
  auto path = "../shared/videos/" + name;
  if (fs::exists(path))
    return path;
  std::cout << "skipped: " << path << " is absent\n";
  return {};
}

std::vector<segment> segments_of(const source_config& config,
                                 segment_limits limits) {
  auto in = source::open(config);
  if (!in)
    throw std::runtime_error(describe(in.error()));
  segmenter cutter{"test", limits};
  cutter.restart(in->codec(), in->reorder_depth());
  std::vector<segment> result;
  for (;;) {
    auto x = in->read();
    if (!x)
      throw std::runtime_error(describe(x.error()));
    if (!*x)
      break;
    if (auto part = cutter.push(**x, {}))
      result.push_back(std::move(*part));
  }
  if (auto part = cutter.finish())
    result.push_back(std::move(*part));
  return result;
}

std::vector<segment> segments_of(const std::string& path) {
  source_config config;
  config.url = path;
  return segments_of(config);
}

std::vector<uint8_t> reference_pixels(const std::string& path,
                                      const std::string& format) {
  return ffmpeg("-i " + path + " -vsync passthrough -f rawvideo -pix_fmt "
                + format + " -");
}

} // namespace vpaas::test
