#pragma once

#include "runtime/fields.hpp"
#include "runtime/json.hpp"

#include <caf/message.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// One value of any message type. Copies share it.
class payload {
public:
  payload() = default;

  template <class T>
  explicit payload(T value) : message_(caf::make_message(std::move(value))) {
    // nop
  }

  /// Returns the value, null where it is of another type. The pointer lives as
  /// long as a copy of this payload.
  template <class T>
  const T* get() const {
    return message_.match_elements<T>() ? &message_.get_as<T>(0) : nullptr;
  }

  bool empty() const {
    return message_.empty();
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, payload& x) {
    return f(caf::meta::type_name("payload"), x.message_);
  }

  /// Writes the value without its type. @pre not empty
  caf::error save_value(caf::serializer& sink) const {
    return message_.save(0, sink);
  }

  /// Reads another value of the type that it holds. @pre not empty
  caf::error load_value(caf::deserializer& source) {
    return message_.load(0, source);
  }

  /// `{"type": "box", "value": {...}}`; null where it is empty, or where the
  /// value is of a type that stays in its process.
  friend void to_json(json& out, const payload& x);

  friend caf::error read_json(const json& in, payload& x,
                              const std::string& where);

private:
  caf::message message_;
};

/// What functions take and give. Inside a process the value is handed over by
/// reference; across nodes it travels if its type is one that may.
struct item {
  std::string kind;   ///< the name that a function_spec uses: "chunk"
  std::string stream; ///< with `seq` the key of the item
  uint64_t seq = 0;
  payload value;

  static constexpr auto type_name = "item";

  static constexpr auto fields() {
    return std::make_tuple(
      field("kind", &item::kind), field("stream", &item::stream),
      field("seq", &item::seq), field("value", &item::value));
  }

  /// The type's name does not travel where it is the item's kind.
  friend caf::error inspect(caf::serializer& sink, item& x);

  friend caf::error inspect(caf::deserializer& source, item& x);
};

/// Makes an item of a message type of ours; its kind is the type's name.
template <class T>
item make_item(std::string stream, uint64_t seq, T value) {
  return {T::type_name, std::move(stream), seq, payload{std::move(value)}};
}

} // namespace vpaas
