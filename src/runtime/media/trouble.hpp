#pragma once

#include <caf/error.hpp>

#include <array>
#include <cstdint>

namespace vpaas {

/// What a source suffers from.
enum class trouble : uint8_t {
  none,
  refused,     ///< the camera wants another user or password
  missing,     ///< there is nothing of that name
  unreachable, ///< nobody answers
  stalled,     ///< it was open and sends nothing
  broken,      ///< anything else
};

constexpr auto names_of(trouble) {
  return std::array{"none",        "refused", "missing",
                    "unreachable", "stalled", "broken"};
}

/// What an error of `source` means for its camera; none where it is none.
trouble trouble_of(const caf::error& x);

/// The same error, which now says so.
caf::error with_trouble(const caf::error& x, trouble why);

/// What an error code of FFmpeg means.
trouble trouble_of_code(int code);

/// What a user can do about it.
const char* remedy_for(trouble x);

} // namespace vpaas
