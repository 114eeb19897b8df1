#pragma once

// Client, fog and cloud of a run of chaos, and how each fault is made.

#include "absent_stores.hpp"
#include "fault_plan.hpp"
#include "faulty_nodes.hpp"
#include "stopped_thread.hpp"
#include "support/small_disk.hpp"

#include <fstream>
#include <optional>
#include <sstream>

namespace vpaas::bench {

struct chaos_wishes {
  std::vector<std::string> streams;
  uint64_t every = 5;
  int fps = 15;
  std::string size, detector, backup;
  json stream = json::object(); ///< more parameters of each stream
  size_t disk_bytes = 0;        ///< of the file system of ledger and spool
  std::string clip;             ///< what all cameras play; empty: a street each
};

/// The actors that get an exit, as the shipped topologies name them.
inline std::vector<std::string> actors_of(const chaos_wishes& x) {
  std::vector<std::string> result;
  for (auto* name : {"bulk_receiver", "cloud_link", "ledger", "results"})
    result.push_back(std::string{"fog/"} + name);
  if (!x.backup.empty())
    result.push_back("fog/backup_detector");
  result.push_back("fog/chunk_spool");
  for (auto* name : {"bulk_receiver", "chunk_decoder-1", "detectors",
                     "region_filter", "paster", "runner"})
    result.push_back(std::string{"cloud/"} + name);
  result.push_back("fog/streams");
  for (auto& name : x.streams)
    for (auto* part : {"", "/decoder", "/revisit", "/encoder", "/coordinator"})
      result.push_back("fog/streams/" + name + part);
  return result;
}

/// The shipped topology of a tier with more children for its supervisor
/// `parent`, behind those that it has.
inline std::string topology_with(const std::string& tier,
                                 const std::string& parent,
                                 const std::string& children) {
  std::ifstream in{"config/topologies/" + tier + ".lua"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto end = text.rfind("{ kind = \"supervisor\", name = \"" + parent + "\"");
  if (end == std::string::npos)
    throw std::runtime_error("config/topologies/" + tier
                             + ".lua has no supervisor " + parent
                             + "; run this from the project's folder");
  auto depth = 0;
  do {
    depth += text.at(end) == '{' ? 1 : text.at(end) == '}' ? -1 : 0;
    ++end;
  } while (depth > 0);
  return text.insert(end - 1, ",\n" + children);
}

class chaos_nodes {
public:
  explicit chaos_nodes(const chaos_wishes& x)
    : disk(x.disk_bytes), wishes_(x), fog_topology_(write_fog()),
      client_topology_(write_client()),
      cloud(tier::cloud, far.prefix(), far.host(),
            far.with_tls("cloud-1", {{"log.file", folder_.path("cloud.log")},
                                     {"node.backend", "127.0.0.1:1"},
                                     {"cloud.detector", x.detector}})),
      fog(tier::fog, {}, "127.0.0.1",
          far.with_tls("fog-1", {{"log.file", folder_.path("fog.log")},
                                 {"node.topology", fog_topology_},
                                 {"node.cloud", cloud.address},
                                 {"node.backend", "127.0.0.1:1"},
                                 {"fog.classifier", ""},
                                 {"fog.backup", x.backup},
                                 {"store.folder", disk.path("")}})),
      client(tier::client, {}, "127.0.0.1",
             far.with_tls("client-1", {{"log.file", folder_.path("client.log")},
                                       {"node.topology", client_topology_},
                                       {"node.fog", fog.address}})),
      eye(far.tls("operator")) {
    auto watched = [this] { return eye.watch(fog.address); };
    if (!rest_until(watched, 20))
      throw std::runtime_error("the fog does not answer");
  }

  /// Those of `xs` that can be made here.
  std::vector<fault> possible(std::vector<fault> xs) const {
    auto cannot = [this](fault x) {
      auto link = x == fault::drop || x == fault::throttle;
      return (link && !far.apart())
             || (x == fault::fill_disk && !disk.mounted());
    };
    xs.erase(std::remove_if(xs.begin(), xs.end(), cannot), xs.end());
    return xs;
  }

  /// Actors of fog and cloud that a plan with these targets spares.
  std::vector<std::string> not_among(const std::vector<std::string>& targets) {
    std::vector<std::string> result;
    for (auto* name : {"fog", "cloud"}) {
      auto node = find(name);
      if (!node)
        continue;
      auto tree = eye.tool.ask<std::vector<tree_entry>>(node->handle,
                                                        tree_atom_v);
      if (!tree)
        continue;
      for (auto& x : *tree) {
        auto path = std::string{name} + "/" + x.path;
        if (std::count(targets.begin(), targets.end(), path) == 0)
          result.push_back(path);
      }
    }
    return result;
  }

  /// @returns why it did not happen, empty where it did
  std::string begin(const planned_fault& x) {
    switch (x.kind) {
      case fault::actor:
        return end_actor(x.target);
      case fault::kill_cloud:
        cloud.kill();
        break;
      case fault::kill_fog:
        fog.kill();
        break;
      case fault::freeze_cloud:
        cloud.freeze();
        break;
      case fault::freeze_fog:
        fog.freeze();
        break;
      case fault::drop:
        return far.link.drop() ? "" : "packets cannot be dropped";
      case fault::throttle:
        return far.link.shape(x.mbit) ? "" : "tc cannot shape the link";
      case fault::fill_disk:
        fill();
        break;
      case fault::hang_fog:
        return hang(fog, x.which);
      case fault::hang_cloud:
        return hang(cloud, x.which);
      case fault::lock_ledger:
        return lock_ledger();
      case fault::lose_spool:
        return lose_spool();
      case fault::no_stores: {
        fog.kill();
        auto problem = lock_ledger() + lose_spool();
        start_fog();
        return problem;
      }
    }
    return "";
  }

  /// Afterwards all is there again, and ready.
  void end(const planned_fault& x) {
    switch (x.kind) {
      case fault::actor:
        break;
      case fault::kill_cloud:
        cloud.start();
        cloud.await_ready();
        break;
      case fault::kill_fog:
        start_fog();
        break;
      case fault::freeze_cloud:
        cloud.thaw();
        break;
      case fault::freeze_fog:
        fog.thaw();
        break;
      case fault::drop:
        far.link.restore();
        break;
      case fault::throttle:
        far.link.unshape();
        break;
      case fault::fill_disk:
        std::filesystem::remove(disk.path("filler"));
        break;
      default:
        thread_.reset();
        ledger_.reset();
        spool_.reset();
    }
  }

  /// Whether the fog can be asked while such a fault holds.
  static bool fog_answers(fault x) {
    return x != fault::kill_fog && x != fault::freeze_fog;
  }

  /// Leaves logs and ledger in a folder.
  void keep(const std::string& where) const {
    std::filesystem::create_directories(where);
    auto how = std::filesystem::copy_options::overwrite_existing
               | std::filesystem::copy_options::recursive;
    for (auto& from : {folder_.path(), disk.path("")})
      std::filesystem::copy(from, where, how);
  }

  std::string ledger() const {
    return disk.path("ledger.db");
  }

private:
  caf::expected<found_node> find(const std::string& name) {
    return name == "fog" ? eye.tool.node(fog.address, tier::fog)
                         : eye.tool.node(cloud.address, tier::cloud);
  }

  std::string end_actor(const std::string& target) {
    auto slash = target.find('/');
    auto node = find(target.substr(0, slash));
    if (!node)
      return describe(node.error());
    auto actor = eye.tool.ask<caf::actor>(node->handle, resolve_atom_v,
                                          target.substr(slash + 1));
    if (!actor)
      return describe(actor.error());
    caf::anon_send_exit(*actor, caf::exit_reason::kill);
    return "";
  }

  void start_fog() {
    fog.start();
    fog.await_ready();
    eye.watch(fog.address);
  }

  /// @param which of its threads, in [0, 1)
  std::string hang(const node_process& who, double which) {
    auto threads = threads_of(who.pid());
    if (threads.empty())
      return who.name() + " has no threads";
    thread_.emplace(threads[size_t(which * double(threads.size()))]);
    return thread_->stopped() ? "" : "a thread of it cannot be stopped";
  }

  std::string lock_ledger() {
    ledger_.emplace(ledger());
    return ledger_->locked() ? "" : "sqlite3 cannot lock the ledger";
  }

  std::string lose_spool() {
    spool_.emplace(disk.path("spool"));
    return spool_->absent() ? "" : "there is no spool to take away";
  }

  /// Takes all space of the disk that is left.
  void fill() const {
    std::ofstream out{disk.path("filler"), std::ios::binary};
    out.exceptions(std::ios::goodbit);
    std::string block(1 << 16, 'x');
    for (auto size : {size_t{1} << 16, size_t{1} << 10}) {
      out.clear();
      while (out.write(block.data(), std::streamsize(size)).flush())
        continue;
    }
  }

  std::string write_fog() const {
    std::string children, more;
    for (auto& [key, value] : wishes_.stream.items())
      more += ", " + key + " = " + value.dump(); // as Lua writes it, too
    for (auto& x : wishes_.streams)
      children += "{ kind = \"stream\", name = \"" + x
                  + "\", camera = \"client-1:cameras/" + x
                  + "\", every = " + std::to_string(wishes_.every)
                  + ", classifier = \"\", backup = \""
                  + (wishes_.backup.empty() ? "" : "backup_detector") + "\""
                  + more + " },\n";
    return folder_.write("fog.lua", topology_with("fog", "streams", children));
  }

  std::string write_client() const {
    std::string children;
    for (size_t i = 0; i < wishes_.streams.size(); ++i) {
      auto& name = wishes_.streams[i];
      auto path = wishes_.clip;
      if (path.empty()) {
        path = folder_.path(name + ".mp4");
        record_street(path, wishes_.size, wishes_.fps, i + 1);
      }
      children += "{ kind = \"camera\", name = \"" + name + "\", stream = \""
                  + name + "\", source = \"" + path
                  + "\", real_time = true, loop = true },\n";
    }
    return folder_.write("client.lua",
                         topology_with("client", "cameras", children));
  }

  test::temp_dir folder_;

public:
  test::small_disk disk;
  far_side far;

private:
  chaos_wishes wishes_;
  std::string fog_topology_, client_topology_;

public:
  node_process cloud, fog, client;
  observer eye;

private:
  std::optional<stopped_thread> thread_; // goes on before its process ends
  std::optional<locked_ledger> ledger_;
  std::optional<absent_folder> spool_;
};

} // namespace vpaas::bench
