// Measures the worker pool: uneven jobs on blocking workers beside CAF's own
// round robin, the cost of the router, and what busy workers do to the round
// trip of a cooperative actor.

#include "actors/pool.hpp"
#include "messages/registry.hpp"
#include "report.hpp"
#include "targets.hpp"

#include <caf/actor_pool.hpp>
#include <caf/all.hpp>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <numeric>
#include <random>
#include <sys/resource.h>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

using work_fun = std::function<void(const item&)>;

function_actor::behavior_type worker(function_actor::pointer, work_fun work) {
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [work](apply_atom, const item& x) {
      work(x);
      return x;
    },
    [work](apply_atom, const item& x, const document&) {
      work(x);
      return x;
    },
    [](configure_atom, const document& x) { return x; },
    [](describe_atom) { return function_spec{}; },
  };
}

/// Sends `total` jobs, at most `window` of them unanswered, and tells when the
/// last one is answered.
template <class Submit>
struct driver {
  Submit submit; ///< (self, number of the job) -> a request
  uint64_t total;
  uint64_t window;
  std::promise<double>* done;
};

template <class Submit>
struct driver_state {
  uint64_t sent = 0;
  uint64_t answered = 0;
};

template <class Submit>
void send_one(caf::stateful_actor<driver_state<Submit>>* self,
              std::shared_ptr<driver<Submit>> cfg) {
  auto i = self->state.sent++;
  auto answered = [=] {
    if (++self->state.answered == cfg->total)
      cfg->done->set_value(bench::seconds());
    else if (self->state.sent < cfg->total)
      send_one(self, cfg);
  };
  cfg->submit(self, i).then([=](const item&) { answered(); },
                            [=](const caf::error& e) {
                              std::cerr << describe(e) << '\n';
                              std::exit(1);
                            });
}

/// Seconds that `total` jobs took.
template <class Submit>
double drive(caf::actor_system& sys, Submit submit, uint64_t total,
             uint64_t window) {
  std::promise<double> done;
  auto cfg = std::make_shared<driver<Submit>>(
    driver<Submit>{submit, total, window, &done});
  auto begin = bench::seconds();
  sys.spawn([cfg](caf::stateful_actor<driver_state<Submit>>* self) {
    for (uint64_t i = 0; i < std::min(cfg->window, cfg->total); ++i)
      send_one(self, cfg);
  });
  return done.get_future().get() - begin;
}

struct world {
  struct config : caf::actor_system_config {
    config() {
      set("logger.file-verbosity", caf::atom("quiet"));
      register_messages(*this);
    }
  };

  template <caf::spawn_options Options>
  worker_factory make(work_fun work) {
    return [this, work]() -> caf::expected<caf::actor> {
      return caf::actor_cast<caf::actor>(sys.spawn<Options>(worker, work));
    };
  }

  pool_actor spawn_pool(pool_config cfg, worker_factory factory) {
    auto result = caf::actor_cast<pool_actor>(sys.spawn(pool, cfg, factory));
    self->request(result, 10s, ready_atom_v)
      .receive([] {}, [](const caf::error&) { std::abort(); });
    return result;
  }

  caf::actor spawn_round_robin(size_t workers, worker_factory factory) {
    return caf::actor_pool::make(
      sys.dummy_execution_unit(), workers, [factory] { return *factory(); },
      caf::actor_pool::round_robin());
  }

