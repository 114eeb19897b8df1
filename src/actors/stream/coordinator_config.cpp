#include "actors/stream/coordinator_config.hpp"

#include "runtime/error.hpp"

namespace vpaas {

caf::error coordinator_config::validate() const {
  auto refuse = [this](const std::string& what) {
    return caf::make_error(ec::bad_config,
                           "coordinator of \"" + stream + "\": " + what);
  };
  if (stream.empty())
    return refuse("the stream needs a name");
  if (camera.empty() || decoder.empty() || encoder.empty() || results.empty())
    return refuse("camera, decoder, encoder and results are needed");
  if (!spool.empty() && revisit.empty())
    return refuse("a spool needs a decoder for what is on disk");
  if (every == 0 || in_flight == 0)
    return refuse("every and in_flight are at least 1");
  if (backup_queue == 0 || correct_age.count() < 0)
    return refuse("backup_queue is at least 1, ages are not negative");
  if (auto problem = outage.validate())
    return refuse(cause_of(problem));
  if (auto x = plan_for(usual); !x)
    return refuse(cause_of(x.error()));
  return caf::none;
}

decision coordinator_config::with_usual(const decision& x) const {
  if (!x.pipeline.empty() && x.pipeline != usual.pipeline)
    return x;
  auto result = usual;
  for (auto& [key, value] : x.parameters.value().items())
    result.parameters.set(key, value);
  return result;
}

caf::expected<plan_ptr> coordinator_config::plan_for(const decision& x) const {
  auto result = plan(x);
  if (!result)
    return result;
  for (auto& y : (*result)->stages)
    if (y.spec.tier == home_tier && !y.spec.optional && !y.stands_in
        && name_of(y.spec.function).empty())
      return caf::make_error(
        ec::bad_config, "pipeline " + x.pipeline + " needs " + y.spec.function
                          + ", and this stream has none; name it, or "
                            "choose another pipeline");
  return result;
}

std::string coordinator_config::name_of(const std::string& function) const {
  if (function == "encoder")
    return encoder;
  if (function == "classifier")
    return classifier;
  return function == "backup_detector" ? backup : function;
}

} // namespace vpaas
