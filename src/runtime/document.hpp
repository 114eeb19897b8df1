#pragma once

#include "runtime/duration.hpp"
#include "runtime/json.hpp"

#include <caf/detail/type_traits.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

#include <string>
#include <utility>

namespace vpaas {

/// A JSON object that travels: the parameters of an actor, the details of a
/// status. Its wire format and its text are compact JSON.
class document {
public:
  document() : value_(json::object()) {
    // nop
  }

  /// @pre `value.is_object()`
  explicit document(json value) : value_(std::move(value)) {
    // nop
  }

  const json& value() const {
    return value_;
  }

  bool has(const std::string& key) const {
    return value_.contains(key);
  }

  void set(const std::string& key, json value) {
    value_[key] = std::move(value);
  }

  /// Returns what `key` holds. Durations are kept as text and read here.
  /// @pre the document passed `check`, and its specification names `key`.
  template <class T>
  T get(const std::string& key) const {
    if constexpr (std::is_same_v<T, caf::timespan>)
      return *parse_duration(value_.at(key).get_ref<const std::string&>());
    else
      return value_.at(key).get<T>();
  }

  friend bool operator==(const document& a, const document& b) {
    return a.value_ == b.value_;
  }

  friend bool operator!=(const document& a, const document& b) {
    return !(a == b);
  }

  template <class Inspector>
  friend caf::detail::enable_if_t<Inspector::reads_state,
                                  typename Inspector::result_type>
  inspect(Inspector& f, document& x) {
    auto text = x.text();
    return f(caf::meta::type_name("document"), text);
  }

  template <class Inspector>
  friend caf::detail::enable_if_t<Inspector::writes_state,
                                  typename Inspector::result_type>
  inspect(Inspector& f, document& x) {
    std::string text;
    auto parse = [&]() -> caf::error { return x.parse(text); };
    return f(text, caf::meta::load_callback(parse));
  }

  friend void to_json(json& out, const document& x) {
    out = x.value_;
  }

  friend caf::error read_json(const json& in, document& x,
                              const std::string& where) {
    if (!in.is_object())
      return detail::wrong(where, "expected an object");
    x.value_ = in;
    return caf::none;
  }

private:
  std::string text() const;

  caf::error parse(const std::string& text);

  json value_;
};

} // namespace vpaas
