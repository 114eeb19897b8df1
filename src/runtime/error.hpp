#pragma once

#include "runtime/fields.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp> // the enum macro needs it

#include <cstdint>
#include <string>

namespace vpaas {

/// What can go wrong in this system, one name per remedy. The cause stands in
/// the text of the error: "failed to <verb> <object>: <cause>; <what to do>".
enum class ec : uint8_t {
  none = 0,
  bad_config,    ///< fix the configuration, topology or command line
  bad_input,     ///< fix or drop the item that was sent
  not_found,     ///< name something that exists
  model_missing, ///< dispatch or pull the model first
  codec,         ///< the video is damaged, or its codec is not supported
  inference,     ///< the network rejected its input
  cloud_down,    ///< fall back to the fog, or try again when the link is up
  overload,      ///< send less, or wait for credit
  deadline,      ///< too late: the answer is of no use any more
  cancelled,     ///< nothing: the sender withdrew it
  io,            ///< look at the disk, file or network
};

constexpr auto names_of(ec) {
  return std::array{"none",          "bad_config", "bad_input", "not_found",
                    "model_missing", "codec",      "inference", "cloud_down",
                    "overload",      "deadline",   "cancelled", "io"};
}

/// Renders `x` for people: the name of the code and the text, one line.
std::string describe(const caf::error& x);

/// The text of `x` alone, for use inside another text.
std::string cause_of(const caf::error& x);

} // namespace vpaas

// The category becomes a caf::atom in 0.17: at most ten characters.
CAF_ERROR_CODE_ENUM(vpaas::ec, "vpaas")
