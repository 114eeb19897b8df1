#include "runtime/media/trouble.hpp"

#include "runtime/error.hpp"

extern "C" {
#include <libavutil/error.h>
}

#include <cerrno>

namespace vpaas {

trouble trouble_of(const caf::error& x) {
  if (!x)
    return trouble::none; // it has no context to look into
  auto& text = x.context();
  return text.match_elements<std::string, uint8_t>()
           ? static_cast<trouble>(text.get_as<uint8_t>(1))
           : trouble::broken;
}

caf::error with_trouble(const caf::error& x, trouble why) {
  return {x.code(), x.category(),
          caf::make_message(cause_of(x), static_cast<uint8_t>(why))};
}

trouble trouble_of_code(int rc) {
  switch (rc) {
    case AVERROR_HTTP_UNAUTHORIZED:
    case AVERROR_HTTP_FORBIDDEN:
    case AVERROR(EACCES):
    case AVERROR(EPERM):
      return trouble::refused;
    case AVERROR_HTTP_NOT_FOUND:
    case AVERROR(ENOENT):
    case AVERROR(ENODEV):
    case AVERROR(ENXIO):
      return trouble::missing;
    case AVERROR(ECONNREFUSED):
    case AVERROR(EHOSTUNREACH):
    case AVERROR(ENETUNREACH):
    case AVERROR(ECONNRESET):
    case AVERROR(EADDRNOTAVAIL):
    case AVERROR(EIO): // a name that nobody knows
      return trouble::unreachable;
    default:
      return trouble::broken;
  }
}

const char* remedy_for(trouble x) {
  switch (x) {
    case trouble::refused:
      return "give the user and password that it wants";
    case trouble::missing:
      return "look whether the name is right";
    case trouble::unreachable:
      return "look whether it is switched on, and at the network between";
    default:
      return "check that the source is sending";
  }
}

} // namespace vpaas
