#include "runtime/node/lua_function.hpp"

#include "runtime/error.hpp"
#include "runtime/node/function_folders.hpp"
#include "runtime/node/lua_sandbox.hpp"
#include "runtime/node/lua_zones.hpp"
#include "runtime/shipped.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

/// About 20 ms a result.
constexpr script_limits limits{2'000'000, 32 << 20};

constexpr uintmax_t max_script_bytes = 1 << 20;
constexpr size_t max_events = 1000; // of one result
constexpr size_t max_text = 200;    // bytes of a kind, zone or value

caf::error refuse(const std::string& cause) {
  return caf::make_error(ec::bad_config, cause);
}

caf::expected<std::string> read_script(const std::string& path) {
  std::error_code error;
  auto size = fs::file_size(path, error);
  std::ifstream in{path, std::ios::binary};
  if (error || !in)
    return caf::make_error(ec::io, "failed to read function " + path
                                     + "; check the path");
  if (size > max_script_bytes)
    return refuse(path + ": is larger than 1 MiB; a function is a short file");
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// Seconds of the stream's own time, or of its arrival where it has none.
double seconds_of(const frame_result& x) {
  using seconds = std::chrono::duration<double>;
  return x.pts_us != std::numeric_limits<int64_t>::min()
           ? double(x.pts_us) / 1e6
           : seconds(x.captured.time_since_epoch()).count();
}

/// A default makes a parameter of its type.
caf::expected<parameter_spec> parameter_of(const std::string& name,
                                           const json& x) {
  if (x.is_boolean())
    return flag(name, x.get<bool>(), "");
  if (x.is_number())
    return number(name, x.get<double>(), 0, 0, "");
  if (x.is_string())
    return text(name, x.get<std::string>(), "");
  return refuse("parameter " + name + " = " + x.dump()
                + " is not allowed; write a number, a text, true or false");
}

/// Values that were written as text, as what the parameters are.
json typed(const parameter_specs& specs, json values) {
  for (auto& x : specs) {
    auto i = values.find(x.name);
    if (i == values.end() || !i->is_string() || x.type == parameter_type::text)
      continue;
    if (auto value = parse_json(i->get_ref<const std::string&>()))
      *i = std::move(*value);
  }
  return values;
}

/// Takes a text of an event off.
caf::error take_text(const json& from, const char* key, std::string& to) {
  auto i = from.find(key);
  if (i == from.end())
    return caf::none;
  if (!i->is_string() || i->get_ref<const std::string&>().size() > max_text)
    return refuse(std::string{"event: "} + key
                  + " is to be a text of at most 200 bytes");
  to = i->get<std::string>();
  return caf::none;
}

caf::error take_object(const json& from, event& to) {
  auto i = from.find("object");
  if (i == from.end())
    return caf::none;
  auto track = i->is_object() ? i->value("track", json{}) : *i;
  if (!track.is_number_unsigned())
    return refuse("event: object is to be an object of the result");
  to.object = track.get<uint64_t>();
  if (i->is_object() && i->contains("label"))
    return take_text(*i, "label", to.label);
  return caf::none;
}

} // namespace

struct lua_function::impl {
  impl(std::string path) : path(std::move(path)), lua(limits) {
    lua.set("host", "event", [this](const json& x) { return raise(x); });
  }

  caf::error load(const std::string& script, const json& given);

  caf::expected<json> raise(const json& x);

  caf::error read_parameters(const json& given);

  std::string path;
  lua_sandbox lua;
  function_spec spec;
  const frame_result* now = nullptr; ///< what is being worked on
  std::vector<event> events;
};

caf::expected<json> lua_function::impl::raise(const json& x) {
  if (!now)
    return refuse("an event is raised by apply(result)");
  if (!x.is_object() || !x.contains("kind"))
    return refuse("event: write event { kind = \"...\", ... }");
  if (events.size() >= max_events)
    return refuse("more than 1000 events of one result");
  event y;
  y.stream = now->stream;
  y.frame = now->frame;
  y.time = now->captured;
  for (auto& err : {take_text(x, "kind", y.kind), take_text(x, "zone", y.zone),
                    take_text(x, "value", y.value), take_object(x, y)})
    if (err)
      return err;
  auto lasted = x.value("seconds", json(0));
  if (!lasted.is_number() || std::abs(lasted.get<double>()) > 1e9)
    return refuse("event: seconds is to be a number");
  y.lasted = std::chrono::duration_cast<caf::timespan>(
    std::chrono::duration<double>(lasted.get<double>()));
  events.push_back(std::move(y));
  return json{};
}

caf::error lua_function::impl::load(const std::string& script,
                                    const json& given) {
  spec.name = fs::path(path).stem().string();
  spec.input = spec.output = frame_result::type_name;
  spec.tiers = {"fog"};
  if (auto err = add_zones(lua))
    return err;
  if (auto err = lua.run("event, host = host.event, nil", "host"))
    return err;
  if (auto err = lua.run(script, path))
    return err;
  if (auto err = read_parameters(given))
    return refuse(path + ": " + cause_of(err));
  return lua.run("describe_ = nil\nif start then start() end\n"
                 "if type(apply) ~= 'function' then\n"
                 "  error('define apply(result)', 0)\nend",
                 path);
}

