#include "actors/cloud/runner.hpp"
#include "actors/functions/chunk_decoder.hpp"
#include "actors/functions/paster.hpp"
#include "actors/functions/region_filter.hpp"
#include "actors/pool.hpp"
#include "kinds.hpp"
#include "spawn.hpp"

namespace vpaas {

namespace {

/// Parts of chunks that a worker holds: enough to fill the next batch while it
/// runs one.
uint32_t slots_for(const document& x) {
  return 2 * x.get<uint32_t>("max_batch");
}

pool_config pool_of(const document& x) {
  pool_config result;
  result.workers = x.get<uint32_t>("workers");
  result.slots = slots_for(x);
  result.capacity = x.get<uint32_t>("queue");
  from_string(x.get<std::string>("when_full"), result.when_full);
  result.stall_after = x.get<caf::timespan>("stall_after");
  result.job_timeout = 2 * result.stall_after; // its batch, and one before it
  result.start_timeout = std::chrono::minutes(5); // loads weights
  return result;
}

/// The parameters of the detectors, without those of their pool.
document parameters_of_worker(const document& x) {
  document result;
  for (auto& spec : detector_spec().parameters)
    result.set(spec.name, x.value().at(spec.name));
  return result;
}

actor_kind detectors_kind(const detector_world& world) {
  auto spawn = [world](const spawn_context& x) -> caf::expected<caf::actor> {
    auto cfg = pool_of(x.parameters);
    if (auto err = cfg.validate())
      return err;
    auto now = std::make_shared<document>(parameters_of_worker(x.parameters));
    cfg.parameters = now;
    auto make = [&system = x.system, now,
                 world]() -> caf::expected<caf::actor> {
      return spawn_in_thread(system, batched_function, detector(*now, world));
    };
    return spawn_as_told(x, pool, cfg, worker_factory{make});
  };
  auto parameters = detector_spec().parameters;
  for (auto& x :
       {integer("workers", 1, 1, 256, "detectors, one thread each"),
        integer("queue", 256, 1, 1e6, "parts of chunks that wait for them"),
        choice("when_full", {"displace", "reject"},
               "displace: a live source's part takes the place of a file's"),
        duration("stall_after", "1min", 0.01, 3600,
                 "without a sign of life; longer than the longest batch")})
    parameters.push_back(x);
  return {"detectors", "a pool of detectors behind one queue", parameters,
          false, spawn};
}

actor_kind runner_kind() {
  auto spec = runner_spec();
  return {spec.name, spec.help, spec.parameters, spec.blocks,
          [](const spawn_context& x) -> caf::expected<caf::actor> {
            return spawn_as_told(x, runner, x.parameters, x.node);
          }};
}

} // namespace

actor_kinds analysis_kinds(const network_worlds& networks) {
  return {function_kind(chunk_decoder_function::spec(),
                        function_of<chunk_decoder_function>),
          detectors_kind(networks.detectors),
          function_kind(region_filter_function::spec(),
                        function_of<region_filter_function>),
          function_kind(paster_function::spec(), function_of<paster_function>),
          runner_kind()};
}

} // namespace vpaas
