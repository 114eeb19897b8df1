// The bulk channel: speed on loopback against raw TCP, behaviour on a slow
// link, memory with a frozen receiver. --mb=N per loopback run (1024),
// --window=N largest window in KiB, --json.

#include "certificates.hpp"
#include "netns.hpp"
#include "report.hpp"
#include "runtime/node/process.hpp"
#include "support/real_node.hpp"
#include "targets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <fstream>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using bench::seconds;
using nlohmann::json;

namespace {

blob make_blob(size_t bytes) {
  blob::buffer result(bytes);
  for (size_t i = 0; i < bytes; ++i)
    result[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
  return blob{std::move(result)};
}

transfer_offer offer(uint64_t seq) {
  transfer_offer result;
  result.key = {"bench", seq};
  result.target = "sink";
  return result;
}

template <class Self>
auto transfer(Self& self, const link_actor& link, uint64_t seq, const blob& x) {
  return self->request(link, 300s, transfer_atom_v, offer(seq), x,
                       caf::timespan{200s});
}

/// What the sink got: all bytes, and the checksum of the last blob.
transfer_offer arrived(test::real_node& here, const link_actor& link) {
  transfer_offer result;
  here.self
    ->request(link, 10s, call_atom_v, std::string{"sink"}, item{},
              caf::timespan{5s})
    .receive([&](const item& x) { result = *x.value.get<transfer_offer>(); },
             [](const caf::error&) {});
  return result;
}

link_status status_of(test::real_node& here, const link_actor& link) {
  link_status result;
  here.self->request(link, 10s, status_atom_v)
    .receive(
      [&](const status_report& x) {
        if (auto y = from_json<link_status>(x.details.value()))
          result = *y;
      },
      [](const caf::error&) {});
  return result;
}

// -- loopback -----------------------------------------------------------------

double raw_tcp_mb_per_second(size_t total) {
  auto server = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto where = reinterpret_cast<sockaddr*>(&address);
  if (::bind(server, where, size) != 0 || ::listen(server, 1) != 0
      || ::getsockname(server, where, &size) != 0)
    return 0;
  std::thread sender{[&] {
    auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
    std::vector<char> slice(max_slice_bytes);
    if (::connect(fd, where, size) == 0)
      for (size_t sent = 0; sent < total; sent += slice.size())
        for (size_t n = 0; n < slice.size();)
          n += static_cast<size_t>(
            std::max<ssize_t>(::write(fd, &slice[n], slice.size() - n), 0));
    ::close(fd);
  }};
  auto fd = ::accept(server, nullptr, nullptr);
  std::vector<char> slice(max_slice_bytes);
  auto from = seconds();
  while (::read(fd, slice.data(), slice.size()) > 0)
    continue;
  auto took = seconds() - from;
  sender.join();
  ::close(fd);
  ::close(server);
  return static_cast<double>(total) / took / 1e6;
}

/// Seconds of processor time of each thread of a process.
std::map<std::string, double> thread_times(pid_t pid) {
  std::map<std::string, double> result;
  auto tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& x : std::filesystem::directory_iterator{tasks}) {
    std::ifstream file{x.path() / "schedstat"};
    double ns = 0;
    file >> ns;
    result[x.path().filename()] = ns / 1e9;
  }
  return result;
}

/// What one side's processors did in a run of `took` seconds.
json load(pid_t pid, const std::map<std::string, double>& before, double took,
          double megabytes) {
  double sum = 0;
  std::vector<double> shares;
  for (const auto& [thread, time] : thread_times(pid)) {
    auto i = before.find(thread);
    auto spent = time - (i != before.end() ? i->second : 0);
    sum += spent;
    shares.push_back(spent / took);
  }
  std::sort(shares.rbegin(), shares.rend());
  shares.resize(std::min<size_t>(shares.size(), 3));
  return {{"cpu_ms_per_mb", sum * 1000 / megabytes},
          {"busiest_threads", shares}};
}

json loopback(size_t total, uint64_t window, const std::string& tls) {
  test::real_node here{"here", lan_profile(), tls};
  test::remote_node there{{"--tls=" + tls}};
  auto cfg = here.link_to("127.0.0.1", there.port, lan_profile());
  cfg.bulk.credit.max_window = window;
  auto link = here.spawn_link(cfg);
  test::watcher events{here, link};
  if (events.await_up(20s).empty())
    return "the link did not come up";
  auto x = make_blob(64 << 20);
  transfer(here.self, link, 0, x).receive([] {}, [](const caf::error&) {});
  auto idle_here = thread_times(::getpid());
  auto idle_there = thread_times(there.process.pid());
  auto runs = std::max<size_t>(total / x.size(), 1);
  auto from = seconds();
  std::string failure;
  for (size_t i = 1; i <= runs; ++i)
    transfer(here.self, link, i, x)
      .receive([] {}, [&](const caf::error& e) { failure = describe(e); });
  auto took = seconds() - from;
  auto megabytes = static_cast<double>(runs * x.size()) / 1e6;
  auto load_here = load(::getpid(), idle_here, took, megabytes);
  auto load_there = load(there.process.pid(), idle_there, took, megabytes);
  auto intact = arrived(here, link).checksum == checksum_of(x.data(), x.size());
  return {{"mb_per_second", megabytes / took},
          {"seconds", took},
          {"intact", intact},
          {"failure", failure},
          {"window_bytes", status_of(here, link).window_bytes},
          {"sender", load_here},
          {"receiver", load_there}};
}

json speed(size_t total, uint64_t window) {
  auto raw = raw_tcp_mb_per_second(total);
  auto tls = bench::make_certificates();
  json result{{"raw_tcp_mb_per_second", raw},
              {"plain", loopback(total, window, "")},
              {"tls", tls.empty() ? json("skipped: no certificates")
                                  : loopback(total, window, tls)}};
  for (const char* x : {"plain", "tls"})
    if (result[x].is_object())
      result[x]["ratio_to_raw_tcp"] = result[x]["mb_per_second"].get<double>()
                                      / raw;
  if (!tls.empty())
    std::filesystem::remove_all(tls);
  return result;
}

// -- a slow link --------------------------------------------------------------

json slow_link(double mbit, size_t bytes) {
  bench::network_namespace far;
  if (!far.ok() || !far.shape(mbit))
    return "skipped: needs root, network namespaces and tc";
  test::real_node here{"here", wan_profile()};
  test::remote_node there{{"--profile=wan"}, far.prefix()};
  auto link = here.spawn_link(
    here.link_to(far.far_address(), there.port, wan_profile()));
  test::watcher events{here, link};
  if (events.await_up(20s).empty())
    return "the link did not come up";
  std::atomic<bool> done{false};
  std::vector<double> calls;
  std::thread caller{[&] {
    caf::scoped_actor self{here.sys};
    while (!done) {
      auto from = seconds();
      self
        ->request(link, 10s, call_atom_v, std::string{"echo"},
                  make_item("small", 1, box{}), caf::timespan{5s})
        .receive([&](const item&) { calls.push_back(seconds() - from); },
                 [&](const caf::error&) { calls.push_back(10); });
    }
  }};
  auto x = make_blob(bytes);
  std::string failure;
  auto from = seconds();
  transfer(here.self, link, 1, x)
    .receive([] {}, [&](const caf::error& e) { failure = describe(e); });
  auto took = seconds() - from;
  done = true;
  caller.join();
  auto state = status_of(here, link);
  return {
    {"seconds", took},
    {"share_of_rate", static_cast<double>(bytes) * 8 / took / mbit / 1e6},
    {"intact", arrived(here, link).checksum == checksum_of(x.data(), x.size())},
    {"failure", failure},
    {"reconnects", state.reconnects},
    {"calls", calls.size()},
    {"call_p50_ms", bench::quantile(calls, .5) * 1000},
    {"call_p99_ms", bench::quantile(calls, .99) * 1000},
    {"call_max_ms", bench::quantile(calls, 1) * 1000},
    {"window_bytes", state.window_bytes},
    {"slice_bytes", state.slice_bytes}};
}

// -- a frozen receiver --------------------------------------------------------

json frozen_receiver() {
  // Patient times: the memory is to be bounded while the link is still up.
  auto profile = lan_profile();
  profile.suspect_after = 60s;
  profile.down_after = 120s;
  auto caf_profile = profile;
  caf_profile.caf_timeout = 120s;
  test::real_node here{"here", caf_profile};
  test::remote_node there;
  auto link = here.spawn_link(here.link_to("127.0.0.1", there.port, profile));
  test::watcher events{here, link};
  if (events.await_up(20s).empty())
    return "the link did not come up";
  auto x = make_blob(400 << 20);
  auto before = usage_of_this_process().rss_bytes;
  caf::anon_send(link, transfer_atom_v, offer(1), x, caf::timespan{100s});
  while (status_of(here, link).sent_bytes < x.size() / 4)
    events.await_down(1ms); // the window is learned on a healthy link
  there.process.signal(SIGSTOP);
  auto grown = uint64_t{0};
  for (auto end = seconds() + 8; seconds() < end;) {
    events.await_down(200ms);
    auto rss = usage_of_this_process().rss_bytes;
    grown = std::max(grown, rss > before ? rss - before : 0);
  }
  auto state = status_of(here, link);
  return {{"queued_bytes", x.size()},
          {"sent_bytes", state.sent_bytes},
          {"window_bytes", state.window_bytes},
          {"flying_bytes", state.flying_bytes},
          {"rss_growth_bytes", grown}};
}

} // namespace

int main(int argc, char** argv) {
  auto total = std::stoul(bench::option(argc, argv, "mb", "1024")) << 20;
  auto most = std::to_string(credit_config{}.max_window >> 10);
  auto window = std::stoul(bench::option(argc, argv, "window", most)) << 10;
  auto only = bench::option(argc, argv, "only", "");
  json report;
  auto part = [&](const std::string& name, auto f) {
    if (only.empty() || name.find(only) == 0)
      report[name] = f();
  };
  part("speed", [&] { return speed(total, window); });
  part("slow_link", [&] { return slow_link(10, 16'000'000); });
  part("frozen_receiver", [] { return frozen_receiver(); });
  return bench::finish(report, "bulk", argc, argv);
}
