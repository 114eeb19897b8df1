#pragma once

#include "runtime/worker/message_socket.hpp"
#include "runtime/worker/protocol.hpp"
#include "runtime/worker/shared_area.hpp"
#include "vpaas/function.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include <sys/types.h>

namespace vpaas {

/// How a worker is started.
struct worker_config {
  std::string program;         ///< path of vpaas-worker
  std::string library;         ///< path of the user's function
  std::string options;         ///< for the function
  uint64_t memory = 512 << 20; ///< bytes that it may have
  caf::timespan start_limit = std::chrono::seconds(10);
};

/// A process that runs one user's function. A few frames may be with it at
/// once, so that one is copied while it works on another: that is the only
/// copy. It ends with this object, and with the thread that started it. Blocks.
class worker_process {
public:
  /// Frames that may be with it.
  static constexpr size_t depth = 4;

  /// Starts it, and waits until its function is ready.
  /// @returns ec::io where it cannot be started, ec::deadline where the
  ///          function is not ready in time, ec::bad_config where it says why
  static caf::expected<std::unique_ptr<worker_process>>
  start(const worker_config& cfg);

  worker_process(const worker_process&) = delete;

  worker_process& operator=(const worker_process&) = delete;

  /// Kills it.
  ~worker_process();

  const worker_hello& hello() const {
    return hello_;
  }

  pid_t id() const {
    return process_;
  }

  /// Frames that it has not answered.
  size_t busy() const {
    return asked_.size();
  }

  /// Hands over a frame. @pre busy() < depth
  /// @returns ec::io where the process is gone or there is no memory: what it
  ///          answered before can still be received, and then says how it
  ///          ended; ec::overload where the frame waits for smaller ones before
  ///          it
  caf::error send(const vpaas_frame& x);

  /// Waits for the answer to the frame that it has had for longest, from when
  /// it could begin with it. @pre busy() > 0
  /// @returns ec::deadline; ec::io where it ended, and how; ec::bad_input where
  ///          it does not speak our language. After an error it is of no use
  caf::expected<worker_answer> receive(caf::timespan limit);

private:
  using clock = std::chrono::steady_clock;

  worker_process() = default;

  caf::error spawn(const std::string& program);

  caf::error greet(const worker_config& cfg);

  /// What became of the process, after its end of the socket was closed.
  caf::error ended();

  /// Makes room for frames of so many bytes; moves none.
  caf::error make_room(uint64_t bytes);

  void reap(bool kill);

  pid_t process_ = -1;
  message_socket socket_;
  shared_area area_;
  worker_hello hello_;
  uint64_t slot_ = 0; ///< bytes of a frame's place
  uint64_t next_ = 0; ///< id
  std::deque<clock::time_point> asked_;
  clock::time_point free_; ///< when the last answer came
};

/// Where vpaas-worker is: beside this program.
std::string worker_program();

} // namespace vpaas
