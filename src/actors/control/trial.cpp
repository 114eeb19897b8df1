#include "actors/control/trial.hpp"

#include "runtime/node/process.hpp"

namespace vpaas {

caf::behavior trial(caf::event_based_actor* self,
                    std::function<caf::error()> attempt) {
  lower_thread_priority();
  return {
    [self, attempt](apply_atom) -> caf::result<void> {
      self->quit();
      if (auto err = attempt())
        return err;
      return caf::unit;
    },
  };
}

} // namespace vpaas
