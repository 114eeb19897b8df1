#pragma once

// What a node and a worker, the process of a user's function, tell each other
// over their socket: JSON behind four bytes of length, one message each way a
// frame. Pixels lie in memory that both see. The worker runs code of users:
// what it says is bounded and checked.

#include "runtime/fields.hpp"
#include "runtime/vision/box.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// Where a worker finds what it was started with.
inline constexpr int worker_socket = 3, worker_area = 4; // descriptors

inline constexpr uint32_t max_worker_message = 4 << 20; // bytes
inline constexpr size_t max_worker_objects = 1000;      // of a frame
inline constexpr size_t max_worker_text = 200;          // bytes

/// The first message, to the worker.
struct worker_start {
  std::string library; ///< path
  std::string options; ///< for the function
  uint64_t memory = 0; ///< bytes that the function may have

  static constexpr auto type_name = "worker_start";

  static constexpr auto fields() {
    using self = worker_start;
    return std::make_tuple(field("library", &self::library),
                           field("options", &self::options),
                           field("memory", &self::memory));
  }
};

/// Its answer.
struct worker_hello {
  std::string problem; ///< why it cannot work; empty: it can
  uint32_t version = 0;
  std::string name, help, input, output;

  static constexpr auto type_name = "worker_hello";

  static constexpr auto fields() {
    using self = worker_hello;
    return std::make_tuple(
      field("problem", &self::problem), field("version", &self::version),
      field("name", &self::name), field("help", &self::help),
      field("input", &self::input), field("output", &self::output));
  }
};

/// Apply yourself to a frame.
struct worker_request {
  uint64_t id = 0;
  uint64_t area = 0;   ///< bytes that both see, from now on
  uint64_t offset = 0; ///< of the first plane; the others follow
  int32_t width = 0, height = 0;
  uint64_t number = 0;
  int64_t pts_us = 0;

  static constexpr auto type_name = "worker_request";

  static constexpr auto fields() {
    using self = worker_request;
    return std::make_tuple(
      field("id", &self::id), field("area", &self::area),
      field("offset", &self::offset), field("width", &self::width),
      field("height", &self::height), field("number", &self::number),
      field("pts_us", &self::pts_us));
  }
};

/// An object that a function found.
struct worker_object {
  box where;
  float score = 0;
  std::string label;

  static constexpr auto type_name = "worker_object";

  static constexpr auto fields() {
    using self = worker_object;
    return std::make_tuple(field("where", &self::where),
                           field("score", &self::score),
                           field("label", &self::label));
  }
};

/// How it went.
enum class worker_verdict : uint8_t {
  answered,
  failed,        ///< the function threw
  out_of_memory, ///< the worker is to be started again
};

constexpr auto names_of(worker_verdict) {
  return std::array{"answered", "failed", "out_of_memory"};
}

struct worker_answer {
  uint64_t id = 0;
  worker_verdict verdict = worker_verdict::answered;
  std::string cause;
  std::string kind; ///< of item
  std::vector<worker_object> objects;
  uint64_t resident = 0; ///< bytes of the process

  static constexpr auto type_name = "worker_answer";

  static constexpr auto fields() {
    using self = worker_answer;
    return std::make_tuple(
      field("id", &self::id), field("verdict", &self::verdict),
      field("cause", &self::cause), field("kind", &self::kind),
      field("objects", &self::objects), field("resident", &self::resident));
  }
};

} // namespace vpaas
