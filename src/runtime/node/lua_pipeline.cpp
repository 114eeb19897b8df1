#include "runtime/node/lua_pipeline.hpp"

#include "runtime/error.hpp"
#include "runtime/node/lua_sandbox.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

/// More than any pipeline needs: it is read once.
constexpr script_limits limits{1'000'000, 4 << 20};

constexpr uintmax_t max_script_bytes = 1 << 20;

// What a script's values are marked with.
constexpr const char* name_mark = "$name";
constexpr const char* stage_mark = "$stage";
constexpr const char* merge_mark = "$merge";

caf::error refuse(const std::string& cause) {
  return caf::make_error(ec::bad_config, cause);
}

/// The name that a script wrote, which Lua does not know yet.
std::optional<std::string> name_in(const json& x) {
  if (!x.is_object() || !x.contains(name_mark) || !x.at(name_mark).is_string())
    return std::nullopt;
  return x.at(name_mark).get<std::string>();
}

std::optional<pipeline_stage> stage_in(const json& x) {
  if (!x.is_object() || !x.contains(stage_mark))
    return std::nullopt;
  auto result = from_json<pipeline_stage>(x.at(stage_mark));
  return result ? std::optional{std::move(*result)} : std::nullopt;
}

/// What `{ a, b, key = value }` is in JSON, in two halves.
struct written_table {
  std::vector<std::string> names; ///< its positions
  json keys = json::object();
};

caf::expected<written_table> read_table(const json& x,
                                        const std::string& what) {
  written_table result;
  auto positions = x.is_array() ? x : json::array();
  if (x.is_object())
    for (auto& [key, value] : x.items())
      (key == positions_key ? positions : result.keys[key]) = value;
  else if (!x.is_array())
    return refuse(what + ": write { INPUT, ..., OPTION = value }");
  for (auto& y : positions) {
    auto name = name_in(y);
    if (!name)
      return refuse(what + ": an input is keyframes or the name of a stage");
    result.names.push_back(std::move(*name));
  }
  return result;
}

/// Takes a member of a table off, if it is there.
template <class T>
caf::error take(json& from, const char* key, T& x, const std::string& what) {
  auto i = from.find(key);
  if (i == from.end())
    return caf::none;
  if (from_json_value(*i, x, key))
    return refuse(
      what + ": " + key + " = " + i->dump() + " is not allowed; write "
      + (std::is_same_v<T, bool> ? "true or false" : "a whole number from 0"));
  from.erase(i);
  return caf::none;
}

/// TIER.FUNCTION { ... }
caf::expected<json> read_stage(const std::string& tier, const json& call) {
  pipeline_stage x;
  x.tier = tier;
  x.function = call.at("name").get<std::string>();
  auto what = tier + "." + x.function;
  auto table = read_table(call.at("argument"), what);
  if (!table)
    return std::move(table.error());
  x.inputs = std::move(table->names);
  auto& keys = table->keys;
  for (auto err : {take(keys, "optional", x.optional, what),
                   take(keys, "per_stream", x.per_stream, what),
                   take(keys, "version", x.version, what)})
    if (err)
      return err;
  x.options = document{std::move(keys)};
  return json{{stage_mark, to_json_value(x)}};
}

caf::expected<json> read_merge(const json& x) {
  auto table = read_table(x, "merge");
  if (!table)
    return std::move(table.error());
  return json{{merge_mark, {{"inputs", table->names}, {"how", table->keys}}}};
}

parameter_type type_of(const json& x) {
  return x.is_boolean()          ? parameter_type::boolean
         : x.is_number_integer() ? parameter_type::integer
         : x.is_number()         ? parameter_type::number
                                 : parameter_type::text;
}

/// NAME = default, or NAME = { default, min = , max = , help = }.
caf::expected<parameter_spec> read_parameter(const std::string& name,
                                             const json& x) {
  parameter_spec result;
  result.name = name;
  auto value = x;
  auto what = "parameter \"" + name + "\"";
  if (x.is_array() && x.size() == 1) {
    value = x[0];
  } else if (x.is_object()) {
    auto rest = x;
    auto positions = x.value(positions_key, json::array());
    value = positions.size() == 1 ? positions[0] : json{};
    rest.erase(positions_key);
    for (auto& [key, y] : rest.items()) {
      auto& bound = key == "min" ? result.min : result.max;
      if (key == "help" && y.is_string())
        result.help = y.get<std::string>();
      else if ((key == "min" || key == "max") && y.is_number())
        bound = y.get<double>();
      else
        return refuse(what + ": " + key
                      + " is not allowed; write { DEFAULT, min = NUMBER, max = "
                        "NUMBER, help = TEXT }");
    }
  }
  if (!value.is_primitive() || value.is_null())
    return refuse(what + ": it has no default; write " + name + " = DEFAULT");
  result.type = type_of(value);
  result.fallback = value.is_string() ? value.get<std::string>() : value.dump();
  return result;
}

