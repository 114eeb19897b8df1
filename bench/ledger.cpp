// Measures the ledger: rows a second and time of a transaction by its size.
//
//   bench_ledger [--connection=FILE] [--objects=10] [--seconds=2] [--json]

#include "runtime/store/ledger.hpp"
#include "measure.hpp"
#include "runtime/error.hpp"
#include "targets.hpp"

#include <filesystem>
#include <stdexcept>

using namespace vpaas;

namespace {

template <class T>
T need(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

/// Consecutive keyframes of 64 streams.
std::vector<frame_result> batch(uint64_t from, uint64_t n, size_t objects) {
  std::vector<frame_result> xs(n);
  for (uint64_t i = 0; i < n; ++i) {
    auto& x = xs[i];
    x.stream = "camera-" + std::to_string((from + i) % 64);
    x.frame = (from + i) / 64;
    x.captured = caf::make_timestamp();
    x.answered = x.captured;
    x.pipeline = "high_low";
    for (size_t k = 0; k < objects; ++k)
      x.objects.push_back({{.1f, .2f, .3f, .4f + .01f * static_cast<float>(k)},
                           "person",
                           .87f,
                           named_by::fog});
  }
  return xs;
}

/// Records batches of `n` for so many seconds.
bench::json measure(ledger& to, uint64_t& next, uint64_t n, size_t objects,
                    double seconds) {
  std::vector<double> times;
  uint64_t rows = 0;
  auto start = bench::seconds();
  while (bench::seconds() - start < seconds) {
    auto xs = batch(next, n, objects);
    next += n;
    times.push_back(bench::took([&] { rows += need(to.record(xs)).added; }));
  }
  double sum = 0;
  for (auto t : times)
    sum += t;
  return {{"rows_per_s", static_cast<double>(rows) / sum},
          {"transaction_ms",
           {{"p50", 1e3 * bench::quantile(times, .5)},
            {"p99", 1e3 * bench::quantile(times, .99)}}}};
}

} // namespace

int main(int argc, char** argv) try {
  auto file = std::filesystem::temp_directory_path() / "vpaas-bench-ledger.db";
  database_config cfg;
  cfg.connection = bench::option(argc, argv, "connection", file.string());
  auto objects = std::stoul(bench::option(argc, argv, "objects", "10"));
  auto seconds = std::stod(bench::option(argc, argv, "seconds", "2"));
  auto remove = [&] {
    for (auto end : {"", "-wal", "-shm"})
      std::filesystem::remove(file.string() + end);
  };
  remove();
  bench::json report{{"objects", objects}};
  {
    auto to = need(ledger::open(cfg));
    auto next = need(to.count());
    for (uint64_t n : {1, 10, 100, 1000})
      report["batch"][std::to_string(n)] = measure(to, next, n, objects,
                                                   seconds);
    result_query page;
    page.stream = "camera-7";
    report["rows"] = next;
    report["find_1000_ms"] = 1e3 * bench::took([&] {
                               report["found"] = need(to.find(page)).size();
                             });
    report["count_ms"] = 1e3 * bench::took([&] { need(to.count()); });
    retention keep;
    keep.max_rows = next - 5000;
    report["prune_5000_ms"]
      = 1e3 * bench::took([&] {
          need(to.prune(keep, caf::make_timestamp(), 5000));
        });
  }
  remove();
  return bench::finish(report, "ledger", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_ledger: " << x.what() << '\n';
  return 1;
}
