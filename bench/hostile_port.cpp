// Garbage, half-open and slow connections to a node's port, and what the calls
// of a real link make of it: with TLS, and with --plain without. CAF believes
// the length that a plain header claims and clears as much memory, up to 4 GiB:
// a plain port is for loopback only. --seconds=N (60), --rate=N garbage
// connections a second (50), --json.

#include "certificates.hpp"
#include "report.hpp"
#include "support/real_node.hpp"
#include "targets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <random>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using bench::seconds;
using nlohmann::json;

namespace {

/// A connection, or -1 where there is none.
int connect_to(uint16_t port) {
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      == 0)
    return fd;
  ::close(fd);
  return -1;
}

/// Connects, writes random bytes, goes.
void send_garbage(uint16_t port, double rate, const std::atomic<bool>& stop,
                  std::atomic<uint64_t>& count) {
  std::minstd_rand random{1};
  std::vector<char> bytes(4096);
  while (!stop) {
    for (auto& x : bytes)
      x = static_cast<char>(random());
    if (auto fd = connect_to(port); fd >= 0) {
      ::send(fd, bytes.data(), 1 + random() % bytes.size(), MSG_NOSIGNAL);
      ::close(fd);
      ++count;
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(1 / rate));
  }
}

/// Holds connections on which nothing, or one byte at a time, is ever sent.
void hold_open(uint16_t port, bool drip, const std::atomic<bool>& stop,
               std::atomic<uint64_t>& count) {
  std::vector<int> held;
  while (!stop) {
    if (held.size() < 200) {
      if (auto fd = connect_to(port); fd >= 0) {
        held.push_back(fd);
        ++count;
      }
    }
    if (drip)
      for (auto fd : held)
        ::send(fd, "\0", 1, MSG_NOSIGNAL);
    std::this_thread::sleep_for(250ms);
  }
  for (auto fd : held)
    ::close(fd);
}

struct latencies {
  std::vector<double> seconds;
  uint64_t errors = 0;

  json report() const {
    return {{"calls", seconds.size()},
            {"errors", errors},
            {"p50_ms", bench::quantile(seconds, .5) * 1000},
            {"p99_ms", bench::quantile(seconds, .99) * 1000},
            {"max_ms", bench::quantile(seconds, 1) * 1000}};
  }
};

latencies measure(test::real_node& here, const link_actor& link,
                  double duration) {
  latencies result;
  for (auto end = seconds() + duration; seconds() < end;) {
    auto from = seconds();
    here.self
      ->request(link, 10s, call_atom_v, std::string{"echo"},
                make_item("x", 1, box{}), caf::timespan{5s})
      .receive([&](const item&) { result.seconds.push_back(seconds() - from); },
               [&](const caf::error&) { ++result.errors; });
    std::this_thread::sleep_for(1ms);
  }
  return result;
}

json attack(double duration, double rate, const std::string& tls) {
  test::real_node here{"here", lan_profile(), tls};
  test::remote_node there{{"--tls=" + tls}};
  auto link
    = here.spawn_link(here.link_to("127.0.0.1", there.port, lan_profile()));
  test::watcher events{here, link};
  json report{{"link", events.await_up(20s)}};
  report["quiet"] = measure(here, link, 2).report();
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> garbage{0}, idle{0}, slow{0};
  std::thread a{[&] { send_garbage(there.port, rate, stop, garbage); }};
  std::thread b{[&] { hold_open(there.port, false, stop, idle); }};
  std::thread c{[&] { hold_open(there.port, true, stop, slow); }};
  report["attacked"] = measure(here, link, duration).report();
  stop = true;
  for (auto x : {&a, &b, &c})
    x->join();
  report["garbage_connections"] = garbage.load();
  report["half_open_connections"] = idle.load();
  report["slow_connections"] = slow.load();
  // The node serves newcomers too, not only who was there before.
  auto from = seconds();
  auto fresh
    = here.spawn_link(here.link_to("127.0.0.1", there.port, lan_profile()));
  test::watcher more{here, fresh};
  report["serves_newcomers"] = more.await_up(60s) == "far";
  report["newcomer_up_after_seconds"] = seconds() - from;
  return report;
}

} // namespace

int main(int argc, char** argv) {
  auto duration = std::stod(bench::option(argc, argv, "seconds", "60"));
  auto rate = std::stod(bench::option(argc, argv, "rate", "50"));
  json report;
  if (bench::flag(argc, argv, "plain")) {
    report["plain"] = attack(duration, rate, "");
  } else if (auto tls = bench::make_certificates(); !tls.empty()) {
    report["tls"] = attack(duration, rate, tls);
    std::filesystem::remove_all(tls);
  } else {
    report["tls"] = "skipped: no certificates";
  }
  return bench::finish(report, "hostile_port", argc, argv);
}
