// Measures what a process of its own costs a user's function: keyframes of
// 1080p a second through vpaas-worker against the same library in this process,
// in turns.
//
//   bench_worker [--library=FILE] [--frames=60] [--rounds=9] [--json]

#include "measure.hpp"
#include "runtime/error.hpp"
#include "runtime/vision/street_random.hpp"
#include "runtime/worker/function_library.hpp"
#include "runtime/worker/worker_process.hpp"
#include "targets.hpp"

#include <filesystem>
#include <stdexcept>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

constexpr int width = 1920, height = 1080;

template <class T>
T need(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

/// A noisy picture with a bright place that moves.
std::vector<uint8_t> pixels_of(uint64_t number) {
  std::vector<uint8_t> result(size_t(width) * height * 3 / 2);
  street_random random{number};
  for (size_t i = 0; i + 8 <= result.size(); i += 8) {
    auto x = random.next();
    for (size_t k = 0; k < 8; ++k, x >>= 8)
      result[i + k] = uint8_t(100 + x % 8);
  }
  for (size_t row = 300; row < 500; ++row)
    std::fill_n(result.data() + row * width + 100 + number * 40, 200, 220);
  return result;
}

vpaas_frame view_of(const std::vector<uint8_t>& pixels, uint64_t number) {
  auto y = pixels.data();
  constexpr auto size = ptrdiff_t{width} * height;
  return {{y, y + size, y + size * 5 / 4},
          {width, width / 2, width / 2},
          width,
          height,
          number,
          0};
}

using pictures = std::vector<std::vector<uint8_t>>;

uint64_t here(function_library& f, const pictures& xs, uint64_t frames) {
  uint64_t objects = 0;
  for (uint64_t i = 0; i < frames; ++i)
    objects += f.apply(view_of(xs[i % xs.size()], i)).objects.size();
  return objects;
}

uint64_t there(worker_process& f, const pictures& xs, uint64_t frames) {
  uint64_t objects = 0;
  for (uint64_t i = 0; i < frames || f.busy() > 0;) {
    if (i < frames && f.busy() < worker_process::depth) {
      if (auto err = f.send(view_of(xs[i % xs.size()], i)))
        throw std::runtime_error(describe(err));
      ++i;
    } else {
      objects += need(f.receive(10s)).objects.size();
    }
  }
  return objects;
}

} // namespace

int main(int argc, char** argv) try {
  worker_config cfg;
  cfg.program = worker_program();
  auto shipped = std::filesystem::path{cfg.program}.parent_path()
                 / "libmotion_function.so";
  cfg.library = bench::option(argc, argv, "library", shipped.string());
  auto frames = std::stoul(bench::option(argc, argv, "frames", "60"));
  auto rounds = std::stoul(bench::option(argc, argv, "rounds", "9"));
  pictures xs;
  for (uint64_t i = 0; i < 8; ++i)
    xs.push_back(pixels_of(i));
  auto inside = need(function_library::load(cfg.library, cfg.options));
  auto outside = need(worker_process::start(cfg));
  auto same = here(inside, xs, frames) == there(*outside, xs, frames);
  std::vector<double> near, far, shares;
  for (size_t i = 0; i < rounds; ++i) {
    auto a = bench::took([&] { here(inside, xs, frames); });
    auto b = bench::took([&] { there(*outside, xs, frames); });
    near.push_back(double(frames) / a);
    far.push_back(double(frames) / b);
    shares.push_back(a / b);
  }
  return bench::finish({{"frames_per_s_in_process", bench::median(near)},
                        {"frames_per_s_in_worker", bench::median(far)},
                        {"share", bench::median(shares)},
                        {"same_answers", same}},
                       "worker", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_worker: " << x.what() << '\n';
  return 1;
}
