// Pixels for networks: our one pass against OpenCV's cvtColor + resize +
// convert, one thread each, interleaved; and what share of the memory
// bandwidth of this machine, measured in the same run, our pass reaches.
//
//   bench_media_input [--json] [--rounds=31]

#include "measure.hpp"
#include "runtime/error.hpp"
#include "runtime/media/network_input.hpp"
#include "targets.hpp"

#include <opencv2/imgproc.hpp>

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>

using namespace vpaas;

namespace {

/// Floats where tensors have them, at a multiple of 64 bytes.
class tensor {
public:
  explicit tensor(size_t bytes)
    : data_(static_cast<float*>(std::aligned_alloc(64, (bytes + 63) & ~63ul)),
            std::free) {
    std::memset(data_.get(), 0, bytes);
  }

  float* data() {
    return data_.get();
  }

private:
  std::unique_ptr<float, void (*)(void*)> data_;
};

struct picture {
  cv::Mat i420; ///< Y, U, V one after the other, as OpenCV wants them
  frame shared;
};

picture noise(int w, int h) {
  picture result{cv::Mat(h * 3 / 2, w, CV_8U), {}};
  cv::randu(result.i420, 16, 235);
  auto* y = result.i420.data;
  auto* u = y + ptrdiff_t{w} * h;
  frame_info info;
  info.color.matrix = color_matrix::bt601; // the one that OpenCV knows
  result.shared
    = *frame::copy({plane{y, w, w, h}, plane{u, w / 2, w / 2, h / 2},
                    plane{u + w * h / 4, w / 2, w / 2, h / 2}},
                   info);
  return result;
}

/// OpenCV's pictures on the way, allocated once.
struct workspace {
  cv::Mat bgr, resized, padded;
  std::vector<cv::Mat> channels;
};

// OpenCV's planes of one picture: each converted straight into its place.
void normalise(const cv::Mat& bgr, const input_spec& spec,
               std::vector<cv::Mat>& channels, float* out) {
  cv::split(bgr, channels);
  for (size_t k = 0; k < 3; ++k) {
    cv::Mat to(bgr.rows, bgr.cols, CV_32F,
               out + k * static_cast<size_t>(spec.width * spec.height),
               static_cast<size_t>(spec.width) * sizeof(float));
    auto scale = static_cast<double>(spec.scale[k]);
    channels[k].convertTo(to, CV_32F, scale,
                          -static_cast<double>(spec.mean[k]) * scale);
  }
}

void by_opencv(const picture& in, const input_spec& spec, workspace& w,
               float* out) {
  cv::cvtColor(in.i420, w.bgr, cv::COLOR_YUV2BGR_I420);
  auto where = place(spec, w.bgr.cols, w.bgr.rows);
  cv::Size size(static_cast<int>(where.width), static_cast<int>(where.height));
  cv::resize(w.bgr, w.resized, size, 0, 0, cv::INTER_LINEAR);
  cv::copyMakeBorder(w.resized, w.padded, 0, spec.height - size.height, 0,
                     spec.width - size.width, cv::BORDER_CONSTANT);
  normalise(w.padded, spec, w.channels, out);
}

void by_opencv(const picture& in, const std::vector<box>& boxes,
               const input_spec& spec, workspace& w, float* out) {
  cv::cvtColor(in.i420, w.bgr, cv::COLOR_YUV2BGR_I420);
  for (auto& b : boxes) {
    auto x0 = static_cast<int>(b.x0 * static_cast<float>(w.bgr.cols));
    auto y0 = static_cast<int>(b.y0 * static_cast<float>(w.bgr.rows));
    auto x1 = static_cast<int>(b.x1 * static_cast<float>(w.bgr.cols));
    auto y1 = static_cast<int>(b.y1 * static_cast<float>(w.bgr.rows));
    cv::resize(w.bgr({x0, y0, x1 - x0, y1 - y0}), w.resized,
               {spec.width, spec.height}, 0, 0, cv::INTER_LINEAR);
    normalise(w.resized, spec, w.channels, out);
    out += ptrdiff_t{3} * spec.width * spec.height;
  }
}

// Bytes a second that one thread reads and writes when it copies more than any
// cache holds.
double copy_bandwidth() {
  std::vector<uint8_t> a(256u << 20, 1), b(256u << 20, 2);
  std::vector<double> times;
  times.reserve(5);
  for (int i = 0; i < 5; ++i)
    times.push_back(
      bench::worked([&] { std::memcpy(b.data(), a.data(), a.size()); }));
  return 2.0 * static_cast<double>(a.size()) / bench::median(times);
}

template <class Ours, class Theirs>
bench::json compare(const std::string& name, int rounds, double bytes,
                    double bandwidth, int items, Ours ours, Theirs theirs) {
  std::vector<double> a, b, ratios;
  ours();
  theirs();
  for (int i = 0; i < rounds; ++i) {
    a.push_back(bench::worked(ours));
    b.push_back(bench::worked(theirs));
    ratios.push_back(b.back() / a.back());
  }
  auto ms = bench::median(a) * 1e3;
  return {{"what", name},
          {"ms", ms},
          {"ms_each", ms / items},
          {"opencv_ms", bench::median(b) * 1e3},
          {"ratio", bench::median(ratios)},
          {"gbytes_per_s", bytes / bench::median(a) / 1e9},
          {"bandwidth_share", bytes / bench::median(a) / bandwidth}};
}

input_spec detector(sample_type type) {
  input_spec spec;
  spec.width = 1280;
  spec.height = 736;
  spec.how = fit::letterbox_corner;
  spec.channels = channel_order::bgr;
  spec.mean = {103.53f, 116.28f, 123.675f};
  spec.scale = {1 / 57.375f, 1 / 57.12f, 1 / 58.395f};
  spec.type = type;
  return spec;
}

input_spec classifier() {
  input_spec spec;
  spec.width = 224;
  spec.height = 224;
  spec.mean = {128, 128, 128};
  spec.scale = {1 / 128.f, 1 / 128.f, 1 / 128.f};
  return spec;
}

std::vector<box> regions(int count) {
  std::mt19937 random{7};
  auto uniform = [&](float from, float to) {
    return std::uniform_real_distribution<float>{from, to}(random);
  };
  std::vector<box> result;
  for (int i = 0; i < count; ++i) {
    auto w = uniform(.02f, .2f);
    auto h = uniform(.04f, .3f);
    auto x = uniform(0, 1 - w);
    auto y = uniform(0, 1 - h);
    result.push_back({x, y, x + w, y + h});
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto rounds
    = static_cast<int>(std::stod(bench::option(argc, argv, "rounds", "31")));
  cv::setNumThreads(1);
  // Neither side pays for pages that the other's memory was given back to.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  auto bandwidth = copy_bandwidth();
  workspace space;
  std::vector<bench::json> rows{
    {{"what", "memcpy, read and written"},
     {"gbytes_per_s", bandwidth / 1e9},
     {"instructions", to_string(best_instructions())}}};
  for (auto type : {sample_type::f32, sample_type::bf16})
    for (int height : {720, 1080}) {
      auto in = noise(height * 16 / 9, height);
      auto spec = detector(type);
      input_writer writer{spec};
      tensor out(input_bytes(spec));
      tensor reference(input_bytes(detector(sample_type::f32)));
      auto bytes = static_cast<double>(input_bytes(spec))
                   + static_cast<double>(in.i420.total());
      rows.push_back(compare(
        std::to_string(height) + "p to 1280x736 " + to_string(type), rounds,
        bytes, bandwidth, 1, [&] { writer.write(in.shared, out.data()); },
        [&] {
          by_opencv(in, detector(sample_type::f32), space, reference.data());
        }));
    }
  auto in = noise(1920, 1080);
  auto boxes = regions(32);
  auto spec = classifier();
  input_writer writer{spec};
  tensor out(32 * input_bytes(spec));
  auto covered = 0.0;
  for (auto& b : boxes)
    covered += static_cast<double>((b.x1 - b.x0) * (b.y1 - b.y0));
  auto bytes = 32.0 * static_cast<double>(input_bytes(spec))
               + covered * static_cast<double>(in.i420.total());
  rows.push_back(compare(
    "32 crops to 224x224 f32", rounds, bytes, bandwidth, 32,
    [&] { writer.write(in.shared, boxes, out.data()); },
    [&] { by_opencv(in, boxes, spec, space, out.data()); }));
  return bench::finish({{"rows", rows}}, "media_input", argc, argv);
}
