#include "model_registry.hpp"

#include "actors/control/file_sender.hpp"
#include "registered_model.hpp"
#include "registry_client.hpp"
#include "rollout_watch.hpp"
#include "runtime/duration.hpp"
#include "runtime/error.hpp"
#include "runtime/policy/rollout.hpp"
#include "runtime/printable.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas model register NAME [FILE...] [--like=MODEL]\n"
    "       vpaas model dispatch NAME[@VERSION] --on=NODE\n"
    "       vpaas model deploy NAME[@VERSION] --on=NODE [--function=NAME]\n"
    "       vpaas model rollback --on=NODE [--function=NAME]\n"
    "       vpaas model registered [--json]\n\n"
    "register sends a model of this machine (vpaas model list), one made of "
    "FILEs, or\nheads (one .json) to the backend, as the next version of NAME. "
    "dispatch sends its\nfiles ahead to nodes; deploy lets a function of them "
    "run it, and waits until it\ndoes: a node tries a model before it takes "
    "it, and goes on with the one before\nwhere it is no good. rollback takes "
    "the last deployment back. Nodes that are away\nfollow when they are "
    "back.\n\n"
    "  --on=NODE        a node by its name, or fog or cloud: all of them\n"
    "  --function=NAME  of the node (cloud: detectors; fog: backup_detector, "
    "or\n"
    "                   classifier for a backbone and for heads)\n"
    "  --wait=TIME      for nodes to follow; 0s: not at all (2min)\n"
    "  --like=MODEL     see vpaas model import\n"
    "  --node=BACKEND   HOST:PORT or name\n"
    "  --json\n";

constexpr const char* function_help
  = "usage: vpaas function register FILE\n"
    "       vpaas function deploy NAME[@VERSION] --on=NODE\n"
    "       vpaas function rollback --on=NODE [--function=NAME]\n"
    "       vpaas function registered [--json]\n\n"
    "register sends a function of yours to the backend, as the next version of "
    "its\nname: a shared library (.so) for pipelines, or Lua for results of "
    "streams.\ndeploy lets nodes have it: a library runs there in a process of "
    "its own, which\nis tried before it takes the place of the one before; Lua "
    "is found by streams\nthat are added or configured from then on. rollback "
    "takes the last deployment\nback. Nodes that are away follow when they are "
    "back.\n\n"
    "  --on=NODE        a node by its name, or fog or cloud: all of them\n"
    "  --function=NAME  which of those that are deployed there\n"
    "  --wait=TIME      for nodes to follow; 0s: not at all (2min)\n"
    "  --node=BACKEND   HOST:PORT or name\n"
    "  --json\n";

struct wish {
  std::string subject; ///< "model" or "function"
  std::string verb, name;
  std::vector<std::string> files;
  std::string like, zoo_path, on, function, backend;
  caf::timespan wait{0};
  bool as_json = false;
};

caf::expected<wish> read_wish(command_line& line, const std::string& subject) {
  wish x;
  x.subject = subject;
  auto words = line.words();
  x.verb = words.empty() ? "" : words[0];
  auto named = x.verb != "rollback" && x.verb != "registered";
  if (named && words.size() > 1)
    x.name = words[1];
  x.files.assign(
    words.begin() + std::min<ptrdiff_t>(named ? 2 : 1, ptrdiff_t(words.size())),
    words.end());
  x.like = line.take("like", "");
  x.zoo_path = line.take("zoo.path", "");
  x.on = line.take("on", "");
  x.function = line.take("function", "");
  x.backend = line.take("node", "");
  x.as_json = line.take_flag("json");
  auto wait = parse_duration(line.take("wait", "2min"));
  if (!wait)
    return std::move(wait.error());
  x.wait = *wait;
  if (named && x.name.empty())
    return caf::make_error(ec::bad_config, "name a " + subject + "; see vpaas "
                                             + subject + " " + x.verb
                                             + " --help");
  if (x.verb != "register" && !x.files.empty())
    return caf::make_error(ec::bad_config,
                           "\"" + x.files[0] + "\" is one word too many");
  if (x.verb != "register" && x.verb != "registered" && x.on.empty())
    return caf::make_error(ec::bad_config, "say where: --on=NODE, --on=fog or "
                                           "--on=cloud");
  return x;
}

// -- register -----------------------------------------------------------------

