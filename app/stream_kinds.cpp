#include "actors/control/policy_cache.hpp"
#include "actors/fog/stream.hpp"
#include "actors/fog/stream_log.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/result_functions.hpp"
#include "actors/here_link.hpp"
#include "actors/stream/coordinator.hpp"
#include "actors/stream/window.hpp"
#include "functions.hpp"
#include "kinds.hpp"
#include "plans.hpp"
#include "runtime/node/lua_policy.hpp"
#include "spawn.hpp"
#include "system.hpp"
#include "traces.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Where a fog keeps what its streams are assigned, below its folder.
constexpr const char* policy_folder = "policies";

/// What concerns several parameters: the source, and the pipeline.
caf::error check_stream(const document& x) {
  auto given = !x.get<std::string>("source").empty()
               + !x.get<std::string>("camera").empty();
  if (given != 1)
    return caf::make_error(ec::bad_config,
                           given == 0 ? "no source is named; write "
                                        "source = \"rtsp://...\", a file or a "
                                        "device, or the camera of a client"
                                      : "source and camera exclude each other; "
                                        "leave out one");
  auto usual = usual_of(x);
  if (!usual)
    return std::move(usual.error());
  auto plan = plans_of_all_functions()(*usual);
  return plan ? caf::error{} : std::move(plan.error());
}

/// Functions that keep state of a stream, beside those that each stream has.
std::vector<function_spec> own_functions() {
  std::vector<function_spec> result;
  auto known = {decoder_function::name, encoder_function::name};
  for (auto& x : all_functions()) {
    auto here = std::count(x.tiers.begin(), x.tiers.end(), home_tier) > 0;
    if (x.per_stream && here
        && std::count(known.begin(), known.end(), x.name) == 0)
      result.push_back(std::move(x));
  }
  return result;
}

/// Whether this stream may need it: its pipeline does, or its policy may choose
/// one that does.
bool needs(const document& stream, const std::string& function) {
  if (!stream.get<std::string>("policy").empty())
    return true;
  auto usual = usual_of(stream);
  auto plan = usual ? plans_of_all_functions()(*usual)
                    : caf::expected<plan_ptr>{usual.error()};
  return plan
         && std::any_of((*plan)->stages.begin(), (*plan)->stages.end(),
                        [&](auto& y) { return y.spec.function == function; });
}

/// Its parameters are the stream's, where they have the same names.
child_spec own_child(const function_spec& x, const json& stream) {
  child_spec result;
  result.name = result.kind = x.name;
  result.detached = x.blocks;
  if (x.blocks)
    result.stall_after = usual_stall;
  auto mine = json::object();
  for (auto& y : x.parameters)
    mine[y.name] = stream.contains(y.name) ? stream.at(y.name)
                                           : default_value(y);
  result.parameters = document{std::move(mine)};
  return result;
}

/// A stream with those functions of its own that its pipeline needs.
child_spec tree_of(const child_spec& spec) {
  auto result = stream_tree(spec);
  for (auto& x : own_functions())
    if (needs(spec.parameters, x.name))
      result.children.insert(std::prev(result.children.end()),
                             own_child(x, spec.parameters.value()));
  return result;
}

