#include "registry_client.hpp"
#include "rollout_watch.hpp"
#include "runtime/duration.hpp"
#include "runtime/error.hpp"
#include "runtime/policy/camera_pattern.hpp"
#include "runtime/printable.hpp"
#include "script_registry.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas policy register FILE [--name=NAME]\n"
    "       vpaas policy use NAME[@VERSION] --stream=PATTERN "
    "[--at=TIMETABLE] [--profile=PROFILE]\n"
    "       vpaas policy end --stream=PATTERN [--at=TIMETABLE] "
    "[--profile=PROFILE]\n"
    "       vpaas policy list [--json]\n\n"
    "register sends a policy of this machine, a Lua file with decide(state), "
    "to the\nbackend, as the next version of its name (pipelines: vpaas "
    "pipeline register).\nuse takes streams through a policy or a pipeline of "
    "it, from their next chunk on,\nonce or at its times; end leaves them to "
    "what they were added with. Where several\nfit, a name goes before "
    "patterns, the longer pattern before the shorter, one with\na timetable "
    "before one without, and the last one before others. Fogs keep what is\n"
    "assigned, and go by it without the backend too.\n\n"
    "  --stream=PATTERN  a stream, yard* for all that begin so, or *\n"
    "  --at=TIMETABLE    days and times where it is so late, as \"weekdays\n"
    "                    22:00-06:00, weekends Europe/Berlin\": clocks on the "
    "wall,\n                    summer time too; a night belongs to the day "
    "on which it begins\n"
    "  --profile=NAME    only while that is on; see vpaas profile\n"
    "  --kind=KIND       policy or pipeline, where both have that name\n"
    "  --wait=TIME       for streams to follow; 0s: not at all (10s)\n"
    "  --node=BACKEND    HOST:PORT or name\n"
    "  --json\n";

struct wish {
  std::string verb, name, streams, at, profile, kind, backend;
  caf::timespan wait{0};
  bool as_json = false;
};

caf::expected<wish> read_wish(command_line& line) {
  wish x;
  auto words = line.words();
  x.verb = words.empty() ? "" : words[0];
  auto named = x.verb == "use";
  x.streams = line.take("stream", "");
  x.at = line.take("at", "");
  x.profile = line.take("profile", "");
  x.kind = line.take("kind", "");
  x.backend = line.take("node", "");
  x.as_json = line.take_flag("json");
  auto wait = parse_duration(line.take("wait", "10s"));
  if (!wait)
    return std::move(wait.error());
  x.wait = *wait;
  if ((x.verb != "use" && x.verb != "end" && x.verb != "list")
      || words.size() != (named ? 2u : 1u))
    return caf::make_error(ec::bad_config, "write register FILE, use NAME, end "
                                           "or list; see vpaas policy --help");
  if (named)
    x.name = words[1];
  if (x.verb != "list" && x.streams.empty())
    return caf::make_error(ec::bad_config, "say of which streams: "
                                           "--stream=NAME, or --stream='*' for "
                                           "all");
  return x;
}

/// What fogs say of streams that match.
std::vector<reported_choice> choices_on(registry_client& at,
                                        const std::string& pattern) {
  std::vector<reported_choice> result;
  for (auto& node : nodes_of(at.tool, at.node))
    for (auto& x : node.streams)
      if (stands_for(pattern, x.stream))
        result.push_back(x);
  return result;
}

/// Waits until the streams that shall run it now do, or say why not.
caf::error await_streams(registry_client& at, const wish& x,
                         const std::string& artifact) {
  using clock = std::chrono::steady_clock;
  constexpr auto heard = std::chrono::seconds(4); // of by each fog
  auto begun = clock::now();
  std::vector<reported_choice> all;
  auto is_over = [](auto& y) {
    return y.runs == y.wanted || !y.problem.empty();
  };
  for (auto now = begun; now < begun + x.wait; now = clock::now()) {
    all = choices_on(at, x.streams);
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](auto& y) { return y.wanted != artifact; }),
              all.end());
    if (all.empty() ? now > begun + heard
                    : std::all_of(all.begin(), all.end(), is_over))
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  for (auto& y : all)
    if (!x.as_json)
      std::cout << y.stream << ": " << printable(artifact)
                << (y.runs == artifact ? " runs"
                    : y.problem.empty()
                      ? " does not run yet"
                      : " does not run: " + printable(y.problem))
                << '\n';
  for (auto& y : all)
    if (!y.problem.empty())
      return caf::make_error(ec::bad_input, "stream " + y.stream
                                              + " does not run " + artifact
                                              + ": " + y.problem);
  if (all.empty() && !x.as_json && x.wait.count() > 0)
    std::cout << "no stream runs it now\n";
  return caf::none;
}

