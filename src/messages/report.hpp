#pragma once

#include "messages/status.hpp"
#include "runtime/json.hpp"

#include <string>

namespace vpaas {

/// Makes the answer to `status` of an actor whose numbers stand in `details`, a
/// struct with `fields()`.
template <class Self, class Details>
status_report report(Self* self, std::string state, const Details& details) {
  return {self->name(), std::move(state), self->mailbox().size(),
          document{to_json_value(details)}};
}

} // namespace vpaas
