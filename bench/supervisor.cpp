// What supervision costs: restarts of one child, on the scheduler and on a
// thread of its own, and small trees (a supervisor with four children) that are
// started and stopped at run time. Memory, threads, descriptors and actors have
// to stay flat.
//
//   bench_supervisor [--restarts=1000] [--trees=1000] [--rounds=4] [--json]

#include "actors/supervisor.hpp"
#include "messages/registry.hpp"
#include "messages/report.hpp"
#include "report.hpp"
#include "runtime/node/process.hpp"
#include "targets.hpp"

#include <malloc.h>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct config : caf::actor_system_config {
  config() {
    register_messages(*this);
  }
};

caf::behavior idle(caf::event_based_actor* self) {
  return {
    [](ready_atom) {},
    [=](status_atom) { return report(self, "ready", box{}); },
    [=](stop_atom) { self->quit(caf::make_error(ec::io, "boom")); },
  };
}

caf::expected<caf::actor> spawn_idle(caf::actor_system& system,
                                     const child_spec& spec) {
  return spec.detached ? system.spawn<caf::detached>(idle) : system.spawn(idle);
}

/// What is there after and was not before.
nlohmann::json growth(const nlohmann::json& before,
                      const nlohmann::json& after) {
  nlohmann::json result;
  for (auto& [key, value] : before.items())
    result[key] = after[key].get<int64_t>() - value.get<int64_t>();
  return result;
}

nlohmann::json usage(caf::actor_system& system) {
  auto x = usage_of_this_process();
  return {{"rss_kib", x.rss_bytes / 1024},
          {"heap_kib", mallinfo2().uordblks / 1024}, // in use, all arenas
          {"threads", x.threads},
          {"descriptors", x.descriptors},
          {"actors", system.registry().running()}};
}

child_spec leaf(const std::string& name) {
  child_spec result;
  result.name = name;
  result.kind = "idle";
  return result;
}

supervisor_config rules(caf::actor_system& system) {
  supervisor_config result;
  result.how.delay = result.how.max_delay = caf::timespan{0};
  result.factory = [&system](const child_spec& spec, const std::string&,
                             const caf::actor&) {
    return spawn_idle(system, spec);
  };
  return result;
}

/// A node actor that ends each child as soon as it has a name, until `limit`.
caf::behavior reaper(caf::event_based_actor* self, size_t limit,
                     caf::actor done) {
  auto seen = std::make_shared<size_t>(0);
  return {
    [=](enter_atom, const std::string&, const caf::actor& child) {
      if (++*seen > limit)
        self->send(done, caf::ok_atom_v);
      else
        self->send(child, stop_atom_v);
    },
    [](remove_atom, const std::string&, const caf::actor&) {},
  };
}

/// Restarts one child `count` times. @returns seconds
double restart(caf::actor_system& system, size_t count, bool detached) {
  caf::scoped_actor self{system};
  auto cfg = rules(system);
  cfg.how.intensity = static_cast<uint32_t>(count) + 1;
  cfg.children = {leaf("child")};
  cfg.children.front().detached = detached;
  cfg.node = system.spawn(reaper, count, caf::actor_cast<caf::actor>(self));
  auto start = bench::seconds();
  auto uut = system.spawn(supervisor, cfg);
  self->receive([](caf::ok_atom) {});
  auto result = bench::seconds() - start;
  self->request(uut, 10s, stop_atom_v).receive([] {}, [](const caf::error&) {});
  return result;
}

nlohmann::json restarts(caf::actor_system& system, size_t count,
                        bool detached) {
  restart(system, count / 10, detached); // fills pools and caches
  nlohmann::json result;
  result["before"] = usage(system);
  result["us_per_restart"] = restart(system, count, detached)
                             / static_cast<double>(count) * 1e6;
  result["after"] = usage(system);
  result["growth"] = growth(result["before"], result["after"]);
  return result;
}

child_spec tree(size_t i) {
  child_spec result;
  result.name = "tree-" + std::to_string(i);
  result.kind = supervisor_kind;
  for (auto name : {"decoder", "encoder", "coordinator", "collector"})
    result.children.push_back(leaf(name));
  return result;
}

/// Sends all requests, then awaits all answers. @returns seconds a request
template <class Request, class Answer>
double all(size_t count, Request request, Answer answer) {
  auto start = bench::seconds();
  using handle = decltype(request(size_t{0}));
  std::vector<handle> pending;
  for (size_t i = 0; i < count; ++i)
    pending.push_back(request(i));
  for (auto& x : pending)
    x.receive(answer, [](const caf::error& e) {
      throw std::runtime_error(describe(e));
    });
  return (bench::seconds() - start) / static_cast<double>(count);
}

nlohmann::json trees(caf::actor_system& system, size_t count, size_t rounds) {
  caf::scoped_actor self{system};
  auto uut = system.spawn(supervisor, rules(system));
  auto result = nlohmann::json::array();
  for (size_t round = 0; round < rounds; ++round) {
    auto before = usage(system);
    auto starting = all(
      count,
      [&](size_t i) {
        return self->request(uut, caf::infinite, start_atom_v, tree(i));
      },
      [](const caf::actor&) {});
    auto during = usage(system);
    auto stopping = all(
      count,
      [&](size_t i) {
        return self->request(uut, caf::infinite, remove_atom_v, tree(i).name);
      },
      [] {});
    auto grown = during["rss_kib"].get<double>()
                 - before["rss_kib"].get<double>();
    auto after = usage(system);
    result.push_back(
      {{"start_us_per_tree", starting * 1e6},
       {"stop_us_per_tree", stopping * 1e6},
       {"rss_growth_kib_per_tree", grown / static_cast<double>(count)},
       {"before", before},
       {"running", during},
       {"after", after},
       {"growth", growth(before, after)}});
  }
  self->request(uut, 10s, stop_atom_v).receive([] {}, [](const caf::error&) {});
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto number = [&](const char* name, const char* fallback) {
    return std::stoul(bench::option(argc, argv, name, fallback));
  };
  config cfg;
  caf::actor_system system{cfg};
  nlohmann::json report;
  auto count = number("restarts", "1000");
  report["restarts"] = restarts(system, count, false);
  report["detached_restarts"] = restarts(system, count, true);
  report["trees"] = trees(system, number("trees", "1000"),
                          number("rounds", "4"));
  return bench::finish(report, "supervisor", argc, argv);
}
