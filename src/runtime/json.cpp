#include "runtime/json.hpp"

#include <array>
#include <cmath>

namespace vpaas {

namespace {

constexpr char alphabet[]
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr int max_depth = 64;

std::array<int8_t, 256> reverse_alphabet() {
  std::array<int8_t, 256> result{};
  result.fill(-1);
  for (int8_t i = 0; i < 64; ++i)
    result[static_cast<uint8_t>(alphabet[i])] = i;
  return result;
}

} // namespace

std::string encode_base64(const blob& x) {
  std::string result;
  result.reserve((x.size() + 2) / 3 * 4);
  for (size_t i = 0; i < x.size(); i += 3) {
    auto byte = [&](size_t k) -> uint32_t {
      return i + k < x.size() ? x.data()[i + k] : 0u;
    };
    auto bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (size_t k = 0; k < 4; ++k)
      result += i + k <= x.size() ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
  }
  return result;
}

bool decode_base64(const std::string& text, blob& x) {
  static const auto reverse = reverse_alphabet();
  if (text.size() % 4 != 0)
    return false;
  auto end = text.size();
  while (end > 0 && text.size() - end < 2 && text[end - 1] == '=')
    --end;
  blob::buffer bytes;
  bytes.reserve(end / 4 * 3 + 2);
  uint32_t bits = 0;
  for (size_t i = 0; i < end; ++i) {
    auto value = reverse[static_cast<uint8_t>(text[i])];
    if (value < 0)
      return false;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (i % 4 != 0)
      bytes.push_back(static_cast<uint8_t>(bits >> (6 - 2 * (i % 4))));
  }
  x = blob{std::move(bytes)};
  return true;
}

caf::expected<json> parse_json(const std::string& text) {
  auto too_deep = false;
  auto check = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > max_depth;
    return !too_deep;
  };
  try {
    auto result = json::parse(text, check);
    if (!too_deep)
      return result;
  } catch (const std::exception& x) {
    return caf::make_error(ec::bad_input,
                           std::string{"failed to parse JSON: "} + x.what());
  }
  return caf::make_error(ec::bad_input,
                         "failed to parse JSON: nested deeper than 64");
}

namespace detail {

caf::error read_duration(const json& in, caf::timespan& x,
                         const std::string& where) {
  constexpr double most = 9.2e9; // seconds; just below 2^63 nanoseconds
  if (in.is_number() && std::abs(in.get<double>()) <= most) {
    x = caf::timespan{std::llround(in.get<double>() * 1e9)};
    return caf::none;
  }
  if (!in.is_string())
    return wrong(where, "expected a number of seconds, or a duration such as "
                        "\"250ms\"");
  auto value = parse_duration(in.get_ref<const std::string&>());
  if (!value)
    return std::move(value.error());
  x = *value;
  return caf::none;
}

caf::error read_moment(const json& in, caf::timestamp& x,
                       const std::string& where) {
  if (in.is_string()) {
    auto value = parse_moment(in.get_ref<const std::string&>());
    if (!value)
      return wrong(where, "expected a time such as \"2026-03-01T14:30:00Z\"");
    x = *value;
    return caf::none;
  }
  int64_t ns = 0;
  if (auto err = read_integer(in, ns, where))
    return err;
  x = caf::timestamp{caf::timespan{ns}};
  return caf::none;
}

} // namespace detail

} // namespace vpaas
