// What a link does when its peer is killed, frozen, cut off or restarted, with
// real processes. --cycles=N kill and restart cycles (100), --json.

#include "netns.hpp"
#include "report.hpp"
#include "runtime/node/process.hpp"
#include "support/real_node.hpp"
#include "targets.hpp"

using namespace vpaas;
using namespace std::chrono_literals;
using bench::seconds;
using nlohmann::json;

namespace {

/// This process with one link to one other node.
struct setup {
  test::real_node here;
  test::remote_node there;
  link_actor link;
  test::watcher events;

  setup(const link_profile& profile, const std::string& name,
        const std::string& host, std::vector<std::string> prefix = {})
    : here("here", profile), there({"--profile=" + name}, std::move(prefix)),
      link(here.spawn_link(here.link_to(host, there.port, profile))),
      events(here, link) {
    events.await_up(20s);
  }
};

double down_after(setup& x, double from) {
  return x.events.await_down(20s) ? (seconds() - from) * 1000 : -1;
}

double up_after(setup& x, double from) {
  return x.events.await_up(20s).empty() ? -1 : (seconds() - from) * 1000;
}

json worst(const std::vector<double>& xs) {
  auto failed = std::count(xs.begin(), xs.end(), -1.);
  return {{"p50_ms", bench::quantile(xs, .5)},
          {"max_ms", bench::quantile(xs, 1)},
          {"tries", xs.size()},
          {"never", failed}};
}

json freeze(const std::string& name, int tries) {
  setup x{test::profile_called(name), name, "127.0.0.1"};
  std::vector<double> down, up;
  for (int i = 0; i < tries; ++i) {
    x.there.process.signal(SIGSTOP);
    down.push_back(down_after(x, seconds()));
    // A return at any moment of the back-off and of CAF's own detection.
    x.events.await_up(i * 400ms);
    x.there.process.signal(SIGCONT);
    up.push_back(up_after(x, seconds()));
  }
  return {{"down", worst(down)}, {"up", worst(up)}};
}

json cut_off(const std::string& name, int tries) {
  bench::network_namespace far;
  if (!far.ok())
    return "skipped: needs root and network namespaces";
  setup x{test::profile_called(name), name, far.far_address(), far.prefix()};
  std::vector<double> down, up;
  for (int i = 0; i < tries; ++i) {
    far.drop();
    down.push_back(down_after(x, seconds()));
    x.events.await_up(i * 700ms);
    far.restore();
    up.push_back(up_after(x, seconds()));
  }
  return {{"down", worst(down)}, {"up", worst(up)}};
}

json usage(setup& x) {
  auto now = usage_of_this_process();
  return {{"rss_bytes", now.rss_bytes},
          {"threads", now.threads},
          {"descriptors", now.descriptors},
          {"actors", x.here.sys.registry().running()}};
}

json kill_and_restart(int cycles) {
  setup x{lan_profile(), "lan", "127.0.0.1"};
  auto port = "--port=" + std::to_string(x.there.port);
  std::vector<double> down, up;
  json early, late;
  for (int i = 0; i < cycles; ++i) {
    auto dead = seconds();
    x.there.process.kill();
    down.push_back(down_after(x, dead));
    x.there = test::remote_node{{port}};
    up.push_back(up_after(x, seconds()));
    if (i == cycles / 5)
      early = usage(x);
  }
  late = usage(x);
  return {{"down", worst(down)},
          {"up", worst(up)},
          {"after_a_fifth", early},
          {"at_the_end", late}};
}

/// How long a link needs to come up, beside `others` links that cannot.
json connect_beside(const std::string& black_hole, int others, int tries) {
  test::real_node here{"here", lan_profile()};
  test::remote_node there;
  for (int i = 0; i < others; ++i)
    here.spawn_link(
      here.link_to(black_hole, static_cast<uint16_t>(1000 + i), lan_profile()));
  std::vector<double> up;
  for (int i = 0; i < tries; ++i) {
    auto from = seconds();
    auto link
      = here.spawn_link(here.link_to("127.0.0.1", there.port, lan_profile()));
    test::watcher events{here, link};
    up.push_back(events.await_up(20s).empty() ? -1 : (seconds() - from) * 1000);
  }
  return worst(up);
}

json black_holes(int tries) {
  bench::network_namespace far;
  if (!far.ok())
    return "skipped: needs root and network namespaces";
  auto nowhere = far.black_hole();
  return {{"alone", connect_beside(nowhere, 0, tries)},
          {"beside_8", connect_beside(nowhere, 8, tries)}};
}

} // namespace

int main(int argc, char** argv) {
  auto cycles = std::stoi(bench::option(argc, argv, "cycles", "100"));
  auto tries = std::stoi(bench::option(argc, argv, "tries", "5"));
  auto only = bench::option(argc, argv, "only", "");
  json report;
  auto part = [&](const std::string& name, auto f) {
    if (only.empty() || name.find(only) == 0)
      report[name] = f();
  };
  part("kill", [&] { return kill_and_restart(cycles); });
  part("freeze_lan", [&] { return freeze("lan", tries); });
  part("freeze_wan", [&] { return freeze("wan", tries); });
  part("cut_off_lan", [&] { return cut_off("lan", tries); });
  part("cut_off_wan", [&] { return cut_off("wan", tries); });
  part("black_hole", [&] { return black_holes(20); });
  return bench::finish(report, "link_faults", argc, argv);
}
