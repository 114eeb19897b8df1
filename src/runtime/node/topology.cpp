#include "runtime/node/topology.hpp"

#include "runtime/node/lua_sandbox.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace vpaas {

namespace {

constexpr uintmax_t max_script_bytes = 1 << 20;

const parameter_specs& supervision_keys() {
  static const parameter_specs result{
    choice("strategy",
           {"one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"},
           ""),
    integer("intensity", 5, 0, 1e6, ""),
    duration("period", "30s", .001, 86400, ""),
    duration("delay", "50ms", 0, 3600, ""),
    duration("max_delay", "5s", 0, 3600, ""),
    choice("auto_shutdown", {"never", "any_significant", "all_significant"},
           ""),
  };
  return result;
}

const parameter_specs& child_keys() {
  static const parameter_specs result{
    text("name", "", ""),
    required(text("kind", "", "what to run")),
    choice("restart", {"permanent", "transient", "temporary"}, ""),
    flag("detached", false, ""),
    text("node", "", ""),
    duration("start_timeout", "30s", .001, 3600, ""),
    duration("grace", "5s", 0, 3600, ""),
    duration("stall_after", "0s", 0, 86400, ""),
    flag("significant", false, ""),
  };
  return result;
}

/// Moves the keys that `specs` names from `from` into a checked struct.
template <class T>
caf::error take(const parameter_specs& specs, json& from, T& x,
                const std::string& where) {
  auto mine = json::object();
  for (const auto& spec : specs)
    if (auto i = from.find(spec.name); i != from.end()) {
      mine[spec.name] = *i;
      from.erase(i);
    }
  auto checked = check(specs, mine, where);
  if (!checked)
    return checked.error();
  return from_json_value(checked->value(), x, where);
}

caf::error read_children(json list, const actor_kinds& kinds,
                         const std::string& parent, strategy how,
                         std::vector<child_spec>& out);

/// Checks one of many children that are alike: what it does not say itself, the
/// first of them says for all. That one need not be complete.
caf::error check_alike(const actor_kinds& kinds, const child_spec& x,
                       const child_spec* first, const std::string& where) {
  if (!find_kind(kinds, x.kind))
    return check_kind(kinds, x).error();
  if (!first)
    return caf::none;
  if (x.kind != first->kind)
    return caf::make_error(ec::bad_config, where
                                             + ": all children here are of "
                                               "kind \""
                                             + first->kind + "\"");
  auto whole = x;
  auto parameters = first->parameters.value();
  parameters.update(x.parameters.value());
  whole.parameters = document{std::move(parameters)};
  auto checked = check_kind(kinds, whole);
  return checked ? caf::none : checked.error();
}

/// @param alike the children there are
/// @param first the first of them, null where this is it
caf::error read_child(json x, const actor_kinds& kinds,
                      const std::string& where, bool alike,
                      const child_spec* first, child_spec& out) {
  if (first && x.is_object() && !x.contains("kind"))
    x["kind"] = first->kind;
  if (!x.is_object())
    return caf::make_error(ec::bad_config,
                           where + ": write { kind = \"...\", ... }");
  auto detached_given = x.contains("detached");
  auto stall_given = x.contains("stall_after");
  if (auto err = take(child_keys(), x, out, where))
    return err;
  if (out.name.empty())
    out.name = out.kind;
  if (out.name.find('/') != std::string::npos)
    return caf::make_error(ec::bad_config, where + ": name \"" + out.name
                                             + "\" must not contain /");
  auto here = where + " \"" + out.name + "\"";
  if (out.kind == supervisor_kind) {
    auto list = x.value(positions_key, json::array());
    x.erase(positions_key);
    if (auto err = take(supervision_keys(), x, out.supervise, here))
      return err;
    if (!x.empty())
      return caf::make_error(ec::bad_config, here + ": unknown key \""
                                               + x.begin().key()
                                               + "\" of a supervisor");
    return read_children(std::move(list), kinds, here, out.supervise.how,
                         out.children);
  }
  if (x.contains(positions_key))
    return caf::make_error(ec::bad_config,
                           here + ": only a supervisor has children");
  out.parameters = document{std::move(x)};
  if (!out.node.empty())
    return caf::none; // the other node has its own table
  if (alike) {
    if (auto err = check_alike(kinds, out, first, here))
      return err;
  } else {
    auto checked = check_kind(kinds, out);
    if (!checked)
      return checked.error();
    out.parameters = std::move(*checked);
  }
  auto blocks = find_kind(kinds, out.kind)->blocks;
  if (!detached_given)
    out.detached = blocks;
  if (!stall_given && blocks)
    out.stall_after = usual_stall;
  return caf::none;
}

caf::error read_children(json list, const actor_kinds& kinds,
                         const std::string& parent, strategy how,
                         std::vector<child_spec>& out) {
  auto alike = how == strategy::simple_one_for_one;
  std::set<std::string> names;
  for (auto& x : list) {
    auto where = parent + " child " + std::to_string(out.size() + 1);
    child_spec spec;
    auto* first = alike && !out.empty() ? &out.front() : nullptr;
    if (auto err = read_child(std::move(x), kinds, where, alike, first, spec))
      return err;
    if (!names.insert(spec.name).second)
      return caf::make_error(ec::bad_config, where + ": the name \"" + spec.name
                                               + "\" is taken; give it a name");
    out.push_back(std::move(spec));
  }
  return caf::none;
}

caf::expected<topology> read_root(json x, const actor_kinds& kinds) {
  if (!x.is_object() && !x.is_array())
    return caf::make_error(ec::bad_config,
                           "write node.supervise { { kind = ... }, ... }");
  if (x.is_array())
    x = json{{positions_key, std::move(x)}};
  topology result;
  auto list = x.value(positions_key, json::array());
  x.erase(positions_key);
  if (auto err = take(supervision_keys(), x, result.supervise, "root"))
    return err;
  if (!x.empty())
    return caf::make_error(ec::bad_config, "unknown key \"" + x.begin().key()
                                             + "\" of node.supervise");
  if (auto err = read_children(std::move(list), kinds, "root",
                               result.supervise.how, result.children))
    return err;
  return result;
}

/// What the script sees as `config`.
json visible(const json& values) {
  auto result = values;
  if (auto node = values.find("node"); node != values.end())
    for (const auto& [key, value] : node->items())
      if (!result.contains(key))
        result[key] = value;
  return result;
}

} // namespace

