#pragma once

// What the stores of the control plane share: rows of structs in the tables of
// one database, for sources of this folder.

#include "runtime/error.hpp"
#include "runtime/store/cells.hpp"
#include "runtime/store/data_schema.hpp"
#include "runtime/store/database.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

template <class T>
data_table table_of(const char* name, const char* key, bool counted = false) {
  return {name, columns_of<T>(), key, counted};
}

inline cell text_cell(const char* column, const std::string& x) {
  return {column, true, 0, escape_text(x)};
}

inline cell number_cell(const char* column, long long x) {
  return {column, false, x, {}};
}

/// A session with tables that are up to date. Where the database failed the
/// next use opens it anew: a server may have been started again. Blocks.
class table_session {
public:
  /// Throws what `explain` understands.
  table_session(database_config cfg, std::vector<data_table> tables);

  /// Runs what answers something.
  template <class F>
  auto attempt(const char* verb, F f) -> caf::expected<decltype(f())> {
    try {
      reopen();
      return f();
    } catch (...) {
      return failed(verb);
    }
  }

  /// Runs what changes something, whole or not at all.
  template <class F>
  caf::error change(const char* verb, F f) {
    try {
      reopen();
      soci::transaction all{sql_};
      f();
      all.commit();
      return caf::none;
    } catch (...) {
      return failed(verb);
    }
  }

  /// Runs a statement. @returns how many rows it changed
  uint64_t run(const std::string& text, cells keys = {});

  /// In place of a row with the same key; a key that is counted is given.
  template <class T>
  void put(const char* name, const T& x) {
    auto row = columns_of<T>();
    write_cells(x, row);
    put_row(table(name), std::move(row));
  }

  template <class T>
  std::vector<T> get(const char* name, const std::string& rest,
                     cells keys = {}) {
    auto row = columns_of<T>();
    soci::statement st{sql_};
    for (auto& x : row)
      into(st, x);
    for (auto& x : keys)
      use(st, x);
    st.alloc();
    st.prepare("select " + names(row) + " from " + name + " " + rest);
    st.define_and_bind();
    std::vector<T> result;
    for (st.execute(); st.fetch();) {
      auto value = read_cells<T>(row);
      if (!value)
        throw std::runtime_error("a row of " + std::string{name}
                                 + " is damaged, " + cause_of(value.error()));
      result.push_back(std::move(*value));
    }
    return result;
  }

  template <class T>
  std::optional<T> get_one(const char* name, const char* column,
                           const std::string& key) {
    auto found = get<T>(name, std::string{"where "} + column + " = :key",
                        {text_cell("key", key)});
    if (found.empty())
      return std::nullopt;
    return std::move(found.front());
  }

private:
  static std::string names(const cells& xs, const std::string& before = "");

  static void use(soci::statement& st, cell& x);

  static void into(soci::statement& st, cell& x);

  const data_table& table(const std::string& name) const;

  void put_row(const data_table& to, cells row);

  void open();

  void reopen();

  /// What the exception that is being handled means.
  caf::error failed(const char* verb);

  database_config cfg_;
  std::vector<data_table> tables_;
  soci::session sql_;
  bool broken_ = false;
};

} // namespace vpaas
