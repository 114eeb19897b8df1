#include "runtime/node/settings.hpp"

#include "runtime/error.hpp"
#include "runtime/node/ini_text.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/config_value.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace vpaas {

namespace {

using specs_by_group = std::map<std::string, parameter_specs>;

caf::error wrong(const std::string& where, const std::string& what) {
  return caf::make_error(ec::bad_config, where + ": " + what);
}

specs_by_group group_specs(const std::vector<option>& options) {
  specs_by_group result;
  for (const auto& x : options)
    result[x.group].push_back(x.spec);
  result[free_group];
  return result;
}

std::string known_groups(const specs_by_group& specs) {
  std::string result;
  for (const auto& x : specs)
    result += (result.empty() ? "" : ", ") + x.first;
  return result;
}

/// CAF's parser gives line and column as a dictionary.
std::string syntax_error(const caf::error& x) {
  std::string result = "syntax error";
  const auto& context = x.context();
  if (context.match_elements<caf::settings>()) {
    const auto& at = context.get_as<caf::settings>(0);
    result += " in line " + std::to_string(caf::get_or(at, "line", int64_t{0}))
              + ", column "
              + std::to_string(caf::get_or(at, "column", int64_t{0}));
  }
  return result + "; write [group], then key=value, text in \"\", ; comments";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The first number outside of quotes that begins with a 0 before a digit, or
/// nothing: CAF takes it for octal, so that 05000 is 2560.
std::string octal_in(const std::string& text) {
  auto in_word = [](char c) { return std::isalnum(c) || c == '_' || c == '.'; };
  char quote = 0, before = ' ';
  for (size_t i = 0; i < text.size(); before = text[i++]) {
    auto c = text[i];
    if (quote != 0) {
      if (c == quote && before != '\\')
        quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ';') {
      break; // a comment
    } else if (c == '0' && !in_word(before) && i + 1 < text.size()
               && is_digit(text[i + 1])) {
      auto end = std::find_if_not(text.begin() + ptrdiff_t(i), text.end(),
                                  in_word);
      return {text.begin() + ptrdiff_t(i), end};
    }
  }
  return "";
}

caf::error octal(const std::string& where, const std::string& number) {
  return wrong(where, number
                        + " would be read as octal; write it without the 0 in "
                          "front");
}

/// @returns an error that names the first line with an octal number
caf::error check_numbers(const std::string& path, std::istream& in) {
  std::string line;
  for (size_t n = 1; std::getline(in, line); ++n) {
    auto value = line.substr(line.find('=') + 1); // all where there is none
    if (auto number = octal_in(value); !number.empty())
      return octal(path + ", line " + std::to_string(n), number);
  }
  in.clear();
  in.seekg(0);
  return caf::none;
}

caf::expected<json> read_ini(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file || std::filesystem::is_directory(path))
    return caf::make_error(ec::io, "failed to read " + path
                                     + ": no such file, or no permission; "
                                       "name it with --config-file=");
  auto text = plain_text({std::istreambuf_iterator<char>{file}, {}});
  if (auto err = check_ini_keys(text))
    return wrong(path, cause_of(err));
  std::istringstream in{text};
  if (auto err = check_numbers(path, in))
    return err;
  auto parsed = caf::actor_system_config::parse_config(in);
  if (!parsed)
    return wrong(path, syntax_error(parsed.error()));
  auto result = json::object();
  for (const auto& [key, value] : *parsed)
    result[key] = to_json_value(value);
  return result;
}

/// Reads a value from the command line in the way that its option asks for.
caf::expected<json>
parse_override(const specs_by_group& specs, const std::string& group,
               const std::string& key, const std::string& text) {
  auto known = specs.find(group);
  if (known != specs.end())
    for (const auto& spec : known->second)
      if (spec.name == key
          && (spec.type == parameter_type::text
              || spec.type == parameter_type::address
              || spec.type == parameter_type::choice))
        return json(text);
  if (auto number = octal_in(text); !number.empty())
    return octal("--" + group + "." + key + "=" + text, number);
  auto value = caf::config_value::parse(text);
  return value ? to_json_value(*value) : json(text);
}

caf::error check_group(const std::string& file, const std::string& group,
                       const specs_by_group& specs, json& values) {
  auto where = file.empty() ? "[" + group + "]" : file + ": [" + group + "]";
  if (!values.is_object())
    return wrong(file, "\"" + group + "\" stands outside of a group");
  if (group == free_group)
    return caf::none;
  auto known = specs.find(group);
  if (known == specs.end())
    return wrong(file, "unknown group [" + group
                         + "]; known: " + known_groups(specs));
  auto checked = check(known->second, values, where);
  if (!checked)
    return checked.error();
  values = checked->value();
  return caf::none;
}

/// Values come from files and command lines, and may not be UTF-8.
std::string ini_word(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string ini_value(const json& x) {
  if (!x.is_array())
    return ini_word(x);
  std::string result = "[";
  for (const auto& element : x)
    result += (result.size() > 1 ? ", " : "") + ini_word(element);
  return result + "]";
}

} // namespace

json to_json_value(const caf::config_value& x) {
  if (auto list = caf::get_if<caf::config_value::list>(&x)) {
    auto result = json::array();
    for (const auto& element : *list)
      result.push_back(to_json_value(element));
    return result;
  }
  if (auto map = caf::get_if<caf::config_value::dictionary>(&x)) {
    auto result = json::object();
    for (const auto& [key, value] : *map)
      result[key] = to_json_value(value);
    return result;
  }
  if (auto span = caf::get_if<caf::timespan>(&x))
    return format_duration(*span);
  if (auto flag = caf::get_if<bool>(&x))
    return *flag;
  if (auto integer = caf::get_if<int64_t>(&x))
    return *integer < 0 ? json(*integer)
                        : json(static_cast<uint64_t>(*integer));
  if (auto number = caf::get_if<double>(&x))
    return *number;
  if (auto text = caf::get_if<std::string>(&x))
    return *text;
  return to_string(x); // atoms and URIs
}

caf::expected<settings> read_settings(const std::string& path,
                                      std::vector<option> options,
                                      const overrides& changes) {
  auto specs = group_specs(options);
  auto values = json::object();
  if (!path.empty()) {
    auto file = read_ini(path);
    if (!file)
      return file.error();
    for (auto& [group, content] : file->items()) // the file's own mistakes
      if (auto err = check_group(path, group, specs, content))
        return err;
    values = std::move(*file);
  }
  for (const auto& [name, text] : changes) {
    auto dot = name.find('.');
    auto group = name.substr(0, dot);
    if (dot == std::string::npos || specs.count(group) == 0)
      return wrong("command line", "unknown option --" + name
                                     + "; write --group.key=value, groups: "
                                     + known_groups(specs));
    auto key = name.substr(dot + 1);
    auto value = parse_override(specs, group, key, text);
    if (!value)
      return value.error();
    values[group][key] = std::move(*value);
  }
  for (const auto& x : specs) {
    auto& content = values[x.first];
    if (content.is_null())
      content = json::object();
    if (auto err = check_group("", x.first, specs, content))
      return err;
  }
  return settings{std::move(options), std::move(values)};
}

std::string to_ini(const settings& x) {
  std::ostringstream out;
  std::string group;
  for (const auto& [where, spec] : x.options()) {
    if (where != group)
      out << (group.empty() ? "" : "\n") << '[' << (group = where) << "]\n";
    out << "; " << spec.help << " (" << allowed(spec) << ")\n"
        << spec.name << '=' << ini_value(x.values().at(where).at(spec.name))
        << '\n';
  }
  out << "\n; keys of your own, which topologies read as config.vars.KEY\n["
      << free_group << "]\n";
  for (const auto& [key, value] : x.values().at(free_group).items())
    out << key << '=' << ini_value(value) << '\n';
  return out.str();
}

} // namespace vpaas
