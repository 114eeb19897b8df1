// What everyone else notices of each thing that somebody does to a node's port:
// the cells of test_security's matrix. Slices under attack alternate with quiet
// ones. The figure of a slice is the 99th percentile of the calls of somebody
// who is served, one a millisecond; that of a cell is the median of its
// attacked slices over that of its quiet ones.
//
//   bench_hostile_matrix [--rounds=5] [--slice=0.5] [--only=WHO] [--json]
//
// An attacked slice lasts for --slice seconds and until the last attempt is
// over. Who attacks would have a machine of his own: under `chrt -r 10` the
// node and its customer come before him, and before whatever else this machine
// does.

#include "measure.hpp"
#include "support/visitors.hpp"
#include "targets.hpp"

#include <atomic>
#include <functional>
#include <thread>

#include <sched.h>

using namespace vpaas;
using bench::json;
using bench::seconds;
using test::fate;

namespace {

struct wishes {
  int rounds = 5;
  double slice = .5;
  std::string only; ///< a visitor
};

/// Seconds of each call until `done`, and for `wishes::slice` at least.
class slice {
public:
  void measure(test::customer& who, double least,
               const std::function<bool()>& done) {
    std::vector<double> times;
    for (auto end = seconds() + least; seconds() < end || !done();) {
      auto took = who.ask();
      (took < 3600 ? times.push_back(took) : void(++unanswered));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    calls += times.size();
    p99s.push_back(bench::quantile(std::move(times), .99));
  }

  double p99() const {
    return bench::median(p99s);
  }

  std::vector<double> p99s;
  size_t calls = 0;
  size_t unanswered = 0;
};

/// This thread and what it starts come after what is in real time.
void step_back() {
  sched_param none{};
  ::sched_setscheduler(0, SCHED_OTHER, &none);
}

struct cell {
  const test::visitor& who;
  const test::attempt& what;
  fate wanted;

  json measure(const wishes& x, const credentials_ptr& own,
               const test::place& node) const {
    test::customer honest{own, node.port};
    if (!honest.is_answered())
      throw std::runtime_error("the node does not answer");
    slice quiet, attacked;
    auto right = true;
    for (auto i = 0; i < x.rounds; ++i) {
      quiet.measure(honest, x.slice, [] { return true; });
      std::atomic<bool> enough{false}, over{false};
      std::thread attacker{[&] {
        step_back();
        do
          right = what.run(who, node) == wanted && right;
        while (!enough);
        over = true;
      }};
      auto end = seconds() + x.slice;
      attacked.measure(honest, x.slice, [&] {
        enough = seconds() >= end;
        return over.load();
      });
      attacker.join();
    }
    return {{"as_the_table", right ? 1 : 0},
            {"calls", attacked.calls},
            {"unanswered", attacked.unanswered + quiet.unanswered},
            {"quiet_p99_ms", 1e3 * quiet.p99()},
            {"attacked_p99_ms", 1e3 * attacked.p99()},
            {"p99_over_quiet", attacked.p99() / quiet.p99()}};
  }
};

using table = std::map<std::string, std::array<fate, 6>>;

/// One node with all its visitors.
void add_cells(json& report, const wishes& x, const std::string& prefix,
               const std::string& address, const credentials_ptr& own,
               const std::vector<test::visitor>& all, const table& wanted) {
  auto where = test::place_of(address);
  for (auto& who : all) {
    if (!x.only.empty() && x.only != who.who)
      continue;
    for (size_t i = 0; i < std::size(test::attempts); ++i) {
      auto& what = test::attempts[i];
      auto name = prefix + who.who + ": " + what.what;
      auto& one = report["cells"][name];
      one = cell{who, what, wanted.at(who.who)[i]}.measure(x, own, where);
      std::fprintf(stderr, "%-40s %s\n", name.c_str(), one.dump().c_str());
    }
  }
}

json measure(const wishes& x) {
  json report;
  test::authority ca, other;
  test::temp_dir home;
  {
    test::running_node cloud{"cloud",
                             test::tls_options(ca.dir.path(), "cloud-1")};
    add_cells(report, x, "", cloud.address, ca.of("operator"),
              test::visitors(ca, other, home), test::with_certificates);
  }
  test::running_node cloud{"cloud", {}};
  add_cells(report, x, "on loopback, ", cloud.address,
            test::visitor_config::secret_of_user(),
            test::visitors_on_loopback(other, home), test::on_loopback);
  return report;
}

} // namespace

int main(int argc, char** argv) {
  json report;
  try {
    wishes x;
    x.rounds = std::stoi(bench::option(argc, argv, "rounds", "5"));
    x.slice = std::stod(bench::option(argc, argv, "slice", "0.5"));
    x.only = bench::option(argc, argv, "only", "");
    report = measure(x);
  } catch (const std::exception& x) {
    report["error"] = x.what();
  }
  return bench::finish(report, "hostile_matrix", argc, argv);
}
