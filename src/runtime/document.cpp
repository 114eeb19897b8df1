#include "runtime/document.hpp"

namespace vpaas {

std::string document::text() const {
  // Names of streams and files come from outside and may not be UTF-8.
  return value_.dump(-1, ' ', false, json::error_handler_t::replace);
}

caf::error document::parse(const std::string& text) {
  auto result = parse_json(text);
  if (!result)
    return result.error();
  if (!result->is_object())
    return caf::make_error(ec::bad_input, "a document is a JSON object");
  value_ = std::move(*result);
  return caf::none;
}

} // namespace vpaas