caf::expected<topology>
run_topology(const std::string& script, const std::string& name,
             const json& values, const actor_kinds& kinds) {
  std::optional<topology> result;
  lua_sandbox lua;
  lua.set("config", visible(values));
  lua.set("node", "supervise", [&](const json& x) -> caf::expected<json> {
    if (result)
      return caf::make_error(ec::bad_config,
                             "node.supervise was called before; nest a child "
                             "of kind \"supervisor\" instead");
    auto root = read_root(x, kinds);
    if (!root)
      return root.error();
    result = std::move(*root);
    return json{};
  });
  if (auto err = lua.run(script, name))
    return err;
  if (!result)
    return caf::make_error(ec::bad_config,
                           name + ": never calls node.supervise{...}");
  return std::move(*result);
}

caf::expected<topology> read_topology(const std::string& path,
                                      const json& values,
                                      const actor_kinds& kinds) {
  std::error_code failed;
  auto bytes = std::filesystem::file_size(path, failed);
  std::ifstream in{path, std::ios::binary};
  if (failed || !in)
    return caf::make_error(ec::io,
                           "failed to read topology " + path + ": "
                             + (failed ? failed.message() : "no permission")
                             + "; set node.topology");
  if (bytes > max_script_bytes)
    return caf::make_error(ec::bad_config,
                           path + ": a topology is at most 1 MiB of text");
  std::string script{std::istreambuf_iterator<char>{in}, {}};
  return run_topology(script, path, values, kinds);
}

} // namespace vpaas
