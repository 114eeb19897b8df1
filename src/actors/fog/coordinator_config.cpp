#include "actors/fog/coordinator_config.hpp"

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
  if (auto problem = usual.validate())
    return refuse(*problem);
  if (usual.path == route::fog_only && backup.empty())
    return refuse("fog_only needs a backup detector");
  return caf::none;
}

} // namespace vpaas
