#pragma once

// The row of a database that a struct with `fields()` is: one column a member,
// of two types that every database has. Numbers, durations and times are
// `bigint` (nanoseconds, those since 1970 for a time); text and names are text;
// all else is compact JSON in a text column.

#include "runtime/json.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// One value of a row.
struct cell {
  const char* column = "";
  bool is_text = false;
  long long number = 0;
  std::string text;
};

using cells = std::vector<cell>;

/// Writes any bytes as text that every database keeps: control characters, `%`
/// and what is not UTF-8 as `%0A`.
std::string escape_text(const std::string& x);

/// The reverse; what is no escape stays as it is.
std::string unescape_text(const std::string& x);

namespace detail {

template <class T>
constexpr bool is_number_cell
  = std::is_integral_v<
      T> || std::is_same_v<T, caf::timespan> || std::is_same_v<T, caf::timestamp>;

/// Takes out what a struct does not know: a newer version wrote it, or it is
/// gone since.
template <class T>
void keep_known(json& in) {
  if constexpr (is_vector<T>::value) {
    if (in.is_array())
      for (auto& element : in)
        keep_known<typename T::value_type>(element);
  } else if constexpr (has_fields<T>::value) {
    if (!in.is_object())
      return;
    auto known = json::object();
    for_each_field(T{}, [&](const char* name, const auto& member) {
      auto i = in.find(name);
      if (i == in.end())
        return;
      keep_known<std::decay_t<decltype(member)>>(*i);
      known[name] = std::move(*i);
    });
    in = std::move(known);
  }
}

template <class T>
void write_cell(const T& x, cell& out) {
  if constexpr (std::is_same_v<T, caf::timespan>)
    out.number = x.count();
  else if constexpr (std::is_same_v<T, caf::timestamp>)
    out.number = x.time_since_epoch().count();
  else if constexpr (std::is_integral_v<T>)
    out.number = static_cast<long long>(x);
  else if constexpr (std::is_same_v<T, std::string>)
    out.text = escape_text(x);
  else if constexpr (has_names<T>::value)
    out.text = to_string(x);
  else
    out.text = to_json_value(x).dump(-1, ' ', false,
                                     json::error_handler_t::replace);
}

template <class T>
caf::error read_cell(const cell& in, T& x) {
  if constexpr (std::is_same_v<T, caf::timespan>) {
    x = caf::timespan{in.number};
  } else if constexpr (std::is_same_v<T, caf::timestamp>) {
    x = caf::timestamp{caf::timespan{in.number}};
  } else if constexpr (std::is_same_v<T, bool>) {
    x = in.number != 0;
  } else if constexpr (std::is_integral_v<T>) {
    return read_integer(in.number < 0 ? json(in.number)
                                      : json(static_cast<uint64_t>(in.number)),
                        x, in.column);
  } else if constexpr (std::is_same_v<T, std::string>) {
    x = unescape_text(in.text);
  } else if constexpr (has_names<T>::value) {
    return from_json_value(json(in.text), x, in.column);
  } else {
    auto value = parse_json(in.text);
    if (!value)
      return value.error();
    keep_known<T>(*value);
    return from_json_value(*value, x, in.column);
  }
  return caf::none;
}

} // namespace detail

/// The columns of `T`, with the values that `T{}` has.
template <class T>
cells columns_of() {
  cells result;
  for_each_field(T{}, [&](const char* name, const auto& member) {
    using type = std::decay_t<decltype(member)>;
    result.push_back({name, !detail::is_number_cell<type>, 0, {}});
    detail::write_cell(member, result.back());
  });
  return result;
}

/// @pre `out` came from `columns_of<T>`; an unsigned member is no greater than
/// the greatest `bigint`
template <class T>
void write_cells(const T& x, cells& out) {
  size_t i = 0;
  for_each_field(x, [&](const char*, const auto& member) {
    detail::write_cell(member, out[i++]);
  });
}

/// @returns ec::bad_input with the column that does not hold a value of `T`
template <class T>
caf::expected<T> read_cells(const cells& in) {
  T result{};
  caf::error problem;
  size_t i = 0;
  for_each_field(result, [&](const char*, auto& member) {
    auto& from = in[i++];
    if (!problem)
      problem = detail::read_cell(from, member);
  });
  if (problem)
    return problem;
  return result;
}

} // namespace vpaas
