#include "plans.hpp"

#include "functions.hpp"
#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/name.hpp"
#include "runtime/node/lua_pipeline.hpp"
#include "runtime/pipeline/check.hpp"
#include "runtime/sha256.hpp"
#include "runtime/shipped.hpp"

#include <map>
#include <memory>
#include <sstream>

namespace vpaas {

namespace {

/// A policy may choose any qp for each keyframe; so many plans are remembered.
constexpr size_t most_plans = 256;

/// A pipeline's text, before which its name may stand in a line. Texts without
/// one are told apart by what they say.
caf::expected<pipeline> pipeline_in(const std::string& text) {
  auto first = text.substr(0, text.find('\n'));
  if (is_name(first.substr(0, first.find('@'))))
    return parse_pipeline(text.substr(first.size() + 1), first + ".lua");
  auto result = parse_pipeline(text, "pipeline");
  if (result)
    result->name += "-" + sha256(text).substr(0, 6);
  return result;
}

caf::expected<pipeline> read_pipeline(const std::string& what) {
  if (what.find('\n') != std::string::npos)
    return pipeline_in(what);
  auto all = pipelines_in(shipped_path("config/pipelines"));
  if (auto i = all.find(what); i != all.end())
    return load_pipeline(i->second);
  std::string known;
  for (auto& x : all)
    known += (known.empty() ? "" : ", ") + x.first;
  return caf::make_error(ec::bad_config, "there is no pipeline \"" + what
                                           + "\"; allowed: " + known);
}

struct plans {
  std::map<std::string, pipeline> read; ///< by name or text
  std::map<std::string, plan_ptr> made; ///< by decision

  caf::expected<plan_ptr> get(const decision& x) {
    auto key = as_json(x).dump(-1, ' ', false, json::error_handler_t::replace);
    if (auto i = made.find(key); i != made.end())
      return i->second;
    auto i = read.find(x.pipeline);
    if (i == read.end()) {
      auto found = read_pipeline(x.pipeline);
      if (!found)
        return std::move(found.error());
      i = read.emplace(x.pipeline, std::move(*found)).first;
    }
    auto plan = check(i->second, all_functions(), x.parameters);
    if (!plan)
      return caf::make_error(ec::bad_config, "pipeline " + i->second.name + ": "
                                               + cause_of(plan.error()));
    if (made.size() >= most_plans)
      made.clear();
    auto result = std::make_shared<const pipeline_plan>(std::move(*plan));
    made.emplace(key, result);
    return plan_ptr{result};
  }
};

} // namespace

plan_source plans_of_all_functions() {
  return [all = std::make_shared<plans>()](const decision& x) {
    return all->get(x);
  };
}

caf::expected<decision> usual_of(const document& x) {
  decision result;
  result.pipeline = x.get<std::string>("pipeline");
  auto& to = result.parameters;
  if (auto qp = x.get<int>("qp"); qp >= 0)
    to.set("qp", qp);
  if (auto scale = x.get<double>("scale"); scale > 0)
    to.set("scale", scale);
  if (auto hints = x.get<double>("hint_score"); hints >= 0)
    to.set("hints", hints);
  std::istringstream words{x.get<std::string>("parameters")};
  for (std::string word; words >> word;) {
    auto split = word.find('=');
    if (split == std::string::npos || split == 0)
      return caf::make_error(ec::bad_config,
                             "parameters: \"" + word
                               + "\" sets nothing; write \"low=30 high=22\"");
    auto text = word.substr(split + 1);
    auto value = parse_json(text);
    to.set(word.substr(0, split), value ? *value : json(text));
  }
  return result;
}

} // namespace vpaas
