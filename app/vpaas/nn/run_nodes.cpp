#include "run_nodes.hpp"

#include "actors/node.hpp"
#include "networks.hpp"
#include "node_program.hpp"
#include "runtime/node/log.hpp"
#include "runtime/shipped.hpp"
#include "system.hpp"
#include "wide_area.hpp"

#include <caf/io/all.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

constexpr auto start_timeout = std::chrono::minutes{5};

overrides wishes_of(const run_plan& x, tier where) {
  overrides result;
  auto fog = where == tier::fog || !x.four;
  auto cloud = where == tier::cloud || !x.four;
  auto threads = std::to_string(x.threads);
  if (fog) {
    result.emplace_back("fog.classifier", x.classifier);
    result.emplace_back("fog.heads", x.heads);
    result.emplace_back("fog.backup", x.backup);
    result.emplace_back("store.folder", x.folder);
    result.emplace_back("fog.second_look", x.look);
    result.emplace_back("fog.labels", json(x.labels).dump());
    result.emplace_back("fog.gives_way", x.in_real_time ? "true" : "false");
    if (!x.functions.empty())
      result.emplace_back("vars.functions", x.functions);
  }
  if (cloud) {
    result.emplace_back("cloud.detector", x.detector);
    result.emplace_back("cloud.threads", threads);
    result.emplace_back("cloud.type", x.type);
    result.emplace_back("cloud.max_batch", std::to_string(x.max_batch));
    if (!x.enlarger.empty())
      result.emplace_back("vars.super_resolver", x.enlarger);
  }
  if (where == tier::backend) // nobody looks at a page of this
    result.emplace_back("gateway.listen", "");
  if (fog || cloud)
    result.emplace_back("zoo.path", x.zoo_path);
  return result;
}

// -- all in this process ------------------------------------------------------

class one_process : public run_nodes {
public:
  caf::error begin(const run_plan& x) {
    auto changes = wishes_of(x, tier::fog);
    changes.emplace_back("node.name", "one");
    changes.emplace_back("node.topology", "topologies/one.lua");
    auto config = read_settings("", all_options(), changes);
    if (!config)
      return std::move(config.error());
    config_ = std::make_unique<settings>(std::move(*config));
    if (auto err = start_log({"warning", "text", x.folder + "/one.log", "one"}))
      return err;
    auto kinds = all_kinds(*config_, networks_of(*config_));
    auto tree = read_topology(shipped_path("config/topologies/one.lua"),
                              config_->values(), kinds);
    if (!tree)
      return std::move(tree.error());
    system_config_ = std::make_unique<node_system_config>(*config_, nullptr);
    system_ = std::make_unique<caf::actor_system>(*system_config_);
    return start_tree(std::move(*tree), kinds);
  }

  ~one_process() override {
    if (!system_)
      return;
    caf::scoped_actor self{*system_};
    self->request(node_, std::chrono::seconds{20}, stop_atom_v)
      .receive([] {},
               [&](const caf::error&) {
                 self->send_exit(node_, caf::exit_reason::kill);
               });
    node_ = nullptr;
  }

  caf::actor_system& system() override {
    return *system_;
  }

  found_node fog() override {
    found_node result;
    result.handle = node_;
    result.info.name = "one";
    return result;
  }

  const found_node* client() override {
    return nullptr;
  }

  std::vector<std::pair<std::string, int>> processes() const override {
    return {{"one", int(getpid())}};
  }

  caf::error kill_cloud() override {
    return no_process();
  }

  caf::error return_cloud() override {
    return no_process();
  }

private:
  static caf::error no_process() {
    return caf::make_error(ec::bad_config, "the cloud is no process of its "
                                           "own; write --nodes=four");
  }

  caf::error start_tree(topology tree, const actor_kinds& kinds) {
    node_info info;
    info.name = "one";
    info.tier = to_string(tier::fog);
    auto make = [this, kinds, tree](const caf::actor& node) {
      return system_->spawn(supervisor, root_of(tree, kinds, *system_, node));
    };
    node_ = system_->spawn(
      node, node_config{info, kinds, make, std::chrono::seconds{20}});
    caf::scoped_actor self{*system_};
    caf::anon_send(node_, start_atom_v, info);
    caf::error result;
    self->request(node_, start_timeout, ready_atom_v)
      .receive([] {}, [&](const caf::error& x) { result = x; });
    return result;
  }

  std::unique_ptr<settings> config_;
  std::unique_ptr<node_system_config> system_config_;
  std::unique_ptr<caf::actor_system> system_;
  node_actor node_;
};

// -- a process for each -------------------------------------------------------

/// A node binary beside this program; it ends with this object, or with us.
class node_process {
public:
  /// @param prefix what stands before the program, to run it elsewhere
  caf::error begin(tier where, const overrides& changes,
                   const std::string& folder, const std::string& network,
                   std::vector<std::string> prefix = {}) {
    name = to_string(where);
    log_ = folder + "/" + name + ".log";
    std::error_code ignored;
    auto program = fs::read_symlink("/proc/self/exe", ignored)
                     .replace_filename("vpaas-" + name)
                     .string();
    port_ = prefix.size() + 1;
    words_ = std::move(prefix);
    for (auto& x : {program, std::string{"--node.port=0"},
                    "--node.network=" + network, "--log.file=" + log_})
      words_.push_back(x);
    for (auto& [key, value] : changes)
      words_.push_back("--" + key + "=" + value);
    return launch();
  }

  caf::error begin_again() {
    words_[port_] = "--node.port=" + address.substr(address.rfind(':') + 1);
    return launch();
  }

