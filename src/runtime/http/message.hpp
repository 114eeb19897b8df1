#pragma once

// A request of a browser or a program, and what it is answered.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

struct http_request {
  std::string method; ///< in capitals
  std::string path;   ///< decoded, without the query
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> headers; ///< names in small letters
  std::string body;
  std::string from; ///< address of who asks

  /// Empty where it is not there.
  std::string header(const std::string& name) const {
    auto i = headers.find(name);
    return i == headers.end() ? std::string{} : i->second;
  }

  std::string get(const std::string& name) const {
    auto i = query.find(name);
    return i == query.end() ? std::string{} : i->second;
  }
};

/// The value of a cookie, empty where there is none.
std::string cookie_of(const http_request& x, const std::string& name);

/// Takes bytes of an answer; false where nobody reads them any more.
using http_sink = std::function<bool(const char* data, size_t size)>;

struct http_answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// Instead of a body, for what goes on: called again and again, each time for
  /// a second or so, until it returns false or nobody reads any more.
  std::function<bool(const http_sink&)> stream;
};

/// Called by many threads at a time.
using http_handler = std::function<http_answer(const http_request&)>;

} // namespace vpaas
