#include "runtime/store/table_session.hpp"

namespace vpaas {

table_session::table_session(database_config cfg,
                             std::vector<data_table> tables)
  : cfg_(std::move(cfg)), tables_(std::move(tables)) {
  open();
}

void table_session::open() {
  open_session(cfg_, sql_);
  auto place = parse_connection(cfg_.connection);
  bring_up_to_date(sql_, place && place->sqlite, tables_);
}

void table_session::reopen() {
  if (!broken_)
    return;
  sql_.close();
  open();
  broken_ = false;
}

caf::error table_session::failed(const char* verb) {
  auto result = explain(verb, cfg_.connection);
  broken_ = result == ec::io;
  return result;
}

uint64_t table_session::run(const std::string& text, cells keys) {
  soci::statement st{sql_};
  for (auto& x : keys)
    use(st, x);
  st.alloc();
  st.prepare(text);
  st.define_and_bind();
  st.execute(true);
  return uint64_t(std::max(st.get_affected_rows(), 0ll));
}

void table_session::put_row(const data_table& to, cells row) {
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

const data_table& table_session::table(const std::string& name) const {
  return *std::find_if(tables_.begin(), tables_.end(),
                       [&](auto& x) { return x.name == name; });
}

std::string table_session::names(const cells& xs, const std::string& before) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + before + x.column;
  return result;
}

void table_session::use(soci::statement& st, cell& x) {
  if (x.is_text)
    st.exchange(soci::use(x.text));
  else
    st.exchange(soci::use(x.number));
}

void table_session::into(soci::statement& st, cell& x) {
  if (x.is_text)
    st.exchange(soci::into(x.text));
  else
    st.exchange(soci::into(x.number));
}

} // namespace vpaas
