#pragma once

#include "runtime/error.hpp"
#include "runtime/store/data_store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace vpaas {

/// The database behind the actors of the control plane: opened when it is asked
/// for, again by the next who asks where that failed. Counts what fails.
/// Blocks.
class open_store {
public:
  /// @param begin does once what a database needs that was opened
  explicit open_store(database_config cfg,
                      std::function<caf::error(data_store&)> begin = {});

  /// @returns the errors of `data_store::open`
  caf::expected<data_store*> get();

  /// What it failed with is counted.
  template <class T>
  caf::expected<T> noted(caf::expected<T> x) {
    if (!x)
      noted(x.error());
    return x;
  }

  caf::error noted(caf::error x);

  bool is_open() const {
    return db_.has_value();
  }

  uint64_t failures() const {
    return failures_;
  }

  const std::string& last_error() const {
    return last_error_;
  }

private:
  database_config cfg_;
  std::function<caf::error(data_store&)> begin_;
  std::optional<data_store> db_;
  uint64_t failures_ = 0;
  std::string last_error_;
};

} // namespace vpaas
