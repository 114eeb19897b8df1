#pragma once

// Somebody at the page of a backend.

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace vpaas::bench {

class page_client {
public:
  page_client(std::string host, int port)
    : host_(std::move(host)), port_(port), client_(connect()) {
    // nop
  }

  /// The first login of all. @param once the password that a backend prints
  void log_in(const std::string& once) {
    const auto* password = "correct horse battery staple";
    keep(ask("POST", "/api/v1/login", {{"name", "admin"}, {"password", once}}));
    keep(ask("POST", "/api/v1/password", {{"old", once}, {"new", password}}));
  }

  /// @throws std::runtime_error for all but success
  nlohmann::json ask(const std::string& method, const std::string& path,
                     const nlohmann::json& body = {}) {
    httplib::Request x;
    x.method = method;
    x.path = path;
    x.headers = headers;
    x.body = body.is_null() ? "" : body.dump();
    if (method != "GET")
      x.headers.emplace("Content-Length", std::to_string(x.body.size()));
    if (!x.body.empty())
      x.headers.emplace("Content-Type", "application/json");
    auto found = client_->send(x);
    if (!found) // the server had let go of the connection, as browsers know
      found = client_->send(x);
    if (!found || found->status >= 400)
      throw std::runtime_error(method + " " + path + ": "
                               + (found ? found->body : "no answer"));
    cookie_ = found->get_header_value("Set-Cookie");
    return nlohmann::json::parse(found->body, nullptr, false);
  }

  /// Another connection.
  std::unique_ptr<httplib::SSLClient> connect() const {
    auto result = std::make_unique<httplib::SSLClient>(host_, port_);
    result->enable_server_certificate_verification(false);
    result->set_read_timeout(60);
    result->set_keep_alive(true);
    return result;
  }

  httplib::Headers headers; ///< of the session

private:
  void keep(const nlohmann::json& said) {
    headers = {{"Cookie", cookie_.substr(0, cookie_.find(';'))},
               {"X-CSRF-Token", said.at("csrf")}};
  }

  std::string host_;
  int port_;
  std::unique_ptr<httplib::SSLClient> client_;
  std::string cookie_;
};

} // namespace vpaas::bench
