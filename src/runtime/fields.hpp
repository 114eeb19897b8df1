#pragma once

// One list of member names gives a struct its CAF wire format and text (here)
// and its JSON in both directions (runtime/json.hpp). A struct opts in with
//
//   static constexpr auto type_name = "box";
//   static constexpr auto fields() {
//     return std::make_tuple(field("x0", &box::x0), field("y0", &box::y0));
//   }

#include "runtime/varint.hpp"

#include <caf/meta/type_name.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace vpaas {

/// A member of `T` and the name under which people and programs know it.
template <class T, class M>
struct field_t {
  const char* name;
  M T::*pointer;
};

template <class T, class M>
constexpr field_t<T, M> field(const char* name, M T::*pointer) {
  return {name, pointer};
}

template <class T, class = void>
struct has_fields : std::false_type {};

template <class T>
struct has_fields<T, std::void_t<decltype(T::fields())>> : std::true_type {};

/// Calls `f(name, member)` for each member of `x`, in order.
template <class T, class F>
void for_each_field(T&& x, F&& f) {
  std::apply([&](auto... m) { (f(m.name, x.*(m.pointer)), ...); },
             std::decay_t<T>::fields());
}

/// Whether values that `Inspector` sees become bytes, or come from them.
template <class Inspector>
constexpr bool is_binary
  = std::is_base_of_v<
      caf::serializer,
      Inspector> || std::is_base_of_v<caf::deserializer, Inspector>;

/// Integers of more than a byte are varints there.
template <class Binary, class T>
caf::error inspect_member(Binary& f, T& x) {
  if constexpr (std::is_integral_v<T> && sizeof(T) > 1) {
    varint<T> y{x};
    return f(y);
  } else {
    return f(x);
  }
}

/// CAF's binary and text format of every struct with `fields()`.
template <class Inspector, class T,
          class = std::enable_if_t<has_fields<T>::value>>
typename Inspector::result_type inspect(Inspector& f, T& x) {
  return std::apply(
    [&](auto... m) {
      if constexpr (is_binary<Inspector>) {
        caf::error err;
        ((err = inspect_member(f, x.*(m.pointer)), !err) && ...);
        return err;
      } else {
        return f(caf::meta::type_name(T::type_name), (x.*(m.pointer))...);
      }
    },
    T::fields());
}

template <class T, class = std::enable_if_t<has_fields<T>::value>>
bool operator==(const T& a, const T& b) {
  return std::apply(
    [&](auto... m) { return ((a.*(m.pointer) == b.*(m.pointer)) && ...); },
    T::fields());
}

template <class T, class = std::enable_if_t<has_fields<T>::value>>
bool operator!=(const T& a, const T& b) {
  return !(a == b);
}

/// An enum opts into names by `constexpr auto names_of(E)`, found by ADL, that
/// returns an array of `const char*` in the order of its values from 0.
template <class E, class = void>
struct has_names : std::false_type {};

template <class E>
struct has_names<E, std::void_t<decltype(names_of(E{}))>> : std::true_type {};

/// Returns the name of `x`, or "?" for a value that has none.
template <class E, class = std::enable_if_t<has_names<E>::value>>
std::string to_string(E x) {
  constexpr auto names = names_of(E{});
  auto i = static_cast<size_t>(x);
  return i < names.size() ? names[i] : "?";
}

/// Sets `x` to the value called `text`; returns false where there is none.
template <class E, class = std::enable_if_t<has_names<E>::value>>
bool from_string(std::string_view text, E& x) {
  constexpr auto names = names_of(E{});
  for (size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) {
      x = static_cast<E>(i);
      return true;
    }
  }
  return false;
}

} // namespace vpaas
