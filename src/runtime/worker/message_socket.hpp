#pragma once

#include "runtime/json.hpp"
#include "runtime/worker/protocol.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <string>

namespace vpaas {

/// An end of a stream socket on which messages go whole. Owns the descriptor.
class message_socket {
public:
  message_socket() = default;

  explicit message_socket(int descriptor) : descriptor_(descriptor) {
    // nop
  }

  message_socket(message_socket&& other) noexcept;

  message_socket& operator=(message_socket&& other) noexcept;

  ~message_socket();

  int descriptor() const {
    return descriptor_;
  }

  /// Blocks while the other end does not read. @returns ec::io
  caf::error write(const std::string& message);

  /// @param limit 0: waits for ever
  /// @returns ec::deadline; ec::io where the other end is closed; ec::bad_input
  ///          where the message is longer than `max_worker_message`
  caf::expected<std::string> read(caf::timespan limit);

  template <class T>
  caf::error send(const T& x) {
    return write(
      to_json_value(x).dump(-1, ' ', false, json::error_handler_t::replace));
  }

  /// Errors: those of `read`; ec::bad_input where it is no T.
  template <class T>
  caf::expected<T> receive(caf::timespan limit) {
    auto text = read(limit);
    if (!text)
      return std::move(text.error());
    auto value = parse_json(*text);
    if (!value)
      return std::move(value.error());
    return from_json<T>(*value);
  }

private:
  int descriptor_ = -1;
};

} // namespace vpaas