caf::expected<caf::actor> spawn_coordinator(const std::string& node,
                                            const tracing& traces,
                                            const spawn_context& x) {
  auto& all = x.parameters;
  auto tree = x.path.substr(0, x.path.rfind('/') + 1);
  coordinator_config cfg;
  cfg.node = x.node;
  cfg.origin = node + "/";
  read_parameters(coordinator_parameters(), all, cfg);
  if (cfg.camera.empty())
    cfg.camera = tree + "camera";
  cfg.decoder = tree + "decoder";
  cfg.encoder = tree + "encoder";
  cfg.revisit = cfg.spool.empty() ? "" : tree + "revisit";
  if (!cfg.functions.empty())
    cfg.functions = tree + cfg.functions;
  cfg.window = tree + window_state::name;
  cfg.traces = traces;
  cfg.outage.floor = std::min(cfg.outage.floor, cfg.outage.cap);
  cfg.outage.settle_cap = 15 * cfg.outage.settle;
  for (auto& y : own_functions())
    cfg.own[y.name] = tree + y.name;
  auto usual = usual_of(all);
  if (!usual)
    return std::move(usual.error());
  cfg.usual = std::move(*usual);
  cfg.plan = plans_of_all_functions();
  cfg.load = [stream = cfg.stream](const std::string& script,
                                   const std::string& name) {
    auto policy = parse_policy(script, name);
    return policy ? caf::expected<stream_rule>{logged(*policy, stream)}
                  : std::move(policy);
  };
  if (auto path = all.get<std::string>("policy"); !path.empty()) {
    auto policy = load_policy(path);
    if (!policy)
      return std::move(policy.error());
    cfg.policy = logged(std::move(*policy), cfg.stream);
    cfg.plan = logged(std::move(cfg.plan), cfg.stream);
  }
  log_outages(cfg.outage, cfg.stream);
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, coordinator, std::move(cfg));
}

/// The functions of its own that a stream needs for what it is assigned.
std::vector<child_spec> functions_for(const artifact& x) {
  caf::expected<plan_ptr> plan{plan_ptr{}};
  if (x.kind == artifact_kind::pipeline)
    plan = plans_of_all_functions()({x.reference() + "\n" + x.content, {}});
  std::vector<child_spec> result;
  if (!plan)
    return result; // the stream says why
  for (auto& y : own_functions()) {
    auto is_it = [&](auto& z) { return z.spec.function == y.name; };
    if (!*plan
        || std::any_of((*plan)->stages.begin(), (*plan)->stages.end(), is_it))
      result.push_back(own_child(y, json::object()));
  }
  return result;
}

caf::expected<caf::actor> spawn_policy_cache(const std::string& folder,
                                             const spawn_context& x) {
  policy_cache_config cfg;
  cfg.node = x.node;
  cfg.folder = folder;
  cfg.period = x.parameters.get<caf::timespan>("period");
  cfg.needs = functions_for;
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, policy_cache, std::move(cfg));
}

caf::expected<caf::actor> spawn_window(const spawn_context& x) {
  window_config cfg;
  cfg.node = x.node;
  read_parameters(window_parameters(), x.parameters, cfg);
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, window, cfg);
}

/// What a user wrote is refused here, not later.
caf::expected<caf::actor> spawn_result_functions(const spawn_context& x) {
  if (auto err = result_functions::check(x.parameters))
    return err;
  return spawn_as_told(x, function_of<result_functions>, x.parameters);
}

} // namespace

actor_kinds stream_kinds(const settings& config) {
  auto spool = config.get<std::string>("store", "spool");
  actor_kind stream{"stream",
                    "a camera on the fog: decoder, encoder, coordinator",
                    stream_parameters(spool.empty() ? "" : "chunk_spool"),
                    false,
                    nullptr,
                    tree_of,
                    check_stream};
  actor_kind link{"here_link",
                  "stands for a link where both ends are here",
                  {},
                  false,
                  [](const spawn_context& x) -> caf::expected<caf::actor> {
                    return spawn_as_told(x, here_link, x.node);
                  }};
  auto functions = result_functions::spec();
  return {std::move(stream),
          {functions.name, functions.help, functions.parameters, false,
           spawn_result_functions},
          {window_state::name,
           "shows what is filmed to those who watch, and cuts clips",
           specs_of(window_parameters()), false, spawn_window},
          {"coordinator", "takes a stream through its pipeline",
           specs_of(coordinator_parameters()), false,
           [node = config.get<std::string>("node", "name"),
            traces = traces_of(config)](const spawn_context& x) {
             return spawn_coordinator(node, traces, x);
           }},
          {policy_cache_name,
           "takes care that streams run the policies that a backend assigns",
           {duration("period", "1s", 0.1, 600, "between two looks at them")},
           true,
           [folder = data_folder(config) + "/" + policy_folder](
             const spawn_context& x) { return spawn_policy_cache(folder, x); }},
          std::move(link)};
}

} // namespace vpaas
