#pragma once

#include "runtime/media/draw.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace vpaas {

/// A frame and what is to be drawn on it. Stays in its process.
struct scene {
  frame picture;
  std::vector<annotation> marks;

  static constexpr auto type_name = "scene";
};

/// A picture for people: a file in memory.
struct picture {
  uint64_t number = 0;    ///< of the frame in its stream
  std::string media_type; ///< "image/jpeg"
  blob bytes;

  static constexpr auto type_name = "picture";

  static constexpr auto fields() {
    using self = picture;
    return std::make_tuple(field("number", &self::number),
                           field("media_type", &self::media_type),
                           field("bytes", &self::bytes));
  }
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::scene)
