// Certificates that are renewed and ledgers that are replaced while client, fog
// and cloud, real processes in two namespaces, take streams through: whether a
// keyframe is lost, and how long a link is down. Needs root. Run it from the
// project's folder.
//
//   bench_renewals [--renewals=1000] [--replacements=100] [--streams=4]
//     [--pause-ms=150] [--json]
//
// A renewal removes a node's certificate and key and makes both anew, so that
// for a moment the one is there without the other; every other node is told
// (SIGHUP), the rest find out. After each tenth somebody connects anew with a
// new certificate of their own. A replacement moves the ledger away, and every
// other time puts an empty file where it was. A keyframe is lost where no file
// has it that was a ledger, between the first and the last of its stream.

#include "chaos_nodes.hpp"
#include "targets.hpp"

using namespace vpaas;
using bench::json;
using bench::seconds;

namespace {

struct wishes {
  bench::chaos_wishes nodes;
  int renewals = 0;
  int replacements = 0;
  double pause = 0;
};

wishes read_wishes(int argc, char** argv) {
  auto number = [&](const char* name, const char* fallback) {
    return std::stoi(bench::option(argc, argv, name, fallback));
  };
  wishes x;
  x.renewals = number("renewals", "1000");
  x.replacements = number("replacements", "100");
  x.pause = number("pause-ms", "150") / 1000.;
  for (int i = 0; i < number("streams", "4"); ++i)
    x.nodes.streams.push_back("cam-" + std::to_string(i + 1));
  x.nodes.size = "320x180";
  x.nodes.detector = "null";
  x.nodes.backup = "null";
  return x;
}

/// How long a link was seen to be down.
class link_watch {
public:
  link_watch(std::string node, std::string path)
    : node_(std::move(node)), path_(std::move(path)) {
    // nop
  }

  void look(bench::observer& eye, const std::string& address, tier where) {
    auto there = eye.tool.node(address, where);
    auto x = there ? eye.tool.ask<status_report>(there->handle, status_atom_v,
                                                 path_)
                   : caf::expected<status_report>{there.error()};
    auto up = x && x->state == "up";
    if (x)
      reconnects_ = x->details.value().value("reconnects", 0ull);
    if (up)
      down_since_ = 0;
    else if (down_since_ == 0)
      down_since_ = seconds();
    if (!up)
      longest_ = std::max(longest_, seconds() - down_since_);
    unanswered_ += x ? 0 : 1;
  }

  /// @param retry seconds
  json report(double retry) const {
    return {{"longest_down_ms", 1000 * longest_},
            {"down_over_retry", longest_ / retry},
            {"reconnects", reconnects_},
            {"looks_without_an_answer", unanswered_}};
  }

  const std::string& name() const {
    return node_;
  }

private:
  std::string node_, path_;
  double down_since_ = 0;
  double longest_ = 0;
  uint64_t reconnects_ = 0;
  uint64_t unanswered_ = 0;
};

class runner {
public:
  runner(bench::chaos_nodes& nodes, const wishes& want)
    : nodes_(nodes), want_(want) {
    // nop
  }

  void run() {
    auto every = std::max(want_.renewals / std::max(want_.replacements, 1), 1);
    for (int i = 0; i < want_.renewals; ++i) {
      renew(i);
      if (i % every == 0 && replaced_.size() < size_t(want_.replacements))
        replace();
      if (i % 10 == 9)
        connect_anew();
      look();
      bench::rest(want_.pause);
    }
  }

  /// Ends the cameras and waits for what is under way.
  void drain() {
    nodes_.client.stop();
    bench::rest_until(
      [this] {
        bench::rest(.5);
        uint64_t open = 0;
        for (auto& name : want_.nodes.streams)
          if (auto x = nodes_.eye.stream_status(name)) {
            bench::keyframe_counts counts{*x};
            open += counts.in_flight + counts.spooled;
            dropped_[name] = counts.dropped;
          }
        return open == 0;
      },
      60);
    nodes_.fog.stop();
  }

  json report() const {
    json result{{"renewals", renewed_},
                {"replacements", replaced_.size()},
                {"newcomers", newcomers_},
                {"newcomers_refused", refused_},
                {"fog_retry_ms", 1000 * retry()}};
    for (auto* x : {&to_cloud_, &to_fog_})
      result["links"][x->name()] = x->report(retry());
    for (auto& name : want_.nodes.streams)
      result["streams_seen"][name] = keyframes_of(name);
    return result;
  }

private:
  /// What a link waits at most between two attempts, and takes for one.
  static double retry() {
    auto x = wan_profile();
    return std::chrono::duration<double>(x.retry_cap + x.probe_timeout
                                         + x.connect_timeout + x.hello_timeout)
      .count();
  }

