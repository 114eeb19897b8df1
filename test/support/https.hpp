#pragma once

#include "runtime/node/page_certificate.hpp"

#include <boost/test/unit_test.hpp>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace vpaas::test {

/// A browser of one page, with its cookie.
class https_client {
public:
  explicit https_client(uint16_t port)
    : connection(std::make_unique<httplib::SSLClient>("127.0.0.1", port)) {
    client().enable_server_certificate_verification(false);
    client().set_connection_timeout(10);
    client().set_read_timeout(30);
  }

  struct answer {
    int status = 0; ///< 0: there was none
    std::string text;
    httplib::Headers headers;

    nlohmann::json json() const {
      return nlohmann::json::parse(text, nullptr, false);
    }
  };

  /// @param body a JSON value, or empty
  answer ask(const std::string& method, const std::string& path,
             const std::string& body = "") {
    httplib::Request x;
    x.method = method;
    x.path = path;
    x.headers = headers;
    x.body = body;
    if (!body.empty())
      x.headers.emplace("Content-Type", "application/json");
    if (method != "GET") // what is a change has a length
      x.headers.emplace("Content-Length", std::to_string(body.size()));
    auto found = client().send(x);
    if (!found)
      return {};
    return {found->status, found->body, found->headers};
  }

  httplib::SSLClient& client() const {
    return *connection;
  }

  std::unique_ptr<httplib::SSLClient> connection;
  httplib::Headers headers;
};

} // namespace vpaas::test