  template <class Handle>
  void stop(Handle& x) {
    self->monitor(x);
    self->send_exit(x, caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
    x = nullptr;
  }

  config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
};

item numbered(uint64_t seq) {
  return {"work", "", seq, {}};
}

/// Sends through a pool.
auto through(pool_actor to, std::vector<uint64_t> jobs) {
  return [=](auto self, uint64_t i) {
    return self->request(to, caf::infinite, submit_atom_v,
                         job{numbered(jobs[i % jobs.size()]), 0, 0s});
  };
}

/// Sends to whoever applies functions.
auto directly(function_actor to, std::vector<uint64_t> jobs) {
  return [=](auto self, uint64_t i) {
    return self->request(to, caf::infinite, apply_atom_v,
                         numbered(jobs[i % jobs.size()]));
  };
}

// -- uneven jobs --------------------------------------------------------------

constexpr size_t makespan_workers = 4;

/// What no scheduler can beat.
double ideal(const std::vector<uint64_t>& us) {
  auto sum = std::accumulate(us.begin(), us.end(), 0.);
  auto longest = static_cast<double>(*std::max_element(us.begin(), us.end()));
  return std::max(sum / makespan_workers, longest) * 1e-6;
}

/// Whoever is free takes the next one, which costs nothing: as good as a router
/// can be that does not know how long a job will take.
double in_order(const std::vector<uint64_t>& us) {
  std::array<uint64_t, makespan_workers> busy_until{};
  for (auto x : us)
    *std::min_element(busy_until.begin(), busy_until.end()) += x;
  return static_cast<double>(
           *std::max_element(busy_until.begin(), busy_until.end()))
         * 1e-6;
}

/// 40 jobs of 1 to 31 ms.
std::vector<uint64_t> uneven_jobs(unsigned seed) {
  std::minstd_rand random{seed};
  std::uniform_int_distribution<uint64_t> us{1000, 31000};
  std::vector<uint64_t> result(40);
  std::generate(result.begin(), result.end(), [&] { return us(random); });
  return result;
}

/// Every fourth job takes 40 ms, the others 8 ms.
std::vector<uint64_t> regular_jobs() {
  std::vector<uint64_t> result(40, 8000);
  for (size_t i = 0; i < result.size(); i += 4)
    result[i] = 40000;
  return result;
}

nlohmann::json makespan(world& w, const std::vector<uint64_t>& us) {
  auto factory = w.make<caf::detached>([](const item& x) {
    std::this_thread::sleep_for(std::chrono::microseconds(x.seq));
  });
  pool_config cfg;
  cfg.workers = makespan_workers;
  auto pulled = w.spawn_pool(cfg, factory);
  auto pull = drive(w.sys, through(pulled, us), us.size(), us.size());
  w.stop(pulled);
  auto rotating = w.spawn_round_robin(makespan_workers, factory);
  auto rotate = drive(w.sys,
                      directly(caf::actor_cast<function_actor>(rotating), us),
                      us.size(), us.size());
  w.stop(rotating);
  auto best = ideal(us);
  return {
    {"ideal_ms", best * 1e3},         {"pool_ms", pull * 1e3},
    {"round_robin_ms", rotate * 1e3}, {"in_order_ratio", in_order(us) / best},
    {"pool_ratio", pull / best},      {"round_robin_ratio", rotate / best}};
}

nlohmann::json makespans(world& w, unsigned runs) {
  std::vector<double> bound, pulled, rotated;
  for (unsigned seed = 1; seed <= runs; ++seed) {
    auto x = makespan(w, uneven_jobs(seed));
    bound.push_back(x["in_order_ratio"]);
    pulled.push_back(x["pool_ratio"]);
    rotated.push_back(x["round_robin_ratio"]);
  }
  return {{"in_order_ratio_p50", bench::quantile(bound, .5)},
          {"in_order_ratio_max", bench::quantile(bound, 1)},
          {"pool_ratio_p50", bench::quantile(pulled, .5)},
          {"pool_ratio_max", bench::quantile(pulled, 1)},
          {"round_robin_ratio_p50", bench::quantile(rotated, .5)},
          {"round_robin_ratio_max", bench::quantile(rotated, 1)}};
}

// -- the router ---------------------------------------------------------------

nlohmann::json rate(double seconds, uint64_t jobs) {
  return {{"jobs_per_s", static_cast<double>(jobs) / seconds},
          {"us_per_job", seconds / static_cast<double>(jobs) * 1e6}};
}

nlohmann::json router(world& w, uint64_t jobs, uint64_t window) {
  auto factory = w.make<caf::no_spawn_options>([](const item&) {});
  auto result = nlohmann::json{{"window", window}};
  pool_config cfg;
  cfg.workers = 4;
  cfg.capacity = static_cast<uint32_t>(window);
  auto pulled = w.spawn_pool(cfg, factory);
  result["pool"] = rate(drive(w.sys, through(pulled, {0}), jobs, window), jobs);
  w.stop(pulled);
  auto rotating = w.spawn_round_robin(4, factory);
  result["round_robin"] = rate(
    drive(w.sys, directly(caf::actor_cast<function_actor>(rotating), {0}), jobs,
          window),
    jobs);
  w.stop(rotating);
  auto alone = caf::actor_cast<function_actor>(*factory());
  result["one_worker_without_router"]
    = rate(drive(w.sys, directly(alone, {0}), jobs, window), jobs);
  w.stop(alone);
  return result;
}

// -- round trips beside busy workers ------------------------------------------

/// Multiplies matrices for `us` microseconds, as a network does.
void compute(uint64_t us) {
  constexpr size_t n = 96;
  static thread_local std::vector<float> a(n * n, 1.f), b(n * n, .5f), c(n * n);
  auto end = bench::seconds() + static_cast<double>(us) * 1e-6;
  while (bench::seconds() < end)
    for (size_t i = 0; i < n; ++i)
      for (size_t k = 0; k < n; ++k)
        for (size_t j = 0; j < n; ++j)
          c[i * n + j] += a[i * n + k] * b[k * n + j];
}

/// Asks a cooperative actor every 2 ms, once from a cooperative actor and once
/// from a thread that sleeps meanwhile.
struct round_trips {
  std::vector<double> cooperative_ms;
  std::vector<double> thread_ms;
};

struct pinger_state {
  std::vector<double> ms;
};

void ping(caf::stateful_actor<pinger_state>* self, const caf::actor& to,
          size_t n, std::promise<std::vector<double>>* done) {
  auto begin = bench::seconds();
  self->request(to, caf::infinite, probe_atom_v).then([=](probe_atom) {
    self->state.ms.push_back((bench::seconds() - begin) * 1e3);
    if (self->state.ms.size() == n)
      done->set_value(self->state.ms);
    else
      self->delayed_send(self, 2ms, beat_atom_v);
  });
}

round_trips measure_round_trips(world& w, size_t n) {
  auto echo = w.sys.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](probe_atom x) { return x; }};
  });
  std::promise<std::vector<double>> done;
  auto pinger = w.sys.spawn(
    [&](caf::stateful_actor<pinger_state>* self) -> caf::behavior {
      ping(self, echo, n, &done);
      return {
        [self, echo, n, &done](beat_atom) { ping(self, echo, n, &done); }};
    });
  round_trips result;
  result.cooperative_ms = done.get_future().get();
  for (size_t i = 0; i < n; ++i) {
    auto begin = bench::seconds();
    w.self->request(echo, caf::infinite, probe_atom_v)
      .receive([](probe_atom) {}, [](const caf::error&) { std::abort(); });
    result.thread_ms.push_back((bench::seconds() - begin) * 1e3);
    std::this_thread::sleep_for(2ms);
  }
  w.stop(pinger);
  w.stop(echo);
  return result;
}

