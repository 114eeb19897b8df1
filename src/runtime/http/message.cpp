#include "runtime/http/message.hpp"

namespace vpaas {

std::string cookie_of(const http_request& x, const std::string& name) {
  auto all = x.header("cookie");
  for (size_t from = 0; from < all.size();) {
    auto to = std::min(all.find(';', from), all.size());
    while (from < to && all[from] == ' ')
      ++from;
    auto equals = all.find('=', from);
    if (equals < to && all.compare(from, equals - from, name) == 0)
      return all.substr(equals + 1, to - equals - 1);
    from = to + 1;
  }
  return {};
}

} // namespace vpaas
