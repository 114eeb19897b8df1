#pragma once

// What a run of chaos shows: laws at each look, what processes take, and at the
// end each keyframe's fate.

#include "chaos_nodes.hpp"
#include "explained_drops.hpp"

namespace vpaas::bench {

/// A fault as it happened; times in seconds of the steady clock.
struct met_fault {
  planned_fault what;
  double began = 0;
  double ended = 0;    ///< all is there again
  double late = 0;     ///< seconds behind the plan
  std::string problem; ///< why it did not happen
};

class chaos_report {
public:
  chaos_report(const chaos_wishes& x, double length)
    : wishes_(x), began_(seconds()), length_(length) {
    auto rate = double(x.fps) / double(x.every);
    for (auto& name : x.streams)
      streams_.emplace(name, stream_account{rate});
    for (auto* name : {"results", "ledger", "cloud_link"})
      others_.emplace(name, stream_account{0});
  }

  /// Asks the fog about all streams, and the system about all processes.
  void look(chaos_nodes& nodes) {
    auto& eye = nodes.eye;
    measure("client", nodes.client, std::nullopt);
    measure("cloud", nodes.cloud, std::nullopt);
    if (!eye.watch(nodes.fog.address)) {
      ++blind_;
      return;
    }
    auto tree = eye.tool.ask<std::vector<tree_entry>>(eye.fog().handle,
                                                      tree_atom_v);
    if (!tree) {
      ++blind_;
      return;
    }
    for (auto& [name, account] : streams_)
      look_at(eye, *tree, "streams/" + name + "/coordinator", account);
    for (auto& [name, account] : others_)
      look_at(eye, *tree, name, account);
    auto self = eye.tool.ask<status_report>(eye.fog().handle, status_atom_v,
                                            std::string{});
    measure("fog", nodes.fog,
            self ? std::optional{self->details.value().value("actors", 0ull)}
                 : std::nullopt);
  }

  /// A fault that ends lives of coordinators is about to happen.
  void dying(const planned_fault& x, double now) {
    for (auto& [name, account] : streams_) {
      auto path = "fog/streams/" + name + "/coordinator";
      if (x.kind == fault::kill_fog || x.kind == fault::no_stores
          || (x.kind == fault::actor && path.rfind(x.target, 0) == 0))
        account.dies(now);
    }
  }

  void met(met_fault x) {
    faults_.push_back(std::move(x));
  }

  /// Keyframes under way, as of the last look.
  uint64_t open() const {
    uint64_t result = 0;
    for (auto& [name, account] : streams_)
      result += account.open();
    return result;
  }

  /// Notes what all processes take once no fault holds any more.
  void settled(chaos_nodes& nodes) {
    look(nodes);
    for (auto& [name, xs] : usage_)
      if (!xs.empty())
        at_rest_[name] = xs.back();
  }

  /// Writes all down. Returns whether every law held.
  bool tell(chaos_nodes& nodes, json& out) const {
    auto good = tell_streams(nodes, out);
    tell_faults(nodes, out);
    tell_usage(out);
    std::map<std::string, std::map<std::string, uint64_t>> counters;
    for (auto& [name, account] : streams_)
      for (auto& [key, value] : account.counters())
        counters["coordinators"][key] += value;
    for (auto& [name, account] : others_)
      counters[name] = account.counters();
    out["counters"] = counters;
    out["looks_without_an_answer"] = blind_;
    return good;
  }

private:
  struct usage {
    double at = 0;
    process_usage process;
    std::optional<uint64_t> actors;
  };

  /// What changes with each restart of the actor, its parents or its process.
  static std::string life_of(const node_info& node,
                             const std::vector<tree_entry>& tree,
                             const std::string& path) {
    auto result = std::to_string(node.incarnation);
    for (auto& x : tree)
      if (path == x.path || path.rfind(x.path + "/", 0) == 0)
        result += "/" + std::to_string(x.restarts);
    return result;
  }

  static void look_at(observer& eye, const std::vector<tree_entry>& tree,
                      const std::string& path, stream_account& account) {
    auto x = eye.tool.ask<status_report>(eye.fog().handle, status_atom_v, path);
    if (x)
      account.sample(seconds(), life_of(eye.fog().info, tree, path),
                     x->details.value());
  }

  void measure(const std::string& name, const node_process& x,
               std::optional<uint64_t> actors) {
    if (x.alive())
      usage_[name].push_back({seconds(), x.usage(), actors});
  }