caf::error use(registry_client& at, const wish& x) {
  json asked{{"streams", x.streams},
             {"artifact", x.name},
             {"at", x.at},
             {"profile", x.profile}};
  if (!x.kind.empty())
    asked["kind"] = x.kind;
  auto made = at.tool.ask<document>(at.registry, apply_atom_v, document{asked});
  if (!made)
    return std::move(made.error());
  auto artifact = made->value().value("artifact", "");
  if (x.as_json)
    std::cout << as_text(made->value()) << '\n';
  else
    std::cout << x.streams << ": " << artifact
              << (x.at.empty() ? "" : ", " + x.at)
              << (x.profile.empty() ? "" : ", while " + x.profile + " is on")
              << '\n';
  // Whether that is on now is another question.
  return x.profile.empty() ? await_streams(at, x, artifact) : caf::error{};
}

caf::error end(registry_client& at, const wish& x) {
  if (auto err = at.tool.tell(at.registry, cancel_atom_v, x.streams, x.at,
                              x.profile))
    return err;
  if (!x.as_json)
    std::cout << "ended for " << x.streams << '\n';
  return caf::none;
}

/// Registered policies and pipelines, what is assigned, and what streams run.
caf::expected<json> look(registry_client& at) {
  auto all = at.tool.ask<document>(at.registry, fetch_atom_v);
  if (!all)
    return std::move(all.error());
  auto now = at.tool.ask<document>(at.registry, read_atom_v);
  if (!now)
    return std::move(now.error());
  auto scripts = json::array();
  for (auto& x : all->value().at("artifacts"))
    if (x.at("kind") == "policy" || x.at("kind") == "pipeline")
      scripts.push_back(x);
  auto streams = json::array();
  for (auto& node : nodes_of(at.tool, at.node))
    for (auto& x : node.streams) {
      streams.push_back(to_json_value(x));
      streams.back()["node"] = node.name;
    }
  return json{{"scripts", scripts},
              {"assignments", now->value().at("assignments")},
              {"streams", streams}};
}

caf::error list(registry_client& at, const wish& x) {
  auto all = look(at);
  if (!all)
    return std::move(all.error());
  if (x.as_json) {
    std::cout << as_text(*all) << '\n';
    return caf::none;
  }
  table scripts{{"KIND", "NAME", "ADDED"}};
  for (auto& y : (*all)["scripts"])
    scripts.push_back({y.value("kind", ""),
                       y.value("name", "") + "@" + y.at("version").dump(),
                       y.value("added", "").substr(0, 19)});
  print(scripts);
  table orders{{"STREAMS", "RUN", "AT", "PROFILE"}};
  for (auto& y : (*all)["assignments"])
    orders.push_back({y.value("streams", ""), y.value("artifact", ""),
                      y.value("at", ""), y.value("profile", "")});
  std::cout << '\n';
  print(orders);
  table streams{{"STREAM", "NODE", "SHALL RUN", "RUNS", "PROBLEM"}};
  auto own = [](const std::string& y) { return y.empty() ? "its own" : y; };
  for (auto& y : (*all)["streams"])
    streams.push_back({y.value("stream", ""), y.value("node", ""),
                       own(y.value("wanted", "")), own(y.value("runs", "")),
                       y.value("problem", "")});
  std::cout << '\n';
  print(streams);
  return caf::none;
}

caf::error run(command_line& line) {
  auto x = read_wish(line);
  if (!x)
    return std::move(x.error());
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  registry_client at{*setup, x->backend};
  if (at.problem)
    return at.problem;
  return x->verb == "use"   ? use(at, *x)
         : x->verb == "end" ? end(at, *x)
                            : list(at, *x);
}

} // namespace

int policy_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  if (!line.words().empty() && line.words()[0] == "register")
    return register_script(line, artifact_kind::policy);
  auto err = run(line);
  return err ? complain("vpaas policy", err) : 0;
}

} // namespace vpaas