caf::error lua_function::impl::read_parameters(const json& given) {
  if (auto err = lua.run("function describe_() return { help = help or '', "
                         "parameters = parameters or {} } end",
                         path))
    return err;
  auto said = lua.call("describe_", {});
  if (!said)
    return std::move(said.error());
  if (auto& help = said->at("help"); help.is_string())
    spec.help = help.get<std::string>();
  if (!said->at("parameters").is_object())
    return refuse("write parameters = { name = default, ... }");
  for (auto& [name, value] : said->at("parameters").items()) {
    auto x = parameter_of(name, value);
    if (!x)
      return std::move(x.error());
    spec.parameters.push_back(std::move(*x));
  }
  auto values
    = check(spec.parameters,
            typed(spec.parameters, given.is_null() ? json::object() : given),
            "parameters");
  if (!values)
    return std::move(values.error());
  lua.set("param", values->value());
  return caf::none;
}

lua_function::lua_function(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

lua_function::lua_function(lua_function&&) noexcept = default;

lua_function& lua_function::operator=(lua_function&&) noexcept = default;

lua_function::~lua_function() = default;

caf::expected<lua_function> lua_function::load(const std::string& path,
                                               const json& parameters) {
  auto script = read_script(path);
  if (!script)
    return std::move(script.error());
  return parse(*script, path, parameters);
}

caf::expected<lua_function> lua_function::parse(const std::string& script,
                                                const std::string& name,
                                                const json& parameters) {
  auto result = std::make_unique<impl>(name);
  if (auto err = result->load(script, parameters))
    return err;
  return lua_function{std::move(result)};
}

caf::expected<lua_function::output> lua_function::apply(const frame_result& x,
                                                        bool late) {
  impl_->now = &x;
  impl_->events.clear();
  json in{{"stream", x.stream},
          {"frame", x.frame},
          {"seconds", seconds_of(x)},
          {"late", late},
          {"objects", to_json_value(x.objects)}};
  auto said = impl_->lua.call("apply", in);
  impl_->now = nullptr;
  if (!said)
    return refuse(cause_of(said.error()));
  output result{x, std::move(impl_->events)};
  if (said->is_null())
    return result;
  if (said->is_object() && said->empty()) // an empty table is either
    *said = json::array();
  auto objects = from_json<std::vector<found_object>>(*said);
  if (!objects)
    return refuse(impl_->path
                  + ": apply(result) is to return nothing, or a "
                    "list of objects: "
                  + cause_of(objects.error()));
  result.result.objects = std::move(*objects);
  return result;
}

const function_spec& lua_function::spec() const {
  return impl_->spec;
}

caf::expected<function_choice> parse_function(const std::string& text) {
  function_choice result;
  auto end = std::min(text.find('\n'), text.size());
  auto mark = std::min(text.find('?'), end);
  result.script = end < text.size() ? text.substr(end + 1) : "";
  result.name = result.path = text.substr(0, mark);
  auto first = text.substr(0, end);
  if (result.path.empty())
    return refuse("function \"" + first
                  + "\": write NAME, PATH, or "
                    "NAME?KEY=VALUE&KEY=VALUE");
  if (result.path.find('/') == std::string::npos
      && fs::path(result.path).extension() != ".lua")
    result.path = shipped_path("config/functions/" + result.path + ".lua");
  while (mark < end) {
    auto next = std::min(text.find('&', mark + 1), end);
    auto pair = text.substr(mark + 1, next - mark - 1);
    auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos)
      return refuse("function \"" + first + "\": \"" + pair
                    + "\" is to be KEY=VALUE");
    result.parameters[pair.substr(0, equals)] = pair.substr(equals + 1);
    mark = next;
  }
  return result;
}

caf::expected<lua_function> load_function(const std::string& text) {
  auto x = parse_function(text);
  if (!x)
    return std::move(x.error());
  if (x->script.size() > max_script_bytes)
    return refuse(x->name + ": is larger than 1 MiB; a function is short");
  if (!x->script.empty())
    return lua_function::parse(x->script, x->name, x->parameters);
  std::map<std::string, std::string> all; // of two with one name the first
  auto folders = function_folders();
  folders.push_back(registered_functions_folder());
  for (auto& folder : folders)
    for (auto& found : lua_functions_in(folder))
      all.insert(found);
  if (auto i = all.find(x->name); i != all.end())
    return lua_function::load(i->second, x->parameters);
  std::string known;
  for (auto& y : all)
    known += (known.empty() ? "" : ", ") + y.first;
  return refuse("there is no function \"" + x->name + "\"; allowed: " + known);
}

std::map<std::string, std::string> lua_functions_in(const std::string& folder) {
  std::map<std::string, std::string> result;
  std::error_code ignored;
  for (auto& x : fs::directory_iterator{folder, ignored})
    if (x.path().extension() == ".lua")
      result.emplace(x.path().stem().string(), x.path().string());
  return result;
}

} // namespace vpaas