  bool tell_streams(const chaos_nodes& nodes, json& out) const {
    auto good = true;
    auto logged = nodes.eye.log->all();
    for (auto& [name, account] : streams_) {
      auto kept = read_ledger(nodes.ledger(), name);
      std::vector<kept_keyframe> published;
      for (auto& x : logged[name])
        published.push_back({x.frame, x.key});
      auto missing = account.missing(kept.size());
      auto uncertain = account.uncertain();
      auto unaccounted = std::max<int64_t>(
        std::abs(missing) - static_cast<int64_t>(uncertain), 0);
      auto twice = doubles(kept);
      auto reused = reused_numbers(published);
      auto dropped = account.dropped();
      auto unexplained = unexplained_drops(dropped, plan());
      good = good && account.broken() + twice + reused + unexplained == 0
             && unaccounted == 0 && account.open() == 0;
      out["streams_seen"][name]
        = {{"received", account.total(&keyframe_counts::received)},
           {"recovered", account.total(&keyframe_counts::recovered)},
           {"answered", account.total(&keyframe_counts::answered)},
           {"dropped", dropped},
           {"unexplained", unexplained},
           {"open", account.open()},
           {"kept", kept.size()},
           {"lives", account.lives()},
           {"doubled", twice},
           {"numbers_reused", reused},
           {"looks_without_the_law", account.broken()},
           {"gaps", gaps(kept, wishes_.every)},
           {"missing", missing},
           {"uncertain", uncertain},
           {"unaccounted", unaccounted}};
    }
    return good;
  }

  std::vector<planned_fault> plan() const {
    std::vector<planned_fault> result;
    for (auto& x : faults_)
      result.push_back(x.what);
    return result;
  }

  /// Time from the end of each fault to the first result of the last stream,
  /// on a picture captured since.
  void tell_faults(const chaos_nodes& nodes, json& out) const {
    std::map<std::string, std::vector<double>> times;
    std::map<std::string, uint64_t> never, failed;
    double late = 0;
    for (auto& x : faults_) {
      auto kind = to_string(x.what.kind);
      late = std::max(late, x.late);
      failed[kind] += x.problem.empty() ? 0 : 1;
      if (!x.problem.empty())
        out["problems"].push_back(x.what.target + ": " + x.problem);
      auto slowest = 0.;
      for (auto& name : wishes_.streams) {
        auto y = nodes.eye.log->first(name, x.ended, [&](auto& z) {
          return z.revision == 0 && z.captured >= x.ended;
        });
        if (!y)
          ++never[kind];
        else
          slowest = std::max(slowest, y->at - x.ended);
      }
      times[kind].push_back(slowest * 1e3);
    }
    for (auto& [kind, xs] : times)
      out["recovery_ms"][kind]
        = {{"n", xs.size()},           {"p50", quantile(xs, .5)},
           {"p99", quantile(xs, .99)}, {"max", quantile(xs, 1)},
           {"never", never[kind]},     {"did_not_happen", failed[kind]}};
    out["seconds_behind_the_plan"] = late;
  }

  static json median_of(const std::vector<usage>& xs, double from, double to) {
    std::vector<double> rss, threads, descriptors, actors;
    for (auto& x : xs)
      if (x.at >= from && x.at < to && x.process.threads > 0) {
        rss.push_back(double(x.process.rss_bytes) / 1e6);
        threads.push_back(double(x.process.threads));
        descriptors.push_back(double(x.process.descriptors));
        if (x.actors)
          actors.push_back(double(*x.actors));
      }
    json result{{"rss_mb", median(rss)},
                {"threads", median(threads)},
                {"descriptors", median(descriptors)}};
    if (!actors.empty())
      result["actors"] = median(actors);
    return result;
  }

  /// What each process took early, and at the end: medians of half a minute.
  void tell_usage(json& out) const {
    auto early = began_ + std::min(300., length_ / 6);
    auto late = began_ + length_ - 30;
    for (auto& [name, xs] : usage_)
      out["usage"][name] = {{"early", median_of(xs, early, early + 30)},
                            {"late", median_of(xs, late, late + 30)}};
    for (auto& [name, x] : at_rest_)
      out["usage"][name]["at_rest"] = median_of({x}, 0, 1e300);
    out["early_seconds"] = early - began_;
  }

  chaos_wishes wishes_;
  double began_;
  double length_;
  std::map<std::string, stream_account> streams_, others_;
  std::map<std::string, std::vector<usage>> usage_;
  std::map<std::string, usage> at_rest_;
  std::vector<met_fault> faults_;
  uint64_t blind_ = 0; ///< looks that the fog did not answer
};

} // namespace vpaas::bench
