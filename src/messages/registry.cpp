#include "messages/registry.hpp"

#include "messages/protocol.hpp"

#include <array>

namespace vpaas {

namespace {

/// Writes `x` if it holds a `T`.
template <class T>
bool write_as(const payload& x, const char* name, json& out) {
  auto value = x.get<T>();
  if (value)
    out = json{{"type", name}, {"value", to_json_value(*value)}};
  return value != nullptr;
}

template <class T>
caf::error read_as(const json& in, payload& x, const std::string& where) {
  T value{};
  if (auto err = from_json_value(in, value, where))
    return err;
  x = payload{std::move(value)};
  return caf::none;
}

/// What the JSON of a payload needs to know of one message type.
struct codec {
  const char* name;
  bool (*write)(const payload&, const char*, json&);
  caf::error (*read)(const json&, payload&, const std::string&);
};

#define VPAAS_CODEC(T) codec{#T, write_as<T>, read_as<T>},

constexpr std::array codecs{VPAAS_MESSAGE_TYPES(VPAAS_CODEC)};

} // namespace

void to_json(json& out, const payload& x) {
  out = nullptr;
  for (const auto& c : codecs)
    if (c.write(x, c.name, out))
      return;
}

caf::error read_json(const json& in, payload& x, const std::string& where) {
  if (in.is_null()) {
    x = payload{};
    return caf::none;
  }
  if (!in.is_object() || !in.contains("type") || !in.contains("value"))
    return detail::wrong(where, "expected {\"type\": ..., \"value\": ...}");
  for (const auto& c : codecs)
    if (in["type"] == c.name)
      return c.read(in["value"], x, where + ".value");
  return detail::wrong(where, "unknown type " + in["type"].dump());
}

void register_messages(caf::actor_system_config& cfg) {
  // The block form registers only the types; this form also their vectors.
#define VPAAS_REGISTER(T) cfg.add_message_type<T>(#T);
  VPAAS_MESSAGE_TYPES(VPAAS_REGISTER)
  cfg.add_error_category(caf::atom("vpaas"), [](uint8_t code, caf::atom_value,
                                                const caf::message& text) {
    return describe(caf::error{code, caf::atom("vpaas"), text});
  });
}

} // namespace vpaas
