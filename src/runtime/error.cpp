#include "runtime/error.hpp"

#include <caf/atom.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace vpaas {

std::string describe(const caf::error& x) {
  if (!x)
    return "none";
  std::string name;
  if (x.category() == caf::atom("vpaas"))
    name = to_string(static_cast<ec>(x.code()));
  else if (x.category() == caf::atom("system"))
    name = to_string(static_cast<caf::sec>(x.code()));
  else if (x.category() == caf::atom("exit"))
    name = to_string(static_cast<caf::exit_reason>(x.code()));
  else
    name = to_string(x.category()) + " " + std::to_string(x.code());
  const auto& text = x.context();
  if (text.empty())
    return name;
  if (text.match_element<std::string>(0))
    return name + ": " + text.get_as<std::string>(0);
  return name + ": " + caf::deep_to_string(text);
}

std::string cause_of(const caf::error& x) {
  const auto& text = x.context();
  return !text.empty() && text.match_element<std::string>(0)
           ? text.get_as<std::string>(0)
           : describe(x);
}

} // namespace vpaas
