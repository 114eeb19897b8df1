#pragma once

// Node processes that a bench kills, freezes and starts again, what their fog
// publishes, and an end that leaves nothing behind.

#include "actors/stream/coordinator.hpp"
#include "certificates.hpp"
#include "keyframe_audit.hpp"
#include "measure.hpp"
#include "netns.hpp"
#include "one_node.hpp"
#include "runtime/node/probe.hpp"
#include "runtime/node/process.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/store/ledger.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>

namespace vpaas::bench {

/// Whoever waits was told to end.
struct interrupted : std::runtime_error {
  interrupted() : std::runtime_error("interrupted") {
    // nop
  }
};

/// The signals that end a bench by an exception from `rest`, so that its
/// objects take their processes, mounts and namespaces with them.
inline sigset_t ending_signals() {
  sigset_t result;
  sigemptyset(&result);
  for (auto x : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&result, x);
  return result;
}

/// Call this first, before there are threads.
inline void take_signals() {
  auto signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

/// Waits. Throws `interrupted`.
inline void rest(double time) {
  auto signals = ending_signals();
  auto whole = static_cast<time_t>(std::max(time, 0.));
  timespec limit{whole,
                 long((std::max(time, 0.) - static_cast<double>(whole)) * 1e9)};
  if (sigtimedwait(&signals, nullptr, &limit) > 0)
    throw interrupted{};
}

/// Waits until `done`, or for `limit` seconds; returns whether it is.
template <class F>
bool rest_until(F done, double limit) {
  for (auto end = seconds() + limit; !done(); rest(0.005))
    if (seconds() > end)
      return false;
  return true;
}

/// A node binary beside this program, of which each life has the same address.
class node_process {
public:
  node_process(tier where, std::vector<std::string> prefix, std::string host,
               overrides changes)
    : where_(where), prefix_(std::move(prefix)), host_(std::move(host)),
      changes_(std::move(changes)) {
    start();
    await_ready();
  }

  /// Begins a life.
  void start() {
    process_ = std::make_unique<test::child_process>(command());
  }

  /// Waits until its port accepts; returns when, in seconds.
  double await_port() {
    auto accepts = [this] {
      using namespace std::chrono_literals;
      return probe_port(host_, port_, 50ms).engaged();
    };
    if (!rest_until(accepts, 60))
      throw std::runtime_error(name() + " does not accept on its port again");
    return seconds();
  }

  /// Waits until its tree is ready; returns when, in seconds.
  double await_ready() {
    for (int i = 0; i < 30; ++i) { // networks take a while
      auto said = process_->line();
      auto ready = said.find(" ready on ") != std::string::npos;
      if (!ready && !said.empty())
        throw std::runtime_error(name() + ": " + said);
      if (ready) {
        address = said.substr(said.rfind(' ') + 1);
        port_ = static_cast<uint16_t>(
          std::stoi(address.substr(address.rfind(':') + 1)));
        return seconds();
      }
      rest(0);
    }
    throw std::runtime_error(name() + " did not become ready");
  }

  void kill() {
    process_->kill();
  }

  /// Ends it as an operator would.
  void stop() {
    process_->signal(SIGTERM);
    process_->finish();
  }

  /// Tells it to take its certificate anew.
  void hang_up() {
    process_->signal(SIGHUP);
  }

  void freeze() {
    process_->signal(SIGSTOP);
  }

  void thaw() {
    process_->signal(SIGCONT);
  }

  bool alive() const {
    return pid() > 0;
  }

  pid_t pid() const {
    return process_->pid();
  }

  process_usage usage() const {
    return usage_of_process(std::to_string(process_->pid()));
  }

  std::string name() const {
    return "vpaas-" + to_string(where_);
  }

  std::string address;

private:
  std::vector<std::string> command() const {
    auto here
      = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    auto result = prefix_;
    result.push_back(here + "/" + name());
    result.push_back("--node.host=" + host_);
    result.push_back("--node.port=" + std::to_string(port_));
    for (auto& [key, value] : changes_)
      result.push_back("--" + key + "=" + value);
    return result;
  }

  tier where_;
  std::vector<std::string> prefix_;
  std::string host_;
  overrides changes_;
  uint16_t port_ = 0;
  std::unique_ptr<test::child_process> process_;
};

/// A result when it came.
struct arrival {
  double at = 0;       ///< seconds of this machine's steady clock
  double captured = 0; ///< the same, from the wall clock
  uint64_t frame = 0;
  uint32_t revision = 0;
  named_by located = named_by::cloud;
  int64_t key = 0; ///< nanoseconds of its capture, which no other frame has
};

/// Seconds of the steady clock at a moment of the wall clock.
inline double steady(caf::timestamp x) {
  auto ago = caf::make_timestamp() - x;
  return seconds() - std::chrono::duration<double>(ago).count();
}

/// All results that were published, by stream. Any thread.
class arrivals {
public:
  void add(const std::vector<frame_result>& xs) {
    auto now = seconds();
    std::lock_guard<std::mutex> lock{mutex_};
    for (auto& x : xs)
      streams_[x.stream].push_back({now, steady(x.captured), x.frame,
                                    x.revision, x.located,
                                    x.captured.time_since_epoch().count()});
  }

  std::map<std::string, std::vector<arrival>> all() const {
    std::lock_guard<std::mutex> lock{mutex_};
    return streams_;
  }

  /// The first of a stream from `from` on for which `good`.
  template <class F>
  std::optional<arrival> first(const std::string& stream, double from,
                               F good) const {
    std::lock_guard<std::mutex> lock{mutex_};
    auto found = streams_.find(stream);
    if (found == streams_.end())
      return std::nullopt;
    auto& xs = found->second;
    auto i = std::lower_bound(xs.begin(), xs.end(), from,
                              [](auto& x, double t) { return x.at < t; });
    i = std::find_if(i, xs.end(), good);
    return i == xs.end() ? std::nullopt : std::optional{*i};
  }

  /// Whether results come; not after a connection was lost.
  std::atomic<bool> subscribed{false};

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<arrival>> streams_;
};

/// Who asks nodes, and subscribes to the fog's results.
class observer {
public:
  explicit observer(const overrides& tls)
    : setup_(tool_with(timed(tls))), config_(setup_.config, setup_.own),
      sys(config_), tool(setup_, sys), log(std::make_shared<arrivals>()) {
    listener_ = sys.spawn([to = log](
                            caf::event_based_actor* self) -> caf::behavior {
      self->set_default_handler(caf::drop);
      self->set_down_handler(
        [to](const caf::down_msg&) { to->subscribed = false; });
      return {
        [to](result_atom, const std::vector<frame_result>& xs) { to->add(xs); },
        [self](watch_atom, const caf::actor& x) { self->monitor(x); },
      };
    });
  }

  ~observer() {
    caf::anon_send_exit(listener_, caf::exit_reason::kill);
    results_ = nullptr;
    fog_.handle = nullptr;
  }

  /// Finds the fog, and subscribes where its results have not been; false where
  /// it does not answer.
  bool watch(const std::string& address) {
    auto node = tool.node(address, tier::fog);
    if (!node)
      return false;
    fog_ = *node;
    auto from = tool.actor<results_actor>(fog_, "results");
    if (!from)
      return false;
    if (*from == results_ && log->subscribed)
      return true;
    caf::anon_send(listener_, watch_atom_v, caf::actor_cast<caf::actor>(*from));
    log->subscribed = true;
    if (tool.tell(*from, subscribe_atom_v, std::string{}, listener_)) {
      log->subscribed = false;
      return false;
    }
    results_ = *from;
    return true;
  }

  found_node& fog() {
    return fog_;
  }

  caf::expected<json> stream_status(const std::string& name) {
    auto x = look_at_stream(tool, fog_, name);
    return x ? caf::expected<json>{x->details.value()}
             : caf::expected<json>{x.error()};
  }

private:
  static overrides timed(overrides x) {
    x.emplace_back("tool.timeout", "2s");
    return x;
  }

  tool_setup setup_;
  node_system_config config_;

public:
  caf::actor_system sys;
  node_finder tool;
  std::shared_ptr<arrivals> log;

private:
  caf::actor listener_;
  found_node fog_;
  results_actor results_;
};

/// Where a cloud is put so that its packets can be dropped: a namespace, or
/// without root this machine itself.
class far_side {
public:
  far_side() : folder_(make_certificates()) {
    // nop
  }

  far_side(const far_side&) = delete;

  far_side& operator=(const far_side&) = delete;

  ~far_side() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// Whether packets can be dropped.
  bool apart() const {
    return link.ok() && !folder_.empty();
  }

  std::vector<std::string> prefix() const {
    return apart() ? link.prefix() : std::vector<std::string>{};
  }

  /// The folder with all certificates and their authority; empty: none.
  const std::string& certificates() const {
    return folder_;
  }

  std::string host() const {
    return apart() ? link.far_address() : "127.0.0.1";
  }

  /// Of the node of this name, where there is a network between nodes.
  overrides tls(const std::string& name) const {
    return apart() ? tls_options(folder_, name) : overrides{};
  }

  overrides with_tls(const std::string& name, overrides x) const {
    for (auto& option : tls(name))
      x.push_back(option);
    return x;
  }

  network_namespace link;

private:
  std::string folder_;
};

/// Records a street of twenty seconds, to be played again and again.
inline void record_street(const std::string& path, const std::string& size,
                          int fps, uint64_t seed) {
  auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path()
                 / "vpaas";
  auto url = "synthetic://street?size=" + size + "&fps=" + std::to_string(fps)
             + "&seconds=20&seed=" + std::to_string(seed);
  test::child_process child{{program, "record", url, "--output=" + path}};
  if (child.finish() != 0)
    throw std::runtime_error("vpaas record does not work");
}

/// The rows of a stream. @param path of a SQLite file
inline std::vector<kept_keyframe> read_ledger(const std::string& path,
                                              const std::string& stream) {
  database_config cfg;
  cfg.connection = path;
  cfg.read_only = true;
  auto from = must(ledger::open(cfg));
  std::vector<kept_keyframe> result;
  result_query query;
  query.stream = stream;
  for (;;) {
    auto page = must(from.find(query));
    if (page.empty())
      return result;
    for (auto& x : page)
      result.push_back({x.frame, x.captured.time_since_epoch().count()});
    query.after = page.back().stream;
    query.after_frame = page.back().frame;
  }
}

} // namespace vpaas::bench
