#include "pipeline_list.hpp"

#include "functions.hpp"
#include "runtime/error.hpp"
#include "runtime/node/lua_pipeline.hpp"
#include "runtime/pipeline/check.hpp"
#include "runtime/pipeline/drawing.hpp"
#include "runtime/shipped.hpp"

namespace vpaas {

caf::expected<pipeline_plan>
plan_of_pipeline(const pipeline& x, const std::string& path,
                 const std::vector<function_spec>& more) {
  auto all = more; // of two with one name the first
  for (auto& y : all_functions())
    all.push_back(std::move(y));
  auto plan = check(x, all);
  if (!plan)
    return caf::make_error(ec::bad_config,
                           path + ": " + cause_of(plan.error()));
  return plan;
}

json pipeline_summary(const std::string& name, const std::string& path) {
  auto read = load_pipeline(path);
  auto plan = read ? plan_of_pipeline(*read, path) : read.error();
  auto result = json{{"name", name}, {"path", path}, {"good", bool(plan)}};
  if (!plan) {
    result["cause"] = cause_of(plan.error());
    return result;
  }
  result["help"] = read->help;
  result["parameters"] = plan->parameters.value();
  result["crossings"] = 0;
  for (auto& x : plan->errands)
    result["crossings"] = result["crossings"].get<int>()
                          + (x.tier != home_tier ? 1 : 0);
  return result;
}

json pipeline_list() {
  auto result = json::array();
  for (auto& [name, path] : pipelines_in(shipped_path("config/pipelines")))
    result.push_back(pipeline_summary(name, path));
  return result;
}

json drawn_pipelines() {
  auto result = pipeline_list();
  for (auto& x : result) {
    auto read = load_pipeline(x.value("path", ""));
    auto plan = read ? plan_of_pipeline(*read, read->name) : read.error();
    if (plan)
      x["drawing"] = to_svg(*plan);
    x.erase("path");
  }
  return result;
}

} // namespace vpaas