caf::error send_file(registry_client& to, const registered_file& x) {
  auto receiver = to.tool.actor<receiver_actor>(to.node, receiver_name);
  if (!receiver)
    return std::move(receiver.error());
  auto bytes = read_registered(x);
  if (!bytes)
    return std::move(bytes.error());
  file_sender_config cfg;
  cfg.to = *receiver;
  auto sender = to.sys.spawn(file_sender, cfg);
  transfer_offer offer;
  offer.key = {x.what.sha256,
               uint64_t(caf::make_timestamp().time_since_epoch().count())};
  offer.target = registry_name;
  constexpr auto limit = std::chrono::minutes(30);
  caf::error result;
  caf::scoped_actor self{to.sys};
  self
    ->request(sender, limit + std::chrono::seconds(5), transfer_atom_v, offer,
              *bytes, caf::timespan{limit})
    .receive([] {}, [&](caf::error& cause) { result = std::move(cause); });
  self->send_exit(sender, caf::exit_reason::user_shutdown);
  return result;
}

caf::error add(const wish& x, const tool_setup& setup) {
  auto made = x.subject == "function" ? function_of_file(x.name)
              : x.files.empty()       ? model_of_zoo(x.name, x.zoo_path)
                                      : model_of_files(x.name, x.files, x.like);
  if (!made)
    return std::move(made.error());
  registry_client to{setup, x.backend};
  if (to.problem)
    return to.problem;
  auto what = document{to_json_value(made->what)};
  auto missing = to.tool.ask<document>(to.registry, offer_atom_v, what);
  if (!missing)
    return std::move(missing.error());
  for (auto& file : made->files) {
    auto& hashes = missing->value().at("missing");
    if (std::find(hashes.begin(), hashes.end(), json(file.what.sha256))
        == hashes.end())
      continue;
    if (!x.as_json)
      std::cerr << "sending " << file.what.name << ", "
                << file.what.bytes / 1000 << " kB" << std::endl;
    if (auto err = send_file(to, file))
      return err;
  }
  auto kept = to.tool.ask<document>(to.registry, keep_atom_v, what);
  if (!kept)
    return std::move(kept.error());
  auto& value = kept->value();
  if (x.as_json)
    std::cout << as_text(value) << '\n';
  else
    std::cout << "registered " << value.value("name", "") << '@'
              << value.value("version", json{0}) << '\n';
  return caf::none;
}

// -- deploy -------------------------------------------------------------------

/// Which function of a node such a model is for, and its parameter.
caf::expected<deployment>
slot_for(const wish& x, const std::string& target_tier, const artifact& what) {
  deployment result;
  result.target = x.on;
  result.artifact = what.reference();
  result.function = x.function;
  result.parameter = what.kind == artifact_kind::heads      ? "heads"
                     : what.kind == artifact_kind::function ? "library"
                                                            : "model";
  auto is_script = what.kind == artifact_kind::function && what.files.empty();
  if (x.verb == "dispatch" || is_script) {
    result.function.clear();
    result.parameter += " " + what.name;
    return result;
  }
  if (!result.function.empty())
    return result;
  if (what.kind == artifact_kind::function)
    result.function = what.name;
  else if (target_tier == "cloud")
    result.function = "detectors";
  else if (target_tier == "fog")
    result.function = what.kind == artifact_kind::heads
                          || !is_detector(what.content)
                        ? "classifier"
                        : "backup_detector";
  else
    return caf::make_error(ec::bad_config, "a " + target_tier
                                             + " runs no "
                                               "models; name a fog or a cloud");
  return result;
}

/// The tier of what `--on` names.
caf::expected<std::string> tier_of(registry_client& at, const std::string& on) {
  if (on == to_string(tier::fog) || on == to_string(tier::cloud))
    return on;
  for (auto& x : nodes_of(at.tool, at.node))
    if (x.name == on)
      return x.tier;
  return caf::make_error(ec::not_found,
                         "the backend knows no node \"" + on
                           + "\"; write fog, cloud or one of vpaas nodes");
}

/// Function, or model, or else heads, of that name.
caf::expected<artifact> find_registered(registry_client& at, const wish& x) {
  auto ask = [&](const char* kind) {
    return at.tool.ask<document>(at.registry, find_atom_v, std::string{kind},
                                 x.name);
  };
  auto found = ask(x.subject.c_str());
  if (x.subject == "model" && !found && found.error() == ec::not_found)
    if (auto heads = ask("heads"))
      found = std::move(heads);
  if (!found)
    return std::move(found.error());
  return from_json<artifact>(found->value());
}

/// What is deployed now.
caf::expected<std::vector<deployment>> held(registry_client& at) {
  auto found = at.tool.ask<document>(at.registry, read_atom_v);
  if (!found)
    return std::move(found.error());
  std::vector<deployment> result;
  if (auto err = from_json_value(found->value().at("deployments"), result,
                                 "deployments"))
    return err;
  return result;
}

