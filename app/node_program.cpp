#include "node_program.hpp"

#include "actors/guard.hpp"
#include "actors/node.hpp"
#include "command_line.hpp"
#include "messages/registry.hpp"
#include "runtime/name.hpp"
#include "runtime/node/checkup.hpp"
#include "runtime/node/log.hpp"
#include "runtime/node/lua_policy.hpp"
#include "runtime/node/process.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/node/transport.hpp"
#include "runtime/printable.hpp"
#include "runtime/shipped.hpp"
#include "system.hpp"

#include <spdlog/spdlog.h>

#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>

namespace vpaas {

namespace {

constexpr int tree_ended = SIGUSR1; // raised by ourselves

/// Everything that was read and checked before anything starts.
struct plan {
  settings config;
  actor_kinds kinds;
  topology tree;
  credentials_ptr own;
};

void print_help(const std::string& name) {
  std::cout << "usage: " << name
            << " [--config-file=FILE] [--group.key=value ...]\n\n"
               "Starts a node of VPaaS and runs until SIGTERM or SIGINT, which "
               "stop it in order;\na second one stops it at once.\n\n"
               "  --config-file=FILE  configuration, INI; the command line "
               "wins over it\n"
               "  --dump-config       print the configuration with its "
               "explanations, and end\n"
               "  --kinds [--json]    list what topologies can ask for here, "
               "and end\n"
               "  --check             check configuration, topology, TLS and "
               "whether the\n"
               "                      networks, heads, policies and the "
               "database are good,\n"
               "                      and end\n"
               "  --help, --version\n";
}

/// Beside the file that names it, else one that is shipped.
std::string topology_path(const settings& config, const std::string& file) {
  std::filesystem::path path = config.get<std::string>("node", "topology");
  auto beside = std::filesystem::path{file}.parent_path() / path;
  std::error_code failed;
  if (path.is_absolute() || std::filesystem::exists(beside, failed))
    return beside.string();
  auto shipped = shipped_path("config/" + path.string());
  return std::filesystem::exists(shipped, failed) ? shipped : beside.string();
}

/// It names a folder, and the node to others.
caf::error check_name_rule(const std::string& name) {
  if (is_name(name))
    return caf::none;
  return caf::make_error(ec::bad_config, "node.name = \"" + printable(name)
                                           + "\" is not allowed; write "
                                           + name_rule);
}

/// A node's name and role are those in its certificate: others believe nothing
/// else.
caf::error check_own_name(const credentials& own, const std::string& name,
                          tier where) {
  if (!own.certified())
    return caf::none;
  auto who = own.who();
  if (who.name != name)
    return caf::make_error(
      ec::bad_config, "node.name = \"" + name
                        + "\": openssl.certificate is that of \"" + who.name
                        + "\"; set node.name to it, or "
                          "make one with vpaas certs issue "
                        + name);
  auto role = own.role();
  if (role == node_role::any || to_string(role) == to_string(where))
    return caf::none;
  return caf::make_error(ec::bad_config,
                         "openssl.certificate of \"" + name
                           + "\" is for a node whose role is " + to_string(role)
                           + "; make one with vpaas certs " + "renew " + name
                           + " --role=" + to_string(where));
}

caf::expected<plan> make_plan(const node_program& program, settings config,
                              const std::string& file) {
  if (auto err = check_name_rule(config.get<std::string>("node", "name")))
    return err;
  auto own = credentials_of(config);
  if (!own)
    return std::move(own.error());
  if (auto err = check_exposure(config.get<std::string>("node", "host"),
                                (*own)->certified()))
    return err;
  if (auto err = check_own_name(**own, config.get<std::string>("node", "name"),
                                program.where))
    return err;
  auto kinds = program.kinds(config);
  auto tree = read_topology(topology_path(config, file), config.values(),
                            kinds);
  if (!tree)
    return tree.error();
  return plan{std::move(config), std::move(kinds), std::move(*tree),
              std::move(*own)};
}

node_info introduce(const plan& x, tier where, uint16_t port) {
  auto host = x.config.get<std::string>("node", "host");
  auto address = x.config.get<std::string>("node", "advertise");
  if (address.empty())
    address = host + ":" + std::to_string(port);
  std::random_device random;
  return {x.config.get<std::string>("node", "name"),
          to_string(where),
          address,
          VPAAS_VERSION,
          uint64_t{random()} << 32 | random(),
          static_cast<uint32_t>(getpid()),
          caf::make_timestamp()};
}

void print_kinds(const actor_kinds& kinds, bool as_json) {
  auto all = json::array();
  for (const auto& x : kinds) {
    all.push_back({{"name", x.name},
                   {"help", x.help},
                   {"blocks", x.blocks},
                   {"parameters", to_json_value(x.parameters)}});
    if (as_json)
      continue;
    std::cout << x.name << ": " << x.help << '\n';
    for (const auto& p : x.parameters)
      std::cout << "  " << p.name << " = "
                << (p.required ? "(must be given)" : default_value(p).dump())
                << "  " << p.help << " (" << allowed(p) << ")\n";
  }
  if (as_json)
    std::cout << as_text(all) << '\n';
}

/// Blocks the signals in this thread and all that it starts from now on.
sigset_t block_signals() {
  sigset_t result;
  sigemptyset(&result);
  for (auto x : {SIGTERM, SIGINT, SIGHUP, tree_ended})
    sigaddset(&result, x);
  pthread_sigmask(SIG_BLOCK, &result, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return result;
}

/// From now on the operator's signals end the process at once.
void unblock_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

caf::expected<uint16_t> listen(const node_actor& self, const plan& x,
                               caf::actor_system& sys) {
  auto host = x.config.get<std::string>("node", "host");
  auto port = x.config.get<uint16_t>("node", "port");
  auto result = publish(sys, caf::actor_cast<caf::strong_actor_ptr>(self),
                        sys.message_types(self), host, port);
  if (result)
    return *result;
  return caf::make_error(ec::io, "failed to listen on " + host + ":"
                                   + std::to_string(port) + ": "
                                   + describe(result.error())
                                   + "; is another node running there? Set "
                                     "node.port");
}

/// Says on standard output that the whole tree is ready.
void announce(const node_actor& node, const node_info& info,
              caf::actor_system& sys) {
  sys.spawn([node, info](caf::event_based_actor* self) {
    auto say = [info] {
      spdlog::info("ready on {}", info.address);
      std::cout << info.name << " ready on " << info.address << std::endl;
    };
    self->request(node, std::chrono::seconds(3600), ready_atom_v)
      .then(say, [](const caf::error& x) {
        spdlog::error("did not become ready: {}", describe(x));
      });
  });
}

/// Takes the certificate files anew, as SIGHUP asks for.
void renew(caf::actor_system& sys) {
  if (auto err = reload_certificate(sys))
    spdlog::warn("kept the certificate that was there: {}", cause_of(err));
  else
    spdlog::info("took the certificate of {}", own_identity(sys).name);
}

/// Waits for a signal, then stops the node.
caf::error wait_and_stop(const node_actor& node, const sigset_t& signals,
                         caf::timespan grace, caf::actor_system& sys) {
  auto received = 0;
  for (sigwait(&signals, &received); received == SIGHUP;
       sigwait(&signals, &received))
    renew(sys);
  if (received == tree_ended)
    return caf::make_error(ec::bad_config,
                           "the tree of this node ended; the log says why");
  spdlog::info("stopping on {}", strsignal(received));
  unblock_signals();
  caf::error result;
  caf::scoped_actor self{sys};
  self->request(node, grace + std::chrono::seconds(5), stop_atom_v)
    .receive([] { spdlog::info("stopped"); },
             [&](const caf::error& x) { result = x; });
  return result;
}

caf::error serve(const node_program& program, const plan& x) {
  raise_descriptor_limit();
  auto signals = block_signals();
  node_system_config cfg{x.config, x.own};
  caf::actor_system sys{cfg};
  auto grace = x.config.get<caf::timespan>("node", "grace");
  auto start_tree = [&](const caf::actor& node) {
    return sys.spawn(supervisor, root_of(x.tree, x.kinds, sys, node));
  };
  auto info = introduce(x, program.where, 0);
  auto self = sys.spawn(node, node_config{info, x.kinds, start_tree, grace});
  self->attach_functor([](const caf::error&) { kill(getpid(), tree_ended); });
  auto port = listen(self, x, sys);
  if (!port) {
    caf::anon_send_exit(self, caf::exit_reason::kill);
    return port.error();
  }
  info = introduce(x, program.where, *port);
  caf::anon_send(self, start_atom_v, info);
  announce(self, info, sys);
  auto result = wait_and_stop(self, signals, grace, sys);
  if (result) // what did not stop in time must not hold the process
    std::_Exit(complain(info.name, result));
  if (hung_threads() > 0) { // nor must they, for good
    spdlog::default_logger()->flush();
    std::_Exit(0);
  }
  return result;
}

/// What a command line asks for beside running the node.
struct wishes {
  std::string file;
  bool dump = false;
  bool kinds = false;
  bool as_json = false;
  bool check_only = false;
};

/// What is wrong with who may read the key; empty where nothing is.
std::string about_key(const settings& config) {
  auto files = tls_paths(config);
  auto key = files.any() ? check_key(files.key) : finding{};
  return key.mend.empty() ? "" : key.found + "; " + key.mend;
}

/// Sets up the log, then runs the node to its end.
caf::error run_plan(const node_program& program, const plan& x) {
  const auto& config = x.config;
  if (auto err = start_log({config.get<std::string>("log", "level"),
                            config.get<std::string>("log", "format"),
                            config.get<std::string>("log", "file"),
                            config.get<std::string>("node", "name")}))
    return err;
  if (auto warning = about_key(config); !warning.empty())
    spdlog::warn(warning);
  return serve(program, x);
}

/// Looks for what the children of a topology name: networks, heads, policies,
/// databases.
caf::error find_all(const node_program& program, const plan& x,
                    const std::vector<child_spec>& children) {
  for (auto& child : children) {
    auto err = find_all(program, x, child.children);
    if (!err && program.find_named)
      err = program.find_named(x.config, child);
    auto parameters = child.parameters.value();
    auto policy = parameters.value("policy", json{});
    auto name = policy.is_string() ? policy.get<std::string>() : "";
    if (!err && !name.empty())
      if (auto loaded = load_policy(name); !loaded)
        err = std::move(loaded.error());
    if (err)
      return err;
  }
  return caf::none;
}

caf::error run_with(const node_program& program, settings config,
                    const wishes& want) {
  if (want.dump) {
    std::cout << to_ini(config);
    return caf::none;
  }
  if (want.kinds) {
    print_kinds(program.kinds(config), want.as_json);
    return caf::none;
  }
  auto x = make_plan(program, std::move(config), want.file);
  if (!x)
    return x.error();
  if (!want.check_only)
    return run_plan(program, *x);
  if (auto err = find_all(program, *x, x->tree.children))
    return err;
  if (auto warning = about_key(x->config); !warning.empty())
    std::cout << "warning: " << warning << '\n';
  std::cout << "configuration, topology, TLS and what they name are good\n";
  return caf::none;
}

} // namespace

supervisor_config root_of(const topology& tree, const actor_kinds& kinds,
                          caf::actor_system& sys, const caf::actor& node) {
  supervisor_config result;
  result.how = tree.supervise;
  result.children = tree.children;
  result.node = node;
  // Each supervisor below has a copy of these functions.
  auto shared = std::make_shared<const actor_kinds>(kinds);
  result.check = [shared](const child_spec& spec) {
    return complete(*shared, spec);
  };
  result.factory = [&sys, shared](const child_spec& spec,
                                  const std::string& path,
                                  const caf::actor& at) {
    return spawn_child(*shared, sys, spec, path, at);
  };
  return result;
}

int run_node(const node_program& program, int argc, char** argv) {
  auto name = "vpaas-" + to_string(program.where);
  command_line line{argc, argv, 1};
  if (line.take_flag("help")) {
    print_help(name);
    return 0;
  }
  if (line.take_flag("version")) {
    std::cout << name << ' ' << VPAAS_VERSION << '\n';
    return 0;
  }
  wishes want{line.take("config-file", ""), line.take_flag("dump-config"),
              line.take_flag("kinds"), line.take_flag("json"),
              line.take_flag("check")};
  auto changes = line.take_overrides();
  if (!changes)
    return complain(name, changes.error());
  if (!line.words().empty())
    return complain(name,
                    caf::make_error(ec::bad_config, "unknown word \""
                                                      + line.words().front()
                                                      + "\"; see --help"));
  auto config = read_settings(want.file, node_options(program.where), *changes);
  if (!config)
    return complain(name, config.error());
  auto err = run_with(program, std::move(*config), want);
  return err ? complain(name, err) : 0;
}

} // namespace vpaas
