#include "messages/registry.hpp"

#include "messages/protocol.hpp"

#include <algorithm>
#include <array>

namespace vpaas {

namespace {

/// A type's name, for CAF and for JSON, without the namespace.
constexpr const char* short_name(const char* name) {
  auto result = name;
  for (; *name; ++name)
    if (*name == ':')
      result = name + 1;
  return result;
}

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

template <class T>
bool holds(const payload& x) {
  return x.get<T>() != nullptr;
}

template <class T>
payload make() {
  return payload{T{}};
}

/// What the formats of a payload need to know of one message type.
struct codec {
  const char* name;
  bool (*holds)(const payload&);
  payload (*make)();
  bool (*write)(const payload&, const char*, json&);
  caf::error (*read)(const json&, payload&, const std::string&);
};

#define VPAAS_CODEC(T)                                                         \
  codec{short_name(#T), holds<T>, make<T>, write_as<T>, read_as<T>},

constexpr std::array codecs{VPAAS_MESSAGE_TYPES(VPAAS_CODEC)};

const codec* find_codec(const std::string& name) {
  auto i = std::find_if(codecs.begin(), codecs.end(),
                        [&](const codec& c) { return name == c.name; });
  return i == codecs.end() ? nullptr : i;
}

} // namespace

caf::error inspect(caf::serializer& sink, item& x) {
  auto type = find_codec(x.kind);
  auto of_kind = type && type->holds(x.value);
  varint<uint64_t> seq{x.seq};
  if (auto err = sink(x.kind, x.stream, seq, of_kind))
    return err;
  return of_kind ? x.value.save_value(sink) : sink(x.value);
}

caf::error inspect(caf::deserializer& source, item& x) {
  auto of_kind = false;
  varint<uint64_t> seq{x.seq};
  if (auto err = source(x.kind, x.stream, seq, of_kind))
    return err;
  if (!of_kind)
    return source(x.value);
  auto type = find_codec(x.kind);
  if (!type)
    return caf::make_error(caf::sec::unknown_type, x.kind);
  x.value = type->make();
  return x.value.load_value(source);
}

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
  auto& name = in["type"];
  if (auto type = find_codec(name.is_string() ? name.get<std::string>() : ""))
    return type->read(in["value"], x, where + ".value");
  return detail::wrong(where, "unknown type " + name.dump());
}

void register_messages(caf::actor_system_config& cfg) {
  // The block form registers only the types; this form also their vectors.
#define VPAAS_REGISTER(T) cfg.add_message_type<T>(short_name(#T));
  VPAAS_MESSAGE_TYPES(VPAAS_REGISTER)
  cfg.add_error_category(caf::atom("vpaas"), [](uint8_t code, caf::atom_value,
                                                const caf::message& text) {
    return describe(caf::error{code, caf::atom("vpaas"), text});
  });
}

} // namespace vpaas
