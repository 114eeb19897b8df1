#include "runtime/store/data_store.hpp"

#include "runtime/error.hpp"
#include "runtime/store/cells.hpp"
#include "runtime/store/data_schema.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace vpaas {

namespace {

template <class T>
data_table table_of(const char* name, const char* key, bool counted = false) {
  return {name, columns_of<T>(), key, counted};
}

const std::vector<data_table>& tables() {
  static const std::vector<data_table> result{
    table_of<user>("users", "name"), table_of<pass>("passes", "digest"),
    table_of<audit_entry>("audit_log", "id", true)};
  return result;
}

const data_table& table(const std::string& name) {
  return *std::find_if(tables().begin(), tables().end(),
                       [&](auto& x) { return x.name == name; });
}

std::string names(const cells& xs, const std::string& before = "") {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + before + x.column;
  return result;
}

void use(soci::statement& st, cell& x) {
  if (x.is_text)
    st.exchange(soci::use(x.text));
  else
    st.exchange(soci::use(x.number));
}

void into(soci::statement& st, cell& x) {
  if (x.is_text)
    st.exchange(soci::into(x.text));
  else
    st.exchange(soci::into(x.number));
}

cell text_cell(const char* column, const std::string& x) {
  return {column, true, 0, escape_text(x)};
}

cell number_cell(const char* column, long long x) {
  return {column, false, x, {}};
}

long long ns(caf::timestamp x) {
  return x.time_since_epoch().count();
}

} // namespace

struct data_store::impl {
  explicit impl(const database_config& x) : cfg(x) {
    open_session(cfg, sql);
    auto place = parse_connection(cfg.connection);
    bring_up_to_date(sql, place && place->sqlite, tables());
  }

  template <class F>
  auto attempt(const char* verb, F f) -> caf::expected<decltype(f())> {
    try {
      return f();
    } catch (...) {
      return explain(verb, cfg.connection);
    }
  }

  /// For what has no answer.
  template <class F>
  caf::error change(const char* verb, F f) {
    try {
      soci::transaction all{sql};
      f();
      all.commit();
      return caf::none;
    } catch (...) {
      return explain(verb, cfg.connection);
    }
  }

  /// Runs a statement. @returns how many rows it changed
  uint64_t run(const std::string& text, cells keys = {}) {
    soci::statement st{sql};
    for (auto& x : keys)
      use(st, x);
    st.alloc();
    st.prepare(text);
    st.define_and_bind();
    st.execute(true);
    return uint64_t(std::max(st.get_affected_rows(), 0ll));
  }

  /// In place of a row with the same key; a key that is counted is given.
  template <class T>
  void put(const char* name, const T& x) {
    auto& to = table(name);
    auto row = columns_of<T>();
    write_cells(x, row);
    auto key = std::find_if(row.begin(), row.end(),
                            [&](auto& y) { return y.column == to.key; });
    if (to.counted)
      row.erase(key);
    else
      run("delete from " + to.name + " where " + to.key + " = :key", {*key});
    run("insert into " + to.name + " (" + names(row) + ") values ("
          + names(row, ":") + ")",
        row);
  }

  template <class T>
  std::vector<T> get(const char* name, const std::string& rest,
                     cells keys = {}) {
    auto row = columns_of<T>();
    soci::statement st{sql};
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

  database_config cfg;
  soci::session sql;
};

data_store::data_store(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

data_store::data_store(data_store&& other) noexcept = default;

data_store& data_store::operator=(data_store&& other) noexcept = default;

data_store::~data_store() = default;

caf::expected<data_store> data_store::open(const database_config& cfg) {
  try {
    return data_store{std::make_unique<impl>(cfg)};
  } catch (...) {
    return explain("open the data store", cfg.connection);
  }
}

caf::expected<std::vector<user>> data_store::users() {
  return impl_->attempt("read users from", [&] {
    return impl_->get<user>("users", "order by name");
  });
}

caf::expected<std::optional<user>>
data_store::find_user(const std::string& name) {
  return impl_->attempt("read users from", [&] {
    return impl_->get_one<user>("users", "name", name);
  });
}

caf::error data_store::keep(const user& x) {
  return impl_->change("write a user to", [&] { impl_->put("users", x); });
}

caf::expected<bool> data_store::remove_user(const std::string& name) {
  auto n = uint64_t{0};
  auto err = impl_->change("delete a user from", [&] {
    impl_->run("delete from passes where owner = :name",
               {text_cell("name", name)});
    n = impl_->run("delete from users where name = :name",
                   {text_cell("name", name)});
  });
  if (err)
    return err;
  return n > 0;
}

caf::expected<std::vector<pass>> data_store::tokens() {
  auto found = impl_->attempt("read tokens from", [&] {
    return impl_->get<pass>("passes", "where id <> '' order by owner, id");
  });
  if (found)
    for (auto& x : *found)
      x.digest.clear();
  return found;
}

caf::expected<std::optional<pass>>
data_store::find_pass(const std::string& digest) {
  return impl_->attempt("read logins from", [&] {
    return impl_->get_one<pass>("passes", "digest", digest);
  });
}

caf::error data_store::keep(const pass& x) {
  return impl_->change("write a login to", [&] { impl_->put("passes", x); });
}

caf::error data_store::end_pass(const std::string& digest) {
  return impl_->change("delete a login from", [&] {
    impl_->run("delete from passes where digest = :key",
               {text_cell("key", digest)});
  });
}

caf::expected<bool> data_store::end_token(const std::string& id) {
  auto n = uint64_t{0};
  auto err = impl_->change("delete a token from", [&] {
    n = impl_->run("delete from passes where id = :id and id <> ''",
                   {text_cell("id", id)});
  });
  if (err)
    return err;
  return n > 0;
}

caf::error data_store::end_logins(const std::string& owner,
                                  const std::string& but) {
  return impl_->change("delete logins from", [&] {
    impl_->run("delete from passes where owner = :owner and id = '' and digest "
               "<> :but",
               {text_cell("owner", owner), text_cell("but", but)});
  });
}

caf::error data_store::note(const audit_entry& x) {
  return impl_->change("write the audit log of",
                       [&] { impl_->put("audit_log", x); });
}

caf::expected<std::vector<audit_entry>> data_store::audit(uint64_t before,
                                                          uint64_t most) {
  constexpr auto last = std::numeric_limits<int64_t>::max();
  auto bound = before == 0 ? last : int64_t(std::min<uint64_t>(before, last));
  return impl_->attempt("read the audit log of", [&] {
    return impl_->get<audit_entry>(
      "audit_log", "where id < :bound order by id desc limit :most",
      {number_cell("bound", bound),
       number_cell("most", int64_t(std::min<uint64_t>(most, 1000)))});
  });
}

caf::error data_store::prune(caf::timestamp now, caf::timestamp since) {
  return impl_->change("delete what is old from", [&] {
    impl_->run("delete from passes where ends < :now",
               {number_cell("now", ns(now))});
    impl_->run("delete from audit_log where time < :since",
               {number_cell("since", ns(since))});
  });
}

} // namespace vpaas
