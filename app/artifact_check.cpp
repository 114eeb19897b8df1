#include "artifact_check.hpp"

#include "pipeline_list.hpp"
#include "plans.hpp"
#include "runtime/error.hpp"
#include "runtime/nn/card.hpp"
#include "runtime/node/lua_pipeline.hpp"
#include "runtime/node/lua_policy.hpp"

#include <algorithm>

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

caf::error check_pipeline(const artifact& x) {
  auto file = x.name + ".lua";
  auto read = parse_pipeline(x.content, file);
  auto plan = read ? plan_of_pipeline(*read, file) : read.error();
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

caf::error check_artifact(const artifact& x) {
  if (x.kind == artifact_kind::model)
    return check_model(x);
  if (x.kind == artifact_kind::heads)
    return x.files.size() == 1 ? caf::error{}
                               : refuse(x, "heads are one file; name it");
  if (x.content.empty() || !x.files.empty())
    return refuse(x, "a script is its text, and no files; name its file");
  if (x.kind == artifact_kind::pipeline)
    return check_pipeline(x);
  return x.kind == artifact_kind::policy ? check_policy(x) : caf::error{};
}

} // namespace vpaas
