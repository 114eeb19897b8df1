// A function of your own for VPaaS, in C++, built as a shared library:
//
//   #include <vpaas/function.hpp>
//
//   struct brightness : vpaas::function {
//     void apply(const vpaas::input& in, vpaas::output& out) override {
//       ... in.frame().luma(row) ... out.add({x0, y0, x1, y1}, "bright", .9f);
//     }
//   };
//
//   VPAAS_FUNCTION(brightness, "brightness", "finds bright places")
//
//   c++ -std=c++17 -O2 -fPIC -shared brightness.cpp -o brightness.so
//
// It runs in a process of its own: it may throw (the frame has no answer of
// it), and if it crashes, hangs or uses too much memory it is started again. It
// is asked from one thread, frame by frame in order, and may keep what it likes
// between frames. This header includes nothing but the standard library; what
// crosses the library's border is the C interface below, so that compiler and
// standard library need not be those of VPaaS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <type_traits>

extern "C" {

/// Counted up when the interface below changes in any way.
#define VPAAS_FUNCTION_ABI 1

/// A picture in YUV 4:2:0, 8 bits a sample; valid and constant during a call.
struct vpaas_frame {
  const uint8_t* plane[3]; ///< Y, U, V
  int32_t stride[3];       ///< bytes from a row to the next
  int32_t width, height;   ///< of Y; U and V have half of both, rounded up
  uint64_t number;         ///< in the stream
  int64_t pts_us;          ///< microseconds in the stream's own time
};

/// A place of a frame, in shares of its width and height, and what is there.
struct vpaas_object {
  float x0, y0, x1, y1;
  float score;       ///< in [0, 1]
  const char* label; ///< text of at most 200 bytes
};

/// Where a function puts what it found; `sink` belongs to the caller.
struct vpaas_answer {
  void* sink;
  /// Returns 0 where there is no more room.
  int (*add)(void* sink, const vpaas_object* object);
  /// Says why there is no answer.
  void (*fail)(void* sink, const char* cause);
  /// Says what kind of item the answer is; as described unless called.
  void (*kind)(void* sink, const char* name);
};

/// What a library says of itself. Texts live as long as the library.
struct vpaas_description {
  uint32_t abi;       ///< VPAAS_FUNCTION_ABI of this header
  uint32_t version;   ///< of the function, counted up by its author
  const char* name;   ///< lower case, digits and underscores
  const char* help;   ///< one line
  const char* input;  ///< kind of item: "keyframes"
  const char* output; ///< kind of item: "detections"
  /// Makes one for a stream. @param options text, whatever the user wrote;
  /// null where it cannot be made: then `cause` (size bytes) says why
  void* (*make)(const char* options, char* cause, size_t size);
  /// Returns 0 where it worked, 1 where it failed, 2 where memory ran out.
  int (*apply)(void* self, const vpaas_frame* frame, vpaas_answer* answer);
  void (*release)(void* self);
};

/// The one symbol that a library has. @param abi of who asks
/// @returns null where it cannot speak that version
typedef const vpaas_description* (*vpaas_describe_function)(uint32_t abi);

} // extern "C"

#define VPAAS_DESCRIBE_NAME "vpaas_describe"

namespace vpaas {

/// What is asked about.
class input {
public:
  explicit input(const vpaas_frame& x) : frame_(x) {
    // nop
  }

  const vpaas_frame& frame() const {
    return frame_;
  }

  /// A row of brightness, `frame().width` samples.
  const uint8_t* luma(int row) const {
    return frame_.plane[0] + static_cast<ptrdiff_t>(row) * frame_.stride[0];
  }

private:
  const vpaas_frame& frame_;
};

/// Where the answer goes.
class output {
public:
  explicit output(vpaas_answer& x) : answer_(x) {
    // nop
  }

  struct place {
    float x0, y0, x1, y1;
  };

  /// Returns false where there is no more room.
  bool add(const place& where, const char* label, float score) {
    vpaas_object x{where.x0, where.y0, where.x1, where.y1, score, label};
    return answer_.add(answer_.sink, &x) != 0;
  }

  /// Answers an item of another kind than described.
  void kind(const char* name) {
    answer_.kind(answer_.sink, name);
  }

private:
  vpaas_answer& answer_;
};

/// A function for one stream. Its constructor may take the user's options as a
/// `const std::string&`, and may throw.
class function {
public:
  virtual ~function() = default;

  virtual void apply(const input& in, output& out) = 0;
};

namespace detail {

template <class F>
function* make_function(const std::string& options) {
  if constexpr (std::is_constructible_v<F, const std::string&>)
    return new F(options);
  else
    return new F();
}

/// Nothing that is thrown leaves the library.
template <class F>
struct entry {
  static void* make(const char* options, char* cause, size_t size) {
    const char* why = "it threw something that is no std::exception";
    try {
      return make_function<F>(options);
    } catch (const std::exception& x) {
      copy(x.what(), cause, size);
    } catch (...) {
      copy(why, cause, size);
    }
    return nullptr;
  }

  static int apply(void* self, const vpaas_frame* frame, vpaas_answer* answer) {
    try {
      output out(*answer);
      static_cast<function*>(self)->apply(input(*frame), out);
      return 0;
    } catch (const std::bad_alloc&) {
      answer->fail(answer->sink, "out of memory");
      return 2;
    } catch (const std::exception& x) {
      answer->fail(answer->sink, x.what());
    } catch (...) {
      answer->fail(answer->sink,
                   "it threw something that is no std::exception");
    }
    return 1;
  }

  static void release(void* self) {
    delete static_cast<function*>(self);
  }

  static void copy(const char* from, char* to, size_t size) {
    if (size == 0)
      return;
    auto length = std::strlen(from);
    if (length >= size)
      length = size - 1;
    std::memcpy(to, from, length);
    to[length] = 0;
  }
};

} // namespace detail

} // namespace vpaas

/// Defines the library's entry: a class, its name and a line of help.
#define VPAAS_FUNCTION(CLASS, NAME, HELP)                                      \
  extern "C" __attribute__((visibility("default"))) const vpaas_description*   \
  vpaas_describe(uint32_t abi) {                                               \
    static const vpaas_description description                                 \
      = {VPAAS_FUNCTION_ABI,                                                   \
         1,                                                                    \
         NAME,                                                                 \
         HELP,                                                                 \
         "keyframes",                                                          \
         "detections",                                                         \
         &vpaas::detail::entry<CLASS>::make,                                   \
         &vpaas::detail::entry<CLASS>::apply,                                  \
         &vpaas::detail::entry<CLASS>::release};                               \
    return abi == VPAAS_FUNCTION_ABI ? &description : nullptr;                 \
  }
