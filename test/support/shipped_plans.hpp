#pragma once

#include "actors/functions/chunk_decoder.hpp"
#include "actors/functions/detector.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/paster.hpp"
#include "actors/functions/region_filter.hpp"
#include "actors/functions/second_look.hpp"
#include "actors/functions/super_resolver.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/node/lua_pipeline.hpp"
#include "runtime/pipeline/check.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <memory>
#include <vector>

namespace vpaas::test {

/// What pipelines are checked against.
inline std::vector<function_spec> functions_there_are() {
  std::vector<function_spec> result{
    encoder_function::spec(), chunk_decoder_function::spec(),
    detector_spec(),          region_filter_function::spec(),
    paster_function::spec(),  super_resolver_spec(),
    second_look_spec()};
  result.push_back(detector_spec());
  result.back().name = "backup_detector";
  result.back().tiers = {"fog"};
  function_spec classifier;
  classifier.name = "classifier";
  classifier.input = regions::type_name;
  classifier.output = namings::type_name;
  result.push_back(classifier);
  return result;
}

/// One of the pipelines that ship.
inline caf::expected<plan_ptr> shipped_plan(const decision& x) {
  auto read = load_pipeline("config/pipelines/" + x.pipeline + ".lua");
  if (!read)
    return std::move(read.error());
  auto plan = check(*read, functions_there_are(), x.parameters);
  if (!plan)
    return std::move(plan.error());
  return std::make_shared<const pipeline_plan>(std::move(*plan));
}

} // namespace vpaas::test
