#pragma once

#include "runtime/json.hpp"
#include "runtime/truth/truth_reader.hpp"

#include <string>

namespace vpaas {

/// A value of a JSON text, and where it stands there.
class json_place {
public:
  json_place(const json& x, std::string where)
    : x_(&x), where_(std::move(where)) {
    // nop
  }

  const std::string& where() const {
    return where_;
  }

  const json& value() const {
    return *x_;
  }

  bool has(const char* key) const {
    return x_->is_object() && x_->contains(key) && !x_->at(key).is_null();
  }

  /// @throws malformed, as all below
  json_place at(const char* key) const {
    if (!has(key))
      throw malformed(where_, std::string{"there is no \""} + key
                                + "\"; export it again");
    return {x_->at(key), where_ + "." + key};
  }

  /// The elements of an array.
  std::vector<json_place> elements() const {
    if (!x_->is_array())
      throw malformed(where_, "expected an array; export it again");
    std::vector<json_place> result;
    for (auto& y : *x_)
      result.emplace_back(y,
                          where_ + "[" + std::to_string(result.size()) + "]");
    return result;
  }

  double number() const {
    if (!x_->is_number())
      throw malformed(where_, "expected a number; write one");
    return x_->get<double>();
  }

  uint64_t whole() const {
    if (!x_->is_number_unsigned())
      throw malformed(where_, "expected a whole number from 0; write one");
    return x_->get<uint64_t>();
  }

  const std::string& text() const {
    if (!x_->is_string())
      throw malformed(where_, "expected text; write some");
    return x_->get_ref<const std::string&>();
  }

  /// true, false, 1 or 0.
  bool flag() const {
    if (x_->is_boolean())
      return x_->get<bool>();
    if (x_->is_number_unsigned() && x_->get<uint64_t>() <= 1)
      return x_->get<uint64_t>() == 1;
    throw malformed(where_, "expected true, false, 0 or 1; write one");
  }

private:
  const json* x_;
  std::string where_;
};

/// The file's text as JSON. @throws malformed
json json_of(const truth_files::value_type& file);

} // namespace vpaas