  void renew(int i) {
    std::pair<const char*, bench::node_process*> all[]
      = {{"cloud-1", &nodes_.cloud},
         {"fog-1", &nodes_.fog},
         {"client-1", &nodes_.client}};
    auto [name, process] = all[i % 3];
    issue(name);
    if (i % 2 == 0)
      process->hang_up();
    ++renewed_;
  }

  void issue(const std::string& name) const {
    auto stem = nodes_.far.certificates() + "/" + name;
    for (auto end : {".pem", ".key"})
      std::filesystem::remove(stem + end);
    if (auto err = issue_certificate(nodes_.far.certificates(), name, 2))
      throw std::runtime_error(describe(err));
  }

  void replace() {
    auto from = nodes_.ledger();
    auto to = from + "." + std::to_string(replaced_.size());
    for (auto end : {"", "-wal", "-shm"})
      std::rename((from + end).c_str(), (to + end).c_str());
    if (replaced_.size() % 2 == 1)
      std::ofstream{from};
    replaced_.push_back(to);
  }

  void connect_anew() {
    issue("operator");
    bench::observer other{nodes_.far.tls("operator")};
    for (auto [address, where] :
         {std::pair{nodes_.fog.address, tier::fog},
          std::pair{nodes_.cloud.address, tier::cloud}}) {
      ++newcomers_;
      refused_ += other.tool.node(address, where) ? 0 : 1;
    }
  }

  void look() {
    to_cloud_.look(nodes_.eye, nodes_.fog.address, tier::fog);
    to_fog_.look(nodes_.eye, nodes_.client.address, tier::client);
  }

  json keyframes_of(const std::string& stream) const {
    std::map<uint64_t, bench::kept_keyframe> kept; // by frame: once
    auto files = replaced_;
    files.push_back(nodes_.ledger());
    uint64_t twice = 0;
    for (auto& file : files)
      for (auto& x : rows_of(file, stream)) {
        auto [i, fresh] = kept.emplace(x.frame, x);
        twice += !fresh && i->second.key != x.key ? 1 : 0;
      }
    std::vector<bench::kept_keyframe> all;
    all.reserve(kept.size());
    for (auto& x : kept)
      all.push_back(x.second);
    auto dropped = dropped_.find(stream);
    return {{"kept", all.size()},
            {"lost", bench::gaps(all, want_.nodes.every)},
            {"dropped", dropped == dropped_.end() ? 0 : dropped->second},
            {"numbers_reused", twice}};
  }

  /// None where the file never became a ledger.
  static std::vector<bench::kept_keyframe> rows_of(const std::string& file,
                                                   const std::string& stream) {
    std::error_code failed;
    auto size = std::filesystem::file_size(file, failed);
    if (failed || size == 0)
      return {};
    return bench::read_ledger(file, stream);
  }

  bench::chaos_nodes& nodes_;
  const wishes& want_;
  std::vector<std::string> replaced_;
  std::map<std::string, uint64_t> dropped_;
  link_watch to_cloud_{"fog_to_cloud", "cloud_link"};
  link_watch to_fog_{"client_to_fog", "fog_link"};
  int renewed_ = 0;
  int newcomers_ = 0;
  int refused_ = 0;
};

json measure(const wishes& want) {
  bench::chaos_nodes nodes{want.nodes};
  if (!nodes.far.apart())
    return {{"left_out", "needs root, for namespaces with TLS between them"}};
  json result;
  runner go{nodes, want};
  auto from = seconds();
  try {
    bench::rest(3); // all streams have begun
    go.run();
    go.drain();
  } catch (const std::exception& problem) {
    result["error"] = problem.what();
  }
  result.update(go.report());
  result["seconds"] = seconds() - from;
  return result;
}

} // namespace

int main(int argc, char** argv) {
  bench::take_signals();
  json report;
  try {
    bench::must(start_log({"error", "text", "", "bench"}));
    report = measure(read_wishes(argc, argv));
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  return bench::finish(report, "renewals", argc, argv);
}
