#include "actors/stream/pipeline_choice.hpp"

#include "actors/stream/coordinator.hpp"

#include <utility>

namespace vpaas {

namespace {

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

} // namespace

void pipeline_choice::begin() {
  auto& cfg = all_.cfg;
  own_ = cfg.usual;
  own_policy_ = cfg.policy;
  own_plan_ = usual_ = *cfg.plan_for(cfg.usual);
}

caf::result<document> pipeline_choice::configure(const document& x) {
  auto err = x.has("assigned") ? assign(x.value()) : change(x.value());
  if (err)
    return err;
  auto result = own_plan_->parameters;
  result.set("pipeline", own_plan_->name);
  if (!assigned_.empty())
    result.set("assigned", assigned_);
  return result;
}

caf::error pipeline_choice::change(const json& x) {
  auto wanted = decision_of(x);
  if (!wanted)
    return std::move(wanted.error());
  auto& cfg = all_.cfg;
  auto changed = with_usual(own_, *wanted);
  auto plan = cfg.plan_for(changed);
  if (!plan)
    return refuse(plan.error());
  own_ = std::move(changed);
  own_plan_ = *plan;
  if (!assigned_.empty() && !cfg.policy)
    return caf::none; // a pipeline is assigned
  cfg.usual = own_;
  usual_ = own_plan_;
  return caf::none;
}

caf::error pipeline_choice::assign(const json& x) {
  auto& cfg = all_.cfg;
  auto& what = x.at("assigned");
  if (what.is_null()) {
    cfg.usual = own_;
    cfg.policy = own_policy_;
    usual_ = own_plan_;
    assigned_.clear();
    return caf::none;
  }
  auto text = [&](const char* key) {
    auto i = what.is_object() ? what.find(key) : what.end();
    return i != what.end() && i->is_string() ? i->get<std::string>() : "";
  };
  auto name = text("name"), policy = text("policy"), written = text("pipeline");
  if (name.empty() || policy.empty() == written.empty() || x.size() != 1)
    return refuse(caf::make_error(ec::bad_config,
                                  "assigned is { name, policy } or { name, "
                                  "pipeline }, and stands alone"));
  auto next = written.empty() ? own_ : decision{name + "\n" + written, {}};
  stream_rule rule;
  if (!policy.empty()) {
    auto loaded = cfg.load(policy, name);
    if (!loaded)
      return refuse(loaded.error());
    rule = std::move(*loaded);
  }
  auto plan = cfg.plan_for(next);
  if (!plan)
    return refuse(plan.error());
  cfg.usual = std::move(next);
  cfg.policy = std::move(rule);
  usual_ = *plan;
  assigned_ = name;
  return caf::none;
}

caf::error pipeline_choice::refuse(const caf::error& cause) const {
  return caf::make_error(ec::bad_config, "coordinator of \"" + all_.cfg.stream
                                           + "\": " + cause_of(cause));
}

stream_state pipeline_choice::seen() const {
  stream_state x;
  x.stream = all_.cfg.stream;
  x.cloud_up = all_.cloud.up();
  x.in_flight = all_.book.in_flight();
  x.freshness_ms = ms(all_.last_freshness);
  x.processing_ms = ms(all_.last_processing);
  x.failures = all_.cloud.failures_in_a_row();
  x.answered_kbit_s = all_.through.answered_kbit_s(all_.now_ns());
  x.under_way_kbit = all_.through.under_way_kbit();
  return x;
}

plan_ptr pipeline_choice::decide() {
  auto& cfg = all_.cfg;
  if (!cfg.policy)
    return usual_;
  auto wanted = cfg.policy(seen());
  auto plan = wanted ? cfg.plan_for(with_usual(cfg.usual, *wanted))
                     : caf::expected<plan_ptr>{wanted.error()};
  if (plan)
    return *plan;
  ++all_.counts.policy_errors;
  all_.counts.last_error = "policy: " + cause_of(plan.error());
  return usual_;
}

} // namespace vpaas
