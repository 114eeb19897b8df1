#pragma once

#include "messages/protocol.hpp"
#include "runtime/store/lines_file.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// A subscriber of results.
using subscriber_actor = caf::typed_actor<
  // Answers when it can take more.
  caf::reacts_to<result_atom, std::vector<frame_result>>>;

struct result_file_state {
  static inline const char* name = "result_file";

  std::unique_ptr<lines_file> file;
};

/// A subscriber that appends results to a file as lines of JSON. A disk that
/// fails is an answer, not its end. It blocks: spawn it detached.
subscriber_actor::behavior_type
result_file(subscriber_actor::stateful_pointer<result_file_state> self,
            std::string path);

} // namespace vpaas
