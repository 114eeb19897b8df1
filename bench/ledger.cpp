// Measures the ledger: rows a second and time of a transaction by its size, and
// how long a result waits where there are many rows, alone and beside pruning.
//
//   bench_ledger [--connection=FILE] [--objects=10] [--seconds=2]
//                [--rows=1000000] [--json]

#include "runtime/store/ledger.hpp"
#include "measure.hpp"
#include "runtime/error.hpp"
#include "targets.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <thread>

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

/// Until there are so many rows.
void fill(ledger& to, uint64_t& next, uint64_t rows) {
  for (; next < rows; next += 5000)
    need(to.record(batch(next, 5000, 0)));
}

/// As the actor does it: one thread, and a pause after each pruning of `most`
/// rows (0: none) in which others are served. A result comes every 10 ms.
bench::json measure_waiting(ledger& in, uint64_t& next, uint64_t most,
                            double seconds) {
  constexpr auto every = .01;
  constexpr auto pause = .02;
  std::vector<double> waits;
  std::vector<double> prunings;
  auto until = bench::seconds() + seconds;
  auto arrival = bench::seconds();
  auto pruning = arrival;
  while (arrival < until) {
    if (bench::seconds() >= arrival) {
      need(in.record(batch(next++, 1, 10)));
      waits.push_back(bench::seconds() - arrival);
      arrival += every;
    } else if (most > 0 && bench::seconds() >= pruning) {
      retention keep;
      keep.max_rows = 1;
      prunings.push_back(bench::took(
        [&] { need(in.prune(keep, caf::make_timestamp(), most)); }));
      pruning = bench::seconds() + pause;
    } else {
      auto left = (most > 0 ? std::min(arrival, pruning) : arrival)
                  - bench::seconds();
      std::this_thread::sleep_for(
        std::chrono::duration<double>(std::max(left, 0.)));
    }
  }
  bench::json result{{"wait_ms",
                      {{"p50", 1e3 * bench::quantile(waits, .5)},
                       {"p99", 1e3 * bench::quantile(waits, .99)}}}};
  if (!prunings.empty())
    result["prune_ms"] = {{"p50", 1e3 * bench::quantile(prunings, .5)},
                          {"p99", 1e3 * bench::quantile(prunings, .99)}};
  return result;
}

/// What the actor prunes at a time.
bench::json measure_many(ledger& in, uint64_t& next, uint64_t rows,
                         double seconds) {
  fill(in, next, rows);
  bench::json result{{"rows", next}};
  result["alone"] = measure_waiting(in, next, 0, seconds);
  result["beside_pruning"] = measure_waiting(in, next, 500, seconds);
  result["rows_ms"] = 1e3 * bench::took([&] { need(in.rows()); });
  result["count_ms"] = 1e3 * bench::took([&] { need(in.count()); });
  auto wait = [&](const char* what) {
    return result[what]["wait_ms"]["p50"].get<double>();
  };
  result["more_wait_p50_ms"] = wait("beside_pruning") - wait("alone");
  return result;
}

} // namespace

int main(int argc, char** argv) try {
  auto file = std::filesystem::temp_directory_path() / "vpaas-bench-ledger.db";
  database_config cfg;
  cfg.connection = bench::option(argc, argv, "connection", file.string());
  auto objects = std::stoul(bench::option(argc, argv, "objects", "10"));
  auto seconds = std::stod(bench::option(argc, argv, "seconds", "2"));
  auto rows = std::stoull(bench::option(argc, argv, "rows", "1000000"));
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
    report["many"] = measure_many(to, next, rows, seconds);
  }
  remove();
  return bench::finish(report, "ledger", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_ledger: " << x.what() << '\n';
  return 1;
}
