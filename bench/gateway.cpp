// Measures the event streams of a gateway: results of a node through feed and
// HTTPS to many browsers at once, beside readers that do not read. Latency is
// from being published to being read whole.
//
//   bench_gateway [--readers=50] [--dead=5] [--rate=1000] [--seconds=20]
//   [--json]

#include "actors/gateway/gateway.hpp"
#include "actors/control/data_store.hpp"
#include "actors/control/monitor.hpp"
#include "actors/fog/results.hpp"
#include "actors/node.hpp"
#include "actors/supervisor.hpp"
#include "measure.hpp"
#include "messages/registry.hpp"
#include "page_client.hpp"
#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "targets.hpp"

#include <atomic>
#include <fstream>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace vpaas;
using bench::json;

namespace {

struct config : caf::actor_system_config {
  config() {
    register_messages(*this);
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

/// A node with results and a page.
class served_node {
public:
  served_node() {
    node_config x;
    x.info.name = "fog-1";
    x.info.tier = "fog";
    x.start_tree = [this](const caf::actor& at) {
      child_spec one;
      one.name = one.kind = "results";
      supervisor_config how;
      how.node = at;
      how.children = {one};
      how.factory = [this](const child_spec&, const std::string&,
                           const caf::actor&) -> caf::expected<caf::actor> {
        results_config cfg;
        cfg.ledger.clear();
        to = caf::actor_cast<caf::actor>(sys.spawn(vpaas::results, cfg));
        found.set_value();
        return to;
      };
      tree = sys.spawn(supervisor, how);
      return tree;
    };
    node = sys.spawn(vpaas::node, x);
    caf::anon_send(node, start_atom_v, x.info);
    start_store();
    monitor_config watch;
    watch.node = caf::actor_cast<caf::actor>(node);
    enter("monitor", caf::actor_cast<caf::actor>(sys.spawn(monitor, watch)));
    start_gateway();
    found.get_future().wait();
    page->log_in(first);
  }

  ~served_node() {
    to = nullptr;
    for (auto& x : started)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(tree, caf::exit_reason::kill);
    caf::anon_send_exit(node, caf::exit_reason::kill);
  }

  test::temp_dir dir;
  config cfg;
  caf::actor_system sys{cfg};
  caf::actor to; ///< results
  std::unique_ptr<bench::page_client> page;

private:
  void enter(const std::string& name, const caf::actor& x) {
    started.push_back(x);
    caf::anon_send(node, enter_atom_v, name, x);
  }

  void start_store() {
    data_store_config x;
    x.database.connection = dir.path("data.db");
    std::promise<std::string> told;
    x.tell = [&](const std::string&, const std::string& it) {
      told.set_value(it);
    };
    enter("data_store", caf::actor_cast<caf::actor>(
                          sys.spawn<caf::detached>(data_store_keeper, x)));
    first = told.get_future().get();
  }

  void start_gateway() {
    gateway_config x;
    x.node = caf::actor_cast<caf::actor>(node);
    x.certificate_stem = dir.path("keys/page");
    std::promise<std::string> told;
    x.tell = [&](const std::string& it, const std::string&) {
      told.set_value(it);
    };
    enter("gateway",
          caf::actor_cast<caf::actor>(sys.spawn<caf::detached>(gateway, x)));
    auto text = told.get_future().get(); // https://127.0.0.1:PORT/
    page = std::make_unique<bench::page_client>(
      "127.0.0.1", std::stoi(text.substr(text.rfind(':') + 1)));
  }

  node_actor node;
  supervisor_actor tree;
  std::vector<caf::actor> started;
  std::promise<void> found;
  std::string first;
};

/// One browser: reads until it is told to stop.
struct reader {
  std::vector<double> latencies; ///< s; its memory is there from the start
  std::atomic<size_t> results{0};
  uint64_t missed = 0;
  std::string rest;

  void note(double x) {
    if (results < latencies.size())
      latencies[results] = x;
    ++results;
  }

  /// Each result carries in its pipeline when it was published.
  void take(const char* data, size_t size) {
    auto now = bench::seconds();
    rest.append(data, size);
    for (size_t end; (end = rest.find("\n\n")) != std::string::npos;) {
      auto at = rest.find("\"pipeline\":\"");
      if (at < end)
        note(now - std::stod(rest.substr(at + 12, 40)));
      else if (rest.compare(0, 13, "event: missed") == 0)
        missed += std::stoull(rest.substr(rest.find("data: ") + 6));
      rest.erase(0, end + 2);
    }
  }
};

frame_result result_of(uint64_t n) {
  frame_result x;
  x.stream = "camera-" + std::to_string(n % 64);
  x.frame = n / 64;
  x.captured = x.answered = caf::make_timestamp();
  for (size_t k = 0; k < 5; ++k)
    x.objects.push_back({{.1f, .2f, .3f, .4f}, "person", .87f, named_by::fog});
  char text[32];
  std::snprintf(text, sizeof text, "%.9f", bench::seconds());
  x.pipeline = text;
  return x;
}

double rss_mb() {
  std::ifstream in{"/proc/self/statm"};
  double all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4096 / 1e6;
}

json measure(served_node& at, size_t readers, size_t dead, double rate,
             double seconds) {
  std::atomic<bool> ending{false};
  std::atomic<size_t> listening{0};
  std::vector<reader> all(readers);
  for (auto& x : all)
    x.latencies.assign(static_cast<size_t>(rate * (seconds + 30)), 0.);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < readers + dead; ++i)
    threads.emplace_back([&, i] {
      auto client = at.page->connect();
      auto heard = false;
      client->Get("/api/v1/results/live", at.page->headers,
                  [&](const char* data, size_t size) {
                    if (!std::exchange(heard, true))
                      ++listening;
                    if (i < readers)
                      all[i].take(data, size);
                    while (i >= readers && !ending) // it does not read
                      std::this_thread::sleep_for(
                        std::chrono::milliseconds(50));
                    return !ending;
                  });
    });
  while (listening < readers + dead)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  // The feed subscribes with the monitor's next looks.
  uint64_t n = 0;
  auto publish = [&] {
    std::vector<frame_result> xs{result_of(n++)};
    caf::anon_send(caf::actor_cast<results_actor>(at.to), publish_atom_v, xs);
  };
  while (all[0].results == 0) {
    publish();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::vector<double> memory;
  auto published = n;
  auto start = bench::seconds();
  for (double next = start; next < start + seconds; next += 1 / rate) {
    while (bench::seconds() < next)
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    publish();
    if ((n - published) % static_cast<uint64_t>(rate) == 0)
      memory.push_back(rss_mb());
  }
  published = n - published;
  std::this_thread::sleep_for(std::chrono::seconds(2));
  ending = true;
  for (int i = 0; i < 20; ++i) { // who waits is woken
    publish();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  for (auto& x : threads)
    x.join();
  std::vector<double> times;
  uint64_t missed = 0, fewest = ~uint64_t{0};
  for (auto& x : all) {
    missed += x.missed;
    fewest = std::min<uint64_t>(fewest, x.results);
    auto got = std::min<size_t>(x.results, x.latencies.size());
    times.insert(times.end(), x.latencies.begin(),
                 x.latencies.begin() + static_cast<ptrdiff_t>(got));
  }
  auto half = memory.size() / 2;
  return {{"readers", readers},
          {"dead", dead},
          {"results_per_s", static_cast<double>(published) / seconds},
          {"read_per_s", static_cast<double>(times.size()) / seconds},
          {"missed", missed},
          {"short_of",
           published > fewest ? static_cast<double>(published - fewest) : 0.},
          {"latency_ms",
           {{"p50", 1e3 * bench::quantile(times, .5)},
            {"p99", 1e3 * bench::quantile(times, .99)}}},
          {"memory_mb", memory.empty() ? 0 : memory.back()},
          {"memory_growth", half == 0 ? 1 : memory.back() / memory[half]}};
}

} // namespace

int main(int argc, char** argv) try {
  auto number = [&](const char* name, const char* usual) {
    return std::stod(bench::option(argc, argv, name, usual));
  };
  served_node at;
  auto report = json::object();
  report["streams"] = measure(at, static_cast<size_t>(number("readers", "50")),
                              static_cast<size_t>(number("dead", "5")),
                              number("rate", "1000"), number("seconds", "30"));
  return bench::finish(report, "gateway", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_gateway: " << x.what() << '\n';
  return 1;
}
