#include "runtime/pipeline/options.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace vpaas {

namespace {

std::string names_in(const parameter_specs& xs) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + x.name;
  return result.empty() ? "none" : result;
}

template <class Specs>
auto find(Specs& xs, const std::string& name) -> decltype(xs.data()) {
  for (auto& x : xs)
    if (x.name == name)
      return &x;
  return nullptr;
}

/// The parameter that an option refers to.
std::optional<std::string> reference(const json& x) {
  if (!x.is_object() || x.size() != 1 || !x.contains(parameter_reference))
    return std::nullopt;
  auto& name = x.at(parameter_reference);
  return name.is_string() ? std::optional{name.get<std::string>()}
                          : std::nullopt;
}

caf::error refuse(const std::string& where, const std::string& cause) {
  return caf::make_error(ec::bad_config, where + ": " + cause);
}

/// The parameters that may come with an item.
parameter_specs options_of(const function_spec& x) {
  parameter_specs result;
  for (auto& name : x.options)
    if (auto y = find(x.parameters, name))
      result.push_back(*y);
  return result;
}

/// What is open in a declared parameter follows from the option that it sets.
void complete(parameter_spec& x, const parameter_spec& option) {
  x.type = option.type;
  if (x.min == x.max) {
    x.min = option.min;
    x.max = option.max;
  }
  if (x.choices.empty())
    x.choices = option.choices;
  if (x.help.empty())
    x.help = option.help;
}

class setter {
public:
  setter(const pipeline& x, const std::vector<function_spec>& functions)
    : functions_(functions) {
    result_.stages = x;
    result_.table = x.parameters;
  }

  caf::expected<settled_pipeline> set(const document& values) {
    for (auto step : {&setter::complete_table, &setter::check_defaults,
                      &setter::check_presets})
      if (auto err = (this->*step)())
        return err;
    auto all = with_preset(values.value());
    if (!all)
      return std::move(all.error());
    auto given = check(result_.table, *all, "parameters");
    if (!given)
      return std::move(given.error());
    result_.values = std::move(*given);
    if (auto err = for_all([this](auto&&... xs) { return fill(xs...); }))
      return err;
    auto merge = check(merge_options(), result_.stages.merge.value(), "result");
    if (!merge)
      return std::move(merge.error());
    result_.merge.hints = merge->get<float>("hints");
    result_.merge.iou = merge->get<float>("iou");
    return std::move(result_);
  }

private:
  /// Calls `f(where, table, options)` for every table of options.
  template <class F>
  caf::error for_all(F f) {
    auto visit = [&](pipeline_stage& x) -> caf::error {
      auto function = find_function(functions_, x);
      if (!function)
        return caf::none; // said elsewhere
      return f("stage \"" + x.id + "\"", options_of(*function), x.options);
    };
    for (auto& x : result_.stages.stages)
      if (auto err = visit(x))
        return err;
    for (auto& x : result_.stages.without) {
      x.second.id = "without_" + x.first;
      if (auto err = visit(x.second))
        return err;
    }
    return f("result", merge_options(), result_.stages.merge);
  }

  caf::error complete_table() {
    std::set<std::string> used;
    auto look = [&](const std::string& where, const parameter_specs& table,
                    document& options) -> caf::error {
      for (auto& [key, value] : options.value().items()) {
        auto option = find(table, key);
        if (!option)
          return refuse(where, "there is no option \"" + key
                                 + "\"; allowed: " + names_in(table));
        auto name = reference(value);
        if (!name)
          continue;
        auto parameter = find(result_.table, *name);
        if (!parameter)
          return refuse(where, "there is no parameter \"" + *name
                                 + "\"; allowed: " + names_in(result_.table));
        if (used.insert(*name).second)
          complete(*parameter, *option);
      }
      return caf::none;
    };
    if (auto err = for_all(look))
      return err;
    for (auto& x : result_.table)
      if (used.count(x.name) == 0)
        return refuse("parameter \"" + x.name + "\"",
                      "no stage uses it; write OPTION = param." + x.name);
    return caf::none;
  }

  caf::error check_defaults() {
    for (auto& x : result_.table) {
      auto parsed = parse_json(x.fallback);
      auto value = parsed && !parsed->is_structured() ? *parsed
                                                      : json(x.fallback);
      auto checked = check_value(x, value);
      if (!checked)
        checked = check_value(x, json(x.fallback));
      if (!checked)
        return refuse("parameter \"" + x.name + "\"",
                      cause_of(checked.error()));
    }
    return caf::none;
  }

  caf::error check_presets() {
    for (auto& [name, x] : result_.stages.presets)
      if (auto checked = check(result_.table, x.value(),
                               "preset \"" + name + "\"");
          !checked)
        return std::move(checked.error());
    return caf::none;
  }

  /// What a preset sets, where one is named, and what is set beside it.
  caf::expected<json> with_preset(const json& values) const {
    auto& presets = result_.stages.presets;
    if (presets.empty() || !values.contains(preset_key))
      return values;
    auto& name = values.at(preset_key);
    auto i = name.is_string() ? presets.find(name.get<std::string>())
                              : presets.end();
    if (i == presets.end()) {
      std::string known;
      for (auto& x : presets)
        known += (known.empty() ? "" : ", ") + x.first;
      return refuse("parameters", "there is no preset " + name.dump()
                                    + "; allowed: " + known);
    }
    auto result = i->second.value();
    for (auto& [key, value] : values.items())
      if (key != preset_key)
        result[key] = value;
    return result;
  }

  caf::error fill(const std::string& where, const parameter_specs& table,
                  document& options) {
    auto filled = json::object();
    for (auto& [key, value] : options.value().items()) {
      auto name = reference(value);
      auto checked = check_value(
        *find(table, key), name ? result_.values.value().at(*name) : value);
      if (!checked)
        return refuse(where, key + " = " + cause_of(checked.error()));
      filled[key] = std::move(*checked);
    }
    options = document{std::move(filled)};
    return caf::none;
  }

  const std::vector<function_spec>& functions_;
  settled_pipeline result_;
};

} // namespace

const function_spec* find_function(const std::vector<function_spec>& xs,
                                   const pipeline_stage& x) {
  const function_spec* result = nullptr;
  for (auto& y : xs)
    if (y.name == x.function && (x.version == 0 || y.version == x.version)
        && (!result || result->version < y.version))
      result = &y;
  return result;
}

const parameter_specs& merge_options() {
  static const parameter_specs result{
    number("hints", -1, -1, 1,
           "a region's hint of this score is its name where nobody named it; "
           "-1: never"),
    number("iou", 1, 0, 1,
           "of objects that overlap more the earlier stage's stays")};
  return result;
}

caf::expected<settled_pipeline>
set_options(const pipeline& x, const std::vector<function_spec>& functions,
            const document& values) {
  return setter{x, functions}.set(values);
}

} // namespace vpaas