pipeline_stage with_id(pipeline_stage x, const std::string& id) {
  x.id = id;
  return x;
}

caf::error read_parameters(const json& all, pipeline& out) {
  for (auto& [name, value] : all.items()) {
    auto one = read_parameter(name, value);
    if (!one)
      return std::move(one.error());
    out.parameters.push_back(std::move(*one));
  }
  return caf::none;
}

caf::error read_presets(const json& all, pipeline& out) {
  for (auto& [name, values] : all.items()) {
    if (!values.is_object() || values.contains(positions_key))
      return refuse("preset \"" + name + "\": write { PARAMETER = VALUE }");
    out.presets[name] = document{values};
  }
  return caf::none;
}

caf::error read_stand_ins(const json& all, pipeline& out) {
  for (auto& [tier, value] : all.items()) {
    auto stage = stage_in(value);
    if (!stage)
      return refuse("without: write " + tier + " = fog.FUNCTION { keyframes }");
    out.without[tier] = std::move(*stage);
  }
  return caf::none;
}

/// `merge { ... }`, or one stage.
caf::error read_result(const json& x, pipeline& out) {
  auto wrong
    = refuse("result is no stage; write result = merge { STAGE, ... }");
  if (auto name = name_in(x)) {
    out.result = {std::move(*name)};
    return caf::none;
  }
  if (!x.is_object() || !x.contains(merge_mark)
      || !x.at(merge_mark).is_object())
    return wrong;
  auto& merge = x.at(merge_mark);
  if (from_json_value(merge.value("inputs", json{}), out.result, "")
      || !merge.contains("how") || !merge.at("how").is_object())
    return wrong;
  out.merge = document{merge.at("how")};
  return caf::none;
}

/// The argument of `pipeline { ... }`.
caf::expected<pipeline> read_pipeline(const json& x) {
  pipeline result;
  if (!x.is_object() || x.contains(positions_key))
    return refuse("write pipeline { NAME = TIER.FUNCTION { ... }, ... }");
  for (auto& [id, value] : x.items()) {
    caf::error wrong;
    if (id == "help" && value.is_string())
      result.help = value.get<std::string>();
    else if (id == "parameters" && value.is_structured())
      wrong = read_parameters(value, result);
    else if (id == "presets" && value.is_object())
      wrong = read_presets(value, result);
    else if (id == "without" && value.is_structured())
      wrong = read_stand_ins(value, result);
    else if (id == "result")
      wrong = read_result(value, result);
    else if (auto stage = stage_in(value))
      result.stages.push_back(with_id(std::move(*stage), id));
    else
      wrong
        = refuse(id + " is no stage; write " + id + " = TIER.FUNCTION { ... }");
    if (wrong)
      return wrong;
  }
  return result;
}

} // namespace

caf::expected<pipeline> parse_pipeline(const std::string& script,
                                       const std::string& name) {
  std::optional<pipeline> result;
  lua_sandbox lua{limits};
  for (std::string tier : {"client", "fog", "cloud", "backend"})
    lua.set_calls(tier,
                  [tier](const json& call) { return read_stage(tier, call); });
  lua.set_lookup("param", [](const json& key) -> caf::expected<json> {
    return json{{parameter_reference, key}};
  });
  lua.set_global("merge", read_merge);
  lua.set_global("pipeline", [&](const json& x) -> caf::expected<json> {
    if (result)
      return refuse("pipeline was called before; write one a file");
    auto read = read_pipeline(x);
    if (!read)
      return std::move(read.error());
    result = std::move(*read);
    return json{};
  });
  // A stage names others that Lua does not know yet.
  lua.set_lookup("", [](const json& key) -> caf::expected<json> {
    return json{{name_mark, key}};
  });
  if (auto err = lua.run(script, name)) {
    auto cause = cause_of(err);
    return cause.rfind(name, 0) == 0 ? err : refuse(name + ": " + cause);
  }
  if (!result)
    return refuse(name + ": write return pipeline { ... }");
  result->name = fs::path{name}.stem().string();
  return std::move(*result);
}

caf::expected<pipeline> load_pipeline(const std::string& path) {
  std::error_code failed;
  auto bytes = fs::file_size(path, failed);
  std::ifstream in{path, std::ios::binary};
  if (failed || !in)
    return caf::make_error(ec::io,
                           "failed to read pipeline " + path + ": "
                             + (failed ? failed.message() : "no permission")
                             + "; check the path");
  if (bytes > max_script_bytes)
    return refuse(path + ": a pipeline is at most 1 MiB of text");
  std::string script{std::istreambuf_iterator<char>{in}, {}};
  return parse_pipeline(script, path);
}

std::map<std::string, std::string> pipelines_in(const std::string& folder) {
  std::map<std::string, std::string> result;
  std::error_code failed;
  for (auto& x : fs::directory_iterator{folder, failed})
    if (x.path().extension() == ".lua")
      result[x.path().stem().string()] = x.path().string();
  return result;
}

} // namespace vpaas
