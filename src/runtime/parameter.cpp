#include "runtime/parameter.hpp"

#include "runtime/address.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace vpaas {

namespace {

std::string join(const std::vector<std::string>& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : ", ") + x;
  return result;
}

std::string plain(double x) {
  std::ostringstream out;
  out.precision(15);
  out << x;
  return out.str();
}

std::string noun(parameter_type x) {
  switch (x) {
    case parameter_type::boolean:
      return "true or false";
    case parameter_type::integer:
      return "an integer";
    case parameter_type::number:
      return "a number";
    case parameter_type::text:
      return "text";
    case parameter_type::duration:
      return "a duration such as 250ms";
    case parameter_type::size:
      return "a size such as 64KiB";
    case parameter_type::choice:
      return "one of";
    case parameter_type::texts:
      return "a list of text";
    case parameter_type::address:
      return "host:port";
  }
  return "?";
}

caf::error refuse(const parameter_spec& spec, const json& value) {
  return caf::make_error(
    ec::bad_config, value.dump(-1, ' ', false, json::error_handler_t::replace)
                      + " is not allowed; write " + allowed(spec));
}

/// Null where it is no number.
template <class T>
json number_of(const std::string& text) {
  T x{};
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, x);
  return code == std::errc{} && rest == end ? json(x) : json{};
}

bool in_bounds(const parameter_spec& spec, double x) {
  return spec.min == spec.max || (x >= spec.min && x <= spec.max);
}

bool is_choice(const parameter_spec& spec, const json& x) {
  return x.is_string()
         && std::find(spec.choices.begin(), spec.choices.end(),
                      x.get_ref<const std::string&>())
              != spec.choices.end();
}

bool all_text(const json& xs) {
  return xs.is_array() && std::all_of(xs.begin(), xs.end(), [](const json& x) {
           return x.is_string();
         });
}

/// Returns `value` in its canonical form, null where it does not fit.
json canonical(const parameter_spec& spec, const json& value) {
  switch (spec.type) {
    case parameter_type::boolean:
      return value.is_boolean() ? value : json{};
    case parameter_type::integer:
      return value.is_number_integer() && in_bounds(spec, value.get<double>())
               ? value
               : json{};
    case parameter_type::number:
      return value.is_number() && in_bounds(spec, value.get<double>())
               ? json(value.get<double>())
               : json{};
    case parameter_type::text:
      return value.is_string() ? value : json{};
    case parameter_type::duration: {
      if (!value.is_string())
        return {};
      auto span = parse_duration(value.get_ref<const std::string&>());
      return span && in_bounds(spec, static_cast<double>(span->count()) / 1e9)
               ? json(format_duration(*span))
               : json{};
    }
    case parameter_type::size: {
      auto written = value.is_string()           ? value.get<std::string>()
                     : value.is_number_integer() ? value.dump()
                                                 : std::string{"?"};
      auto bytes = parse_size(written);
      return bytes && in_bounds(spec, static_cast<double>(*bytes))
               ? json(*bytes)
               : json{};
    }
    case parameter_type::choice:
      return is_choice(spec, value) ? value : json{};
    case parameter_type::texts: // an empty table of Lua is no list yet
      if (value.is_object() && value.empty())
        return json::array();
      return all_text(value) ? value : json{};
    case parameter_type::address:
      return value.is_string()
                 && parse_address(value.get_ref<const std::string&>())
               ? value
               : json{};
  }
  return {};
}

parameter_spec bounded(std::string name, parameter_type type,
                       std::string fallback, double min, double max,
                       std::string help) {
  return {std::move(name), type, std::move(fallback), min, max, {},
          std::move(help), false};
}

} // namespace

std::string allowed(const parameter_spec& spec) {
  auto result = noun(spec.type);
  if (spec.type == parameter_type::choice)
    return result + " " + join(spec.choices);
  if (spec.min == spec.max)
    return result;
  auto unit = spec.type == parameter_type::duration ? " s"
              : spec.type == parameter_type::size   ? " bytes"
                                                    : "";
  return result + " from " + plain(spec.min) + " to " + plain(spec.max) + unit;
}

