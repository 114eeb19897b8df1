#include "actors/fog/result_file.hpp"

namespace vpaas {

subscriber_actor::behavior_type
result_file(subscriber_actor::stateful_pointer<result_file_state> self,
            std::string path) {
  self->state.file = std::make_unique<lines_file>(std::move(path));
  return {
    [self](result_atom,
           const std::vector<frame_result>& xs) -> caf::result<void> {
      if (auto err = self->state.file->append(xs))
        return err;
      return caf::unit;
    },
  };
}

} // namespace vpaas
