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

caf::expected<plan_ptr> coordinator_config::plan_for(const decision& x) const {
  auto result = plan(x);
  if (!result)
    return result;
  for (auto& y : (*result)->stages)
    if (y.spec.tier == home_tier && !y.spec.optional && !y.stands_in
        && name_of(y.spec.function).empty())
      return caf::make_error(ec::bad_config,
                             "pipeline " + (*result)->name + " needs "
                               + y.spec.function
                               + ", and this stream has none; name it, or "
                                 "choose another pipeline");
  return result;
}

std::string coordinator_config::name_of(const std::string& function) const {
  if (function == "encoder")
    return encoder;
  if (auto i = own.find(function); i != own.end())
    return i->second;
  if (function == "classifier")
    return classifier;
  return function == "backup_detector" ? backup : function;
}

const parameter_table<coordinator_config>& coordinator_parameters() {
  using self = coordinator_config;
  static const parameter_table<self> result{
    parameter_for<self>(required(text("stream", "", "name of the stream")),
                        &self::stream),
    parameter_for<self>(
      text("camera", "", "instead: NODE:NAME of a camera of a joined client"),
      &self::camera),
    {text("pipeline", "high_low", "without a policy, and where it fails"),
     nullptr},
    {text("parameters", "", "of the pipeline, as \"low=30 high=22\""), nullptr},
    {text("policy", "", "Lua file with decide(state); empty: the pipeline"),
     nullptr},
    {integer("qp", -1, -1, 51,
             "of the copy for the cloud; -1: the pipeline's (36, VI-B)"),
     nullptr},
    {number("scale", 0, 0, 1, "of its sides; 0: the pipeline's (0.8, VI-B)"),
     nullptr},
    {number("hint_score", -1, -1, 1,
            "from here on a region's hint is its name; -1: the pipeline's"),
     nullptr},
    parameter_for<self>(
      integer("every", 15, 1, 1e6, "a keyframe is one of so many (VI-B)"),
      &self::every),
    parameter_for<self>(
      duration("max_chunk_time", "10s", 0.001, 3600, "after which it closes"),
      &self::chunk_time),
    parameter_for<self>(
      integer("in_flight", 48, 1, 1e6, "keyframes without an answer, at most"),
      &self::in_flight),
    parameter_for<self>(
      duration("deadline", "10s", 0.01, 3600, "of the cloud's answer"),
      [](self & x) -> auto& { return x.outage.cap; }),
    parameter_for<self>(
      duration("live_deadline", "1s", 0.01, 3600,
               "of a live source: not less; more where the cloud is "
               "slow"),
      [](self & x) -> auto& { return x.outage.floor; }),
    parameter_for<self>(
      duration("settle", "2s", 0, 3600,
               "how long a cloud that is back must answer before it "
               "is used"),
      [](self & x) -> auto& { return x.outage.settle; }),
    parameter_for<self>(
      duration("stable", "60s", 0, 86400,
               "an outage sooner after a return doubles the next "
               "settling"),
      [](self & x) -> auto& { return x.outage.stable; }),
    parameter_for<self>(
      integer("backup_queue", 4, 1, 1e6,
              "live keyframes that wait for the backup; what is more "
              "is skipped"),
      &self::backup_queue),
    parameter_for<self>(
      choice("corrections", {"catch_up", "late", "none"},
             "of the backup's results: all, by late answers, or none"),
      &self::correct),
    parameter_for<self>(duration("correct_age", "10min", 0, 1e9,
                                 "older results stay as they are"),
                        &self::correct_age),
    parameter_for<self>(
      size("inline_bytes", "32KiB", 0, 65536, "larger parts go in slices"),
      &self::inline_bytes),
    parameter_for<self>(
      size("pixel_memory", "256MiB", 1 << 20, 1e12,
           "for keyframes without an answer; more are decoded again"),
      &self::pixel_bytes),
    parameter_for<self>(
      text("cloud", "cloud_link", "name of the link to the cloud"),
      &self::cloud),
    parameter_for<self>(
      text("classifier", "classifier", "who names regions; empty: nobody"),
      &self::classifier),
    parameter_for<self>(
      text("backup", "backup_detector", "who answers without the cloud"),
      &self::backup),
    parameter_for<self>(text("results", "results", "who takes the results"),
                        &self::results),
    parameter_for<self>(
      text("spool", "", "who keeps segments on disk until they are answered"),
      &self::spool),
    parameter_for<self>(
      text("result_functions", "",
           "what results go through, beside it; empty: nothing"),
      &self::functions),
    parameter_for<self>(
      text("events", "ledger", "who keeps what functions raise; empty: nobody"),
      &self::events)};
  return result;
}

} // namespace vpaas