  void stop_at_once() {
    if (pid <= 0) // it did not start; -1 is every process of the user
      return;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    pid = -1;
  }

  caf::error launch() {
    auto& program = words_.front();
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0)
      return caf::make_error(ec::io,
                             "failed to start " + program + ": no pipe");
    pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      dup2(out[1], STDOUT_FILENO);
      dup2(out[1], STDERR_FILENO);
      std::vector<char*> argv;
      for (auto& x : words_)
        argv.push_back(x.data());
      argv.push_back(nullptr);
      execvp(program.c_str(), argv.data());
      _exit(127);
    }
    close(out[1]);
    auto said = read_line(out[0]);
    close(out[0]);
    auto ready = said.find(" ready on ");
    if (ready == std::string::npos)
      return caf::make_error(ec::bad_config, "failed to start " + program + ": "
                                               + last_line(said));
    address = said.substr(said.rfind(' ') + 1);
    return caf::none;
  }

  ~node_process() {
    if (pid <= 0)
      return; // it was stopped
    kill(pid, SIGTERM);
    for (int i = 0; i < 200; ++i) { // ten seconds
      if (waitpid(pid, nullptr, WNOHANG) == pid)
        return;
      usleep(50'000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }

  std::string name, address;
  int pid = -1;

private:
  static std::string read_line(int from) {
    std::string result;
    for (char c; read(from, &c, 1) == 1 && c != '\n';)
      result += c;
    return result;
  }

  /// The end of its log, or else what it said.
  std::string last_line(const std::string& said) const {
    std::ifstream in{log_};
    std::string result;
    for (std::string x; std::getline(in, x);)
      result = x;
    return !result.empty() ? result : said.empty() ? "it was killed" : said;
  }

  std::string log_;
  std::vector<std::string> words_;
  size_t port_ = 1; ///< where the port stands in `words_`
};

class four_processes : public run_nodes {
public:
  caf::error begin(const run_plan& x) {
    if (x.wan_mbit > 0)
      if (auto err = wan_.begin(x))
        return err;
    overrides known;
    for (auto where : {tier::backend, tier::cloud, tier::fog, tier::client}) {
      auto changes = wishes_of(x, where);
      for (auto& change : wan_.options(where))
        changes.push_back(change);
      for (auto& [key, value] : known)
        if (needs(where, key))
          changes.emplace_back(key, value);
      nodes_.push_back(std::make_unique<node_process>());
      auto& process = *nodes_.back();
      if (auto err = process.begin(where, changes, x.folder, x.network,
                                   wan_.prefix(where)))
        return err;
      known.emplace_back("node." + process.name, process.address);
    }
    auto own_options = wan_.options("operator");
    own_options.emplace_back("node.network", "lan");
    auto config = read_settings("", tool_options(), own_options);
    if (!config)
      return std::move(config.error());
    auto own = credentials_of(*config);
    if (!own)
      return std::move(own.error());
    setup_ = std::make_unique<tool_setup>(
      tool_setup{std::move(*config), std::move(*own)});
    system_config_ = std::make_unique<node_system_config>(setup_->config,
                                                          setup_->own);
    system_ = std::make_unique<caf::actor_system>(*system_config_);
    node_finder find{*setup_, *system_};
    return meet(find);
  }

  ~four_processes() override {
    fog_ = client_ = {};
    while (!nodes_.empty()) // clients first
      nodes_.pop_back();
  }

  caf::actor_system& system() override {
    return *system_;
  }

  found_node fog() override {
    return fog_;
  }

  const found_node* client() override {
    return &client_;
  }

  std::vector<std::pair<std::string, int>> processes() const override {
    std::vector<std::pair<std::string, int>> result;
    for (auto& x : nodes_)
      result.emplace_back(x->name, x->pid);
    return result;
  }

  caf::error kill_cloud() override {
    nodes_[1]->stop_at_once();
    return caf::none;
  }

  caf::error return_cloud() override {
    return nodes_[1]->begin_again();
  }

private:
  static bool needs(tier where, const std::string& key) {
    auto options = node_options(where);
    return std::any_of(options.begin(), options.end(), [&](auto& x) {
      return x.group + "." + x.spec.name == key;
    });
  }

  caf::error meet(node_finder& find) {
    auto fog = find.node(nodes_[2]->address, tier::fog);
    auto client = find.node(nodes_[3]->address, tier::client);
    if (!fog || !client)
      return !fog ? fog.error() : client.error();
    fog_ = *fog;
    client_ = *client;
    // The fog knows the client once the client's link has met it.
    node_info who;
    who.name = client->info.name;
    for (int i = 0; i < 100; ++i) {
      if (find.ask<caf::actor>(fog_.handle, resolve_atom_v, who))
        return caf::none;
      usleep(100'000);
    }
    return caf::make_error(ec::cloud_down, "the client did not join the fog");
  }

  wide_area wan_; ///< goes after the nodes
  std::vector<std::unique_ptr<node_process>> nodes_;
  std::unique_ptr<tool_setup> setup_;
  std::unique_ptr<node_system_config> system_config_;
  std::unique_ptr<caf::actor_system> system_;
  found_node fog_, client_;
};

template <class T>
caf::expected<std::unique_ptr<run_nodes>> begin(const run_plan& x) {
  auto result = std::make_unique<T>();
  if (auto err = result->begin(x))
    return err;
  return std::unique_ptr<run_nodes>{std::move(result)};
}

} // namespace

caf::expected<std::unique_ptr<run_nodes>> run_nodes::start(const run_plan& x) {
  return x.four ? begin<four_processes>(x) : begin<one_process>(x);
}

} // namespace vpaas
