#include "artifact_check.hpp"

#include "actors/functions/user_function.hpp"
#include "functions.hpp"
#include "messages/vision.hpp"
#include "pipeline_list.hpp"
#include "plans.hpp"
#include "runtime/error.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/nn/card.hpp"
#include "runtime/node/lua_function.hpp"
#include "runtime/node/lua_pipeline.hpp"
#include "runtime/node/lua_policy.hpp"
#include "runtime/shipped.hpp"

#include <algorithm>
#include <map>

namespace vpaas {

namespace {

caf::error refuse(const artifact& x, const std::string& cause) {
  return caf::make_error(ec::bad_input,
                         "failed to register " + x.name + ": " + cause);
}

caf::error check_model(const artifact& x) {
  auto card = parse_card(x.content, "card of " + x.name);
  if (!card)
    return std::move(card.error());
  for (auto& file : card->files) {
    auto is_it = [&](const artifact_file& y) {
      return y.sha256 == file.sha256 && y.role == file.role;
    };
    if (std::none_of(x.files.begin(), x.files.end(), is_it))
      return refuse(x, "its card names the file " + file.name
                         + ", which does not come with it; register it with "
                           "vpaas model register");
  }
  return caf::none;
}

/// What a registered library says of its function.
caf::expected<function_spec> spec_of(const artifact& x) {
  auto read = parse_json(x.content);
  return read ? from_json<function_spec>(*read)
              : caf::expected<function_spec>{read.error()};
}

/// Names that stand for what VPaaS has by itself.
bool is_taken(const std::string& name) {
  auto shipped = shipped_functions();
  return lua_functions_in(shipped_path("config/functions")).count(name) != 0
         || std::any_of(shipped.begin(), shipped.end(),
                        [&](auto& x) { return x.name == name; });
}

/// Its specification comes with a library; what is Lua is its text.
caf::error check_function(const artifact& x) {
  if (is_taken(x.name))
    return refuse(x, "VPaaS has a function of this name; give yours another");
  if (x.files.empty()) {
    auto read = lua_function::parse(x.content, x.name);
    return read ? caf::error{} : std::move(read.error());
  }
  auto spec = spec_of(x);
  if (!spec || spec->name != x.name || x.files.size() != 1)
    return refuse(x, "a library is one file, and says what its function is "
                     "called; register it with vpaas function register");
  if (spec->input != keyframes::type_name
      || spec->output != detections::type_name)
    return refuse(x, "it takes " + spec->input + " and gives " + spec->output
                       + "; a user's function takes keyframes and gives "
                         "detections");
  return caf::none;
}

/// Those that are libraries, the newest of each.
std::vector<function_spec> libraries_among(const std::vector<artifact>& xs) {
  std::map<std::string, function_spec> found;
  for (auto& x : xs) // by name and version
    if (!x.files.empty())
      if (auto spec = spec_of(x))
        found[x.name] = registered_spec(std::move(*spec));
  std::vector<function_spec> result;
  result.reserve(found.size());
  for (auto& [name, spec] : found)
    result.push_back(spec);
  return result;
}

caf::error check_pipeline(const artifact& x,
                          const std::vector<artifact>& functions) {
  auto file = x.name + ".lua";
  auto read = parse_pipeline(x.content, file);
  auto plan = read ? plan_of_pipeline(*read, file, libraries_among(functions))
                   : read.error();
  return plan ? caf::error{} : std::move(plan.error());
}

/// It decides something, and what it decides where nothing is known yet can be
/// run.
caf::error check_policy(const artifact& x) {
  auto file = x.name + ".lua";
  auto rule = parse_policy(x.content, file);
  if (!rule)
    return std::move(rule.error());
  auto decided = (*rule)(stream_state{});
  if (!decided)
    return std::move(decided.error());
  if (decided->pipeline.empty())
    return caf::none; // the stream's own
  auto plan = plans_of_all_functions()(*decided);
  return plan ? caf::error{}
              : caf::make_error(ec::bad_config,
                                file + ": decide: " + cause_of(plan.error()));
}

} // namespace

caf::error check_artifact(const artifact& x,
                          const std::vector<artifact>& functions) {
  if (x.kind == artifact_kind::model)
    return check_model(x);
  if (x.kind == artifact_kind::heads)
    return x.files.size() == 1 ? caf::error{}
                               : refuse(x, "heads are one file; name it");
  if (x.kind == artifact_kind::function)
    return check_function(x);
  if (x.content.empty() || !x.files.empty())
    return refuse(x, "a script is its text, and no files; name its file");
  if (x.kind == artifact_kind::pipeline)
    return check_pipeline(x, functions);
  return x.kind == artifact_kind::policy ? check_policy(x) : caf::error{};
}

} // namespace vpaas
