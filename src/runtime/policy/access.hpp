#pragma once

#include "runtime/fields.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What a person or a program may do; each may do what the one before may.
enum class role : uint8_t {
  viewer,    ///< looks
  annotator, ///< says what a picture shows
  operate,   ///< adds, changes and removes streams
  admin,     ///< lets others in
};

constexpr auto names_of(role) {
  return std::array{"viewer", "annotator", "operator", "admin"};
}

/// Somebody who was let in, and how far.
struct visitor {
  std::string name;
  role may = role::viewer;
  std::vector<std::string> cameras; ///< "door", "yard*"; empty: all
  std::string csrf;         ///< to be said with each change; empty: none
  bool must_change = false; ///< the password, before anything else

  static constexpr auto type_name = "visitor";

  static constexpr auto fields() {
    using self = visitor;
    return std::make_tuple(
      field("name", &self::name), field("role", &self::may),
      field("cameras", &self::cameras), field("csrf", &self::csrf),
      field("must_change", &self::must_change));
  }
};

/// Whether `x` may know of this camera.
bool sees(const visitor& x, const std::string& camera);

/// Whether `x` may know of all cameras.
inline bool sees_all(const visitor& x) {
  return x.cameras.empty();
}

/// Whether `x` may know of an actor: those of a camera stand below
/// "streams/CAMERA" and "cameras/CAMERA".
bool sees_actor(const visitor& x, const std::string& path);

} // namespace vpaas
