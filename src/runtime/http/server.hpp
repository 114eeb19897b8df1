#pragma once

#include "runtime/http/message.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace vpaas {

struct http_server_config {
  std::string host = "127.0.0.1";
  uint16_t port = 0;       ///< 0: a free one
  std::string certificate; ///< chain, PEM
  std::string key;         ///< PEM
  size_t max_body = 256 << 10;
  size_t max_connections = 256; ///< at a time, one thread each
  size_t max_streams = 128;     ///< of these, answers that go on
  caf::timespan patience = std::chrono::seconds(5); ///< with who is slow
  std::vector<std::pair<std::string, std::string>> headers; ///< of all answers
};

/// What it answers to who looks.
struct http_server_counts {
  uint64_t requests = 0;
  uint64_t refused = 0; ///< too many at a time
  uint64_t failed = 0;  ///< the handler threw
  uint64_t streams = 0;
};

/// HTTP/1.1 over TLS 1.2 and later, nothing else. Each connection has a thread
/// of its own while it lives; beyond the bound one is told to come again. Who
/// does not send, or take, for as long as `patience` is cut off.
class http_server {
public:
  /// Listens; `handler` is called from now on.
  /// @returns ec::io where the port is taken, ec::bad_config for the files
  static caf::expected<std::unique_ptr<http_server>>
  start(const http_server_config& cfg, http_handler handler);

  /// Ends all connections, streams within a second or two, and waits for them.
  ~http_server();

  http_server(const http_server&) = delete;

  http_server& operator=(const http_server&) = delete;

  uint16_t port() const;

  http_server_counts counts() const;

private:
  struct engine;

  explicit http_server(std::unique_ptr<engine> x);

  std::unique_ptr<engine> engine_;
};

} // namespace vpaas
