#pragma once

// JSON of every struct with `fields()`, in both directions. Reading is strict:
// an unknown key, a wrong type or a number out of range is an error that names
// the place; an absent key keeps the member's default.
//
// A time is text, as "2026-03-01T14:30:00.000000000Z", a duration a number of
// seconds, a whole number beyond 2^53 its digits as text: programs that know 53
// bits of a number lose nothing. Read are also nanoseconds since 1970, and a
// duration as configurations have it.

#include "runtime/blob.hpp"
#include "runtime/duration.hpp"
#include "runtime/error.hpp"
#include "runtime/fields.hpp"
#include "runtime/moment.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>
#include <nlohmann/json.hpp>

#include <charconv>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

using json = nlohmann::json;

std::string encode_base64(const blob& x);

/// Returns false where `text` is not base64.
bool decode_base64(const std::string& text, blob& x);

/// Parses `text`; an error says where. Nesting deeper than 64 is refused.
caf::expected<json> parse_json(const std::string& text);

namespace detail {

template <class T>
struct is_vector : std::false_type {};

template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
struct is_string_map : std::false_type {};

template <class T>
struct is_string_map<std::map<std::string, T>> : std::true_type {};

template <class T>
json write_integer(T x) {
  constexpr auto most = int64_t{1} << 53;
  auto beyond = std::is_signed_v<T> && x < 0
                  ? static_cast<int64_t>(x) < -most
                  : static_cast<uint64_t>(x) > static_cast<uint64_t>(most);
  return beyond ? json(std::to_string(x)) : json(x);
}

} // namespace detail

template <class T>
json to_json_value(const T& x) {
  if constexpr (has_fields<T>::value) {
    auto result = json::object();
    for_each_field(x, [&](const char* name, const auto& member) {
      result[name] = to_json_value(member);
    });
    return result;
  } else if constexpr (has_names<T>::value) {
    return to_string(x);
  } else if constexpr (std::is_same_v<T, blob>) {
    return encode_base64(x);
  } else if constexpr (std::is_same_v<T, caf::timespan>) {
    return static_cast<double>(x.count()) / 1e9;
  } else if constexpr (std::is_same_v<T, caf::timestamp>) {
    return format_moment(x);
  } else if constexpr (detail::is_vector<T>::value) {
    auto result = json::array();
    for (const auto& element : x)
      result.push_back(to_json_value(element));
    return result;
  } else if constexpr (detail::is_string_map<T>::value) {
    auto result = json::object();
    for (const auto& [key, value] : x)
      result[key] = to_json_value(value);
    return result;
  } else if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
    return detail::write_integer(x);
  } else {
    return x; // bool, number, string, or a type with its own to_json
  }
}

template <class T>
caf::error from_json_value(const json& in, T& x, const std::string& where);

namespace detail {

inline caf::error wrong(const std::string& where, const std::string& what) {
  return caf::make_error(ec::bad_input,
                         (where.empty() ? "the value" : where) + ": " + what);
}

/// Reads what `write_integer` writes as text, and no other text.
template <class T>
bool read_digits(const json& in, T& x) {
  if (sizeof(T) < 8 || !in.is_string())
    return false;
  auto& text = in.get_ref<const std::string&>();
  std::from_chars(text.data(), text.data() + text.size(), x);
  return in == write_integer(x);
}

template <class T>
caf::error read_integer(const json& in, T& x, const std::string& where) {
  if (read_digits(in, x))
    return caf::none;
  if (!in.is_number_integer())
    return wrong(where, "expected an integer");
  using limits = std::numeric_limits<T>;
  auto negative = !in.is_number_unsigned() && in.get<int64_t>() < 0;
  auto fits
    = negative
        ? std::is_signed_v<
            T> && in.get<int64_t>() >= static_cast<int64_t>(limits::min())
        : in.get<uint64_t>() <= static_cast<uint64_t>(limits::max());
  if (!fits)
    return wrong(where, "the number is out of range");
  x = in.get<T>();
  return caf::none;
}

/// Seconds, or text such as "250ms".
caf::error read_duration(const json& in, caf::timespan& x,
                         const std::string& where);

/// Text, or nanoseconds since 1970.
caf::error read_moment(const json& in, caf::timestamp& x,
                       const std::string& where);

template <class T>
caf::error read_struct(const json& in, T& x, const std::string& where) {
  if (!in.is_object())
    return wrong(where, "expected an object");
  caf::error result;
  size_t known = 0;
  for_each_field(x, [&](const char* name, auto& member) {
    auto i = in.find(name);
    if (i == in.end() || result)
      return;
    ++known;
    result = from_json_value(*i, member,
                             where.empty() ? name : where + "." + name);
  });
  if (!result && known != in.size())
    for (const auto& [key, value] : in.items()) {
      auto found = false;
      for_each_field(x, [&, k = &key](const char* name, auto&) {
        found = found || *k == name;
      });
      if (!found)
        return wrong(where, "unknown key \"" + key + "\"");
    }
  return result;
}

} // namespace detail

template <class T>
caf::error from_json_value(const json& in, T& x, const std::string& where) {
  using namespace detail;
  if constexpr (has_fields<T>::value) {
    return read_struct(in, x, where);
  } else if constexpr (has_names<T>::value) {
    if (!in.is_string() || !from_string(in.get_ref<const std::string&>(), x))
      return wrong(where, "expected one of the names of this enumeration");
  } else if constexpr (std::is_same_v<T, blob>) {
    if (!in.is_string() || !decode_base64(in.get_ref<const std::string&>(), x))
      return wrong(where, "expected base64 text");
  } else if constexpr (std::is_same_v<T, caf::timespan>) {
    return read_duration(in, x, where);
  } else if constexpr (std::is_same_v<T, caf::timestamp>) {
    return read_moment(in, x, where);
  } else if constexpr (is_vector<T>::value) {
    if (!in.is_array())
      return wrong(where, "expected an array");
    x.clear();
    for (const auto& element : in) {
      typename T::value_type value{};
      auto place = where + "[" + std::to_string(x.size()) + "]";
      if (auto err = from_json_value(element, value, place))
        return err;
      x.push_back(std::move(value));
    }
  } else if constexpr (is_string_map<T>::value) {
    if (!in.is_object())
      return wrong(where, "expected an object");
    x.clear();
    for (const auto& [key, value] : in.items())
      if (auto err = from_json_value(value, x[key], where + "." + key))
        return err;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!in.is_boolean())
      return wrong(where, "expected true or false");
    x = in.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    return read_integer(in, x, where);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!in.is_number())
      return wrong(where, "expected a number");
    x = in.get<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!in.is_string())
      return wrong(where, "expected a string");
    x = in.get<std::string>();
  } else {
    return read_json(in, x, where); // a type with its own, found by ADL
  }
  return caf::none;
}

/// Reads a whole value of type `T`.
template <class T>
caf::expected<T> from_json(const json& in) {
  T result{};
  if (auto err = from_json_value(in, result, ""))
    return err;
  return result;
}

} // namespace vpaas
