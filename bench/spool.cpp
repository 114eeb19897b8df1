// Measures the chunk spool: keeping, fetching and releasing segments by their
// size, and opening a folder that is full of them.
//
//   bench_spool [--folder=FOLDER] [--parts=2000] [--found=10000] [--json]

#include "runtime/store/spool.hpp"
#include "measure.hpp"
#include "runtime/error.hpp"
#include "targets.hpp"

#include <filesystem>
#include <stdexcept>

#include <unistd.h>

using namespace vpaas;

namespace {

namespace fs = std::filesystem;

template <class T>
T need(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

void need(const caf::error& x) {
  if (x)
    throw std::runtime_error(describe(x));
}

std::unique_ptr<spool> open(const std::string& folder) {
  return need(
    spool::open(folder, {"bench"}, {1ull << 40, std::chrono::hours(1)}));
}

bench::json in_us(const std::vector<double>& times) {
  return {{"p50", 1e6 * bench::quantile(times, .5)},
          {"p99", 1e6 * bench::quantile(times, .99)},
          {"max", 1e6 * bench::quantile(times, 1)}};
}

void keep(spool& to, uint64_t number, const std::string& payload) {
  auto now = caf::make_timestamp();
  spool_part x{
    "camera-" + std::to_string(number % 8), number, 0, 60 * number, 60, now};
  need(to.keep(x, payload, std::string(64, 'p'), now));
}

/// Eight streams; each segment is released eight segments after it was kept,
/// as when the cloud answers.
bench::json measure(const std::string& folder, size_t bytes, uint64_t parts) {
  auto uut = open(folder);
  std::string payload(bytes, 'x');
  std::vector<double> keeping;
  std::vector<double> fetching;
  std::vector<double> releasing;
  auto camera = [](uint64_t i) { return "camera-" + std::to_string(i % 8); };
  for (uint64_t i = 0; i < parts; ++i) {
    keeping.push_back(bench::took([&] { keep(*uut, i, payload); }));
    if (i < 64)
      continue;
    auto old = i - 64;
    if (old % 8 == 0)
      fetching.push_back(
        bench::took([&] { need(uut->fetch(camera(old), old)); }));
    releasing.push_back(
      bench::took([&] { need(uut->release(camera(old), old)); }));
  }
  return {{"keep_us", in_us(keeping)},
          {"fetch_us", in_us(fetching)},
          {"release_us", in_us(releasing)}};
}

/// A start that finds `n` segments of 50 kB.
bench::json measure_opening(const std::string& folder, uint64_t n) {
  auto payload = std::string(50'000, 'x');
  {
    auto uut = open(folder);
    for (uint64_t i = 0; i < n; ++i)
      keep(*uut, i, payload);
  }
  constexpr size_t rounds = 5;
  std::vector<double> times;
  times.reserve(rounds);
  uint64_t found = 0;
  for (size_t i = 0; i < rounds; ++i)
    times.push_back(
      bench::took([&] { found = open(folder)->totals().segments; }));
  return {{"segments", found},
          {"open_ms",
           {{"p50", 1e3 * bench::median(times)},
            {"max", 1e3 * bench::quantile(times, 1)}}}};
}

} // namespace

int main(int argc, char** argv) try {
  auto base = bench::option(argc, argv, "folder",
                            fs::temp_directory_path().string());
  auto parts = std::stoull(bench::option(argc, argv, "parts", "2000"));
  auto found = std::stoull(bench::option(argc, argv, "found", "10000"));
  auto folder = base + "/vpaas-bench-spool-" + std::to_string(::getpid());
  bench::json report{{"folder", base}, {"parts", parts}};
  for (size_t bytes : {50'000, 500'000})
    report["bytes"][std::to_string(bytes)]
      = measure(folder + "/" + std::to_string(bytes), bytes, parts);
  report["opening"] = measure_opening(folder + "/found", found);
  fs::remove_all(folder);
  return bench::finish(report, "spool", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_spool: " << x.what() << '\n';
  return 1;
}