caf::expected<json> check_value(const parameter_spec& spec, const json& value) {
  auto result = canonical(spec, value);
  if (result.is_null())
    return refuse(spec, value);
  return result;
}

json default_value(const parameter_spec& spec) {
  switch (spec.type) {
    case parameter_type::boolean:
      return spec.fallback == "true";
    case parameter_type::integer:
      return number_of<int64_t>(spec.fallback);
    case parameter_type::number:
      return number_of<double>(spec.fallback);
    case parameter_type::texts:
      return json::array();
    case parameter_type::duration:
    case parameter_type::size:
      return canonical(spec, spec.fallback);
    default:
      return spec.fallback;
  }
}

caf::expected<document> check(const parameter_specs& specs, const json& values,
                              const std::string& where) {
  auto find = [&](const std::string& name) {
    return std::find_if(specs.begin(), specs.end(),
                        [&](const auto& x) { return x.name == name; });
  };
  document result;
  for (const auto& [key, value] : values.items()) {
    auto spec = find(key);
    if (spec == specs.end()) {
      std::vector<std::string> names;
      for (const auto& x : specs)
        names.push_back(x.name);
      return caf::make_error(ec::bad_config,
                             where + ": unknown key \"" + key + "\"; known: "
                               + (names.empty() ? "none" : join(names)));
    }
    auto checked = check_value(*spec, value);
    if (!checked)
      return caf::make_error(ec::bad_config, where + ": " + key + " = "
                                               + cause_of(checked.error()));
    result.set(key, std::move(*checked));
  }
  for (const auto& spec : specs) {
    if (result.has(spec.name))
      continue;
    if (spec.required)
      return caf::make_error(ec::bad_config, where + ": missing \"" + spec.name
                                               + "\" (" + spec.help
                                               + "); write " + allowed(spec));
    result.set(spec.name, default_value(spec));
  }
  return result;
}

caf::expected<document>
check_changes(const parameter_specs& specs, const document& now,
              const document& changes, const std::string& where) {
  auto wanted = now.value();
  wanted.update(changes.value());
  return check(specs, wanted, where);
}

parameter_spec flag(std::string name, bool fallback, std::string help) {
  return bounded(std::move(name), parameter_type::boolean,
                 fallback ? "true" : "false", 0, 0, std::move(help));
}

parameter_spec integer(std::string name, int64_t fallback, double min,
                       double max, std::string help) {
  return bounded(std::move(name), parameter_type::integer,
                 std::to_string(fallback), min, max, std::move(help));
}

parameter_spec number(std::string name, double fallback, double min, double max,
                      std::string help) {
  return bounded(std::move(name), parameter_type::number, plain(fallback), min,
                 max, std::move(help));
}

parameter_spec text(std::string name, std::string fallback, std::string help) {
  return bounded(std::move(name), parameter_type::text, std::move(fallback), 0,
                 0, std::move(help));
}

parameter_spec texts(std::string name, std::string help) {
  return bounded(std::move(name), parameter_type::texts, "", 0, 0,
                 std::move(help));
}

parameter_spec address(std::string name, std::string fallback,
                       std::string help) {
  return bounded(std::move(name), parameter_type::address, std::move(fallback),
                 0, 0, std::move(help));
}

parameter_spec duration(std::string name, std::string fallback, double min,
                        double max, std::string help) {
  return bounded(std::move(name), parameter_type::duration, std::move(fallback),
                 min, max, std::move(help));
}

parameter_spec size(std::string name, std::string fallback, double min,
                    double max, std::string help) {
  return bounded(std::move(name), parameter_type::size, std::move(fallback),
                 min, max, std::move(help));
}

parameter_spec choice(std::string name, std::vector<std::string> choices,
                      std::string help) {
  auto fallback = choices.front();
  return {std::move(name),
          parameter_type::choice,
          std::move(fallback),
          0,
          0,
          std::move(choices),
          std::move(help),
          false};
}

parameter_spec required(parameter_spec x) {
  x.required = true;
  return x;
}

} // namespace vpaas