nlohmann::json summary(const std::vector<double>& ms) {
  return {{"p50_ms", bench::quantile(ms, .5)},
          {"p99_ms", bench::quantile(ms, .99)},
          {"max_ms", bench::quantile(ms, 1)}};
}

nlohmann::json summary(const round_trips& x) {
  return {{"from_actor", summary(x.cooperative_ms)},
          {"from_thread", summary(x.thread_ms)}};
}

/// Round trips while a pool keeps `workers` threads busy at this niceness.
nlohmann::json beside_busy(world& w, uint32_t workers, int niceness, size_t n) {
  pool_config cfg;
  cfg.workers = workers;
  auto pulled
    = w.spawn_pool(cfg, w.make<caf::detached>([niceness](const item& x) {
        setpriority(PRIO_PROCESS, 0, niceness); // Linux: of this thread alone
        compute(x.seq);
      }));
  std::atomic<bool> over{false};
  std::thread load{[&] {
    while (!over)
      drive(w.sys, through(pulled, {20000}), uint64_t{workers} * 4,
            uint64_t{workers} * 2);
  }};
  auto result = summary(measure_round_trips(w, n));
  over = true;
  load.join();
  w.stop(pulled);
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto number = [&](const char* name, const char* fallback) {
    return static_cast<unsigned>(
      std::stoul(bench::option(argc, argv, name, fallback)));
  };
  auto only = bench::option(argc, argv, "only", "");
  auto wanted = [&](const char* x) { return only.empty() || only == x; };
  world w;
  auto cores = std::max(std::thread::hardware_concurrency(), 1u);
  nlohmann::json result{{"cores", cores}};
  if (wanted("makespan")) {
    result["makespan"]["uneven"] = makespans(w, number("runs", "10"));
    result["makespan"]["every_fourth_long"] = makespan(w, regular_jobs());
  }
  if (wanted("router")) {
    auto jobs = number("jobs", "100000");
    result["router"]["one_at_a_time"] = router(w, jobs / 4, 1);
    result["router"]["many"] = router(w, jobs, 64);
  }
  if (wanted("round_trip")) {
    auto n = number("pings", "500");
    auto busy = number("busy", std::to_string(cores).c_str());
    auto& x = result["round_trip"];
    x["workers"] = busy;
    x["idle"] = summary(measure_round_trips(w, n));
    for (auto niceness : {0, 5, 10, 19})
      x["busy"]["nice_" + std::to_string(niceness)] = beside_busy(w, busy,
                                                                  niceness, n);
  }
  return bench::finish(result, "pool", argc, argv);
}