/// Nodes that go by a deployment of their own in place of `what`.
std::vector<std::string> exempt(const deployment& what,
                                const std::vector<deployment>& all) {
  std::vector<std::string> result;
  for (auto& x : all)
    if (x.target != what.target && x.function == what.function
        && x.parameter == what.parameter)
      result.push_back(x.target);
  return result;
}

caf::error deploy(const wish& x, const tool_setup& setup) {
  registry_client at{setup, x.backend};
  if (at.problem)
    return at.problem;
  auto where = tier_of(at, x.on);
  if (!where)
    return std::move(where.error());
  auto what = find_registered(at, x);
  if (!what)
    return std::move(what.error());
  auto slot = slot_for(x, *where, *what);
  if (!slot)
    return std::move(slot.error());
  auto made = at.tool.ask<document>(at.registry, start_atom_v,
                                    document{to_json_value(*slot)});
  if (!made)
    return std::move(made.error());
  auto all = held(at);
  if (!all)
    return std::move(all.error());
  return await_rollout(at.tool, at.node,
                       {*slot, exempt(*slot, *all), x.wait, x.as_json});
}

caf::error roll_back(const wish& x, const tool_setup& setup) {
  registry_client at{setup, x.backend};
  if (at.problem)
    return at.problem;
  auto where = tier_of(at, x.on);
  if (!where)
    return std::move(where.error());
  auto all = held(at);
  if (!all)
    return std::move(all.error());
  auto is_meant = [&](const deployment& y) {
    auto is_function = kind_for(y.parameter) == artifact_kind::function;
    return y.target == x.on
           && (x.subject == "function" ? is_function
                                       : !is_function && !y.function.empty())
           && (x.function.empty() || y.function == x.function
               || (is_function && y.parameter == "library " + x.function));
  };
  // The last one of those that hold.
  auto last = std::max_element(
    all->begin(), all->end(), [&](const auto& a, const auto& b) {
      return std::pair(is_meant(a), a.id) < std::pair(is_meant(b), b.id);
    });
  if (last == all->end() || !is_meant(*last))
    return caf::make_error(ec::not_found, "nothing is deployed on " + x.on
                                            + "; see vpaas nodes");
  auto now = at.tool.ask<document>(at.registry, release_atom_v,
                                   document{to_json_value(*last)});
  if (!now)
    return std::move(now.error());
  last->artifact = now->value().value("artifact", "");
  return await_rollout(at.tool, at.node,
                       {*last, exempt(*last, *all), x.wait, x.as_json});
}

caf::error list(const wish& x, const tool_setup& setup) {
  registry_client at{setup, x.backend};
  if (at.problem)
    return at.problem;
  auto found = at.tool.ask<document>(at.registry, fetch_atom_v);
  if (!found)
    return std::move(found.error());
  auto all = found->value().at("artifacts");
  if (x.subject == "function")
    all.erase(
      std::remove_if(all.begin(), all.end(),
                     [](auto& y) { return y.value("kind", "") != "function"; }),
      all.end());
  if (x.as_json) {
    std::cout << as_text(all) << '\n';
    return caf::none;
  }
  table rows{{"kind", "name", "hash", "files", "added"}};
  for (auto& y : all)
    rows.push_back({y.value("kind", ""),
                    y.value("name", "") + "@" + y.at("version").dump(),
                    y.value("digest", "").substr(0, 12),
                    std::to_string(y.at("files").size()),
                    y.value("added", "").substr(0, 19)});
  print(rows);
  return caf::none;
}

caf::error run(command_line& line, const std::string& subject) {
  auto x = read_wish(line, subject);
  if (!x)
    return std::move(x.error());
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  if (x->verb == "register")
    return add(*x, *setup);
  if (x->verb == "rollback")
    return roll_back(*x, *setup);
  return x->verb == "registered" ? list(*x, *setup) : deploy(*x, *setup);
}

} // namespace

bool is_registry_verb(const command_line& line) {
  constexpr const char* verbs[] = {"register", "dispatch", "deploy", "rollback",
                                   "registered"};
  return !line.words().empty()
         && std::count(std::begin(verbs), std::end(verbs), line.words()[0]) > 0;
}

int registry_verb(command_line line, const std::string& subject) {
  if (line.take_flag("help")) {
    std::cout << (subject == "model" ? help : function_help);
    return 0;
  }
  auto err = run(line, subject);
  return err ? complain("vpaas " + subject, err) : 0;
}

} // namespace vpaas
