#include "runtime/store/ledger_schema.hpp"

#include "runtime/store/database.hpp"

#include <soci/soci.h>

#include <algorithm>

namespace vpaas {

namespace {

const char* columns_query(bool sqlite) {
  return sqlite ? "select name, type from pragma_table_info('results')"
                : "select column_name, data_type from "
                  "information_schema.columns where table_schema = "
                  "current_schema() and table_name = 'results'";
}

bool has_schema(soci::session& sql, bool sqlite) {
  long long n = 0;
  sql << (sqlite ? "select count(*) from sqlite_master where name = "
                   "'ledger_schema'"
                 : "select count(*) from information_schema.tables where "
                   "table_schema = current_schema() and table_name = "
                   "'ledger_schema'"),
    soci::into(n);
  return n > 0;
}

/// 0 where there is no ledger yet.
long long version_of(soci::session& sql, bool sqlite, bool has_results) {
  long long version = has_results ? 1 : 0;
  if (has_schema(sql, sqlite))
    sql << "select version from ledger_schema", soci::into(version);
  return version;
}

// SQLite sorts text by bytes, PostgreSQL by the language unless it is told.
std::string definition_of(const cell& x, bool sqlite) {
  auto type = !x.is_text ? "bigint" : sqlite ? "text" : "text collate \"C\"";
  return std::string{x.column} + " " + type + " not null default " + literal(x);
}

void make_results(soci::session& sql, bool sqlite, const cells& columns) {
  std::string text;
  for (auto& x : columns)
    text += definition_of(x, sqlite) + ", ";
  sql << "create table results (" + text + "primary key (stream, frame))";
  sql << "create index results_captured on results (captured)";
}

void add_columns(soci::session& sql, bool sqlite, const cells& columns,
                 const std::vector<table_column>& there) {
  for (auto& x : columns)
    if (std::none_of(there.begin(), there.end(),
                     [&](auto& known) { return known.name == x.column; }))
      sql << "alter table results add column " + definition_of(x, sqlite);
}

void migrate(soci::session& sql, long long from,
             const std::vector<ledger_migration>& all) {
  for (auto& step : all)
    if (step.to > from)
      for (auto& statement : step.statements)
        sql << statement;
}

void set_version(soci::session& sql, bool sqlite, long long version) {
  if (has_schema(sql, sqlite)) {
    sql << "update ledger_schema set version = " + std::to_string(version);
    return;
  }
  sql << "create table ledger_schema (version bigint not null, kept bigint not "
         "null)";
  sql << "insert into ledger_schema select " + std::to_string(version)
           + ", count(*) from results";
}

bool has(const std::vector<table_column>& xs, const std::string& name) {
  return std::any_of(xs.begin(), xs.end(),
                     [&](auto& x) { return x.name == name; });
}

/// Throws where `there`, of the version `found`, is not ours to work with.
void check_version(long long found, const std::vector<table_column>& there,
                   long long wanted) {
  if (found > wanted)
    throw not_ours{"a newer version made it (schema " + std::to_string(found)
                   + ", this one knows " + std::to_string(wanted)
                   + "); start that one, or name another ledger in "
                     "store.ledger"};
  if (!there.empty() && !(has(there, "stream") && has(there, "frame")))
    throw not_ours{"its table \"results\" is another program's; name another "
                   "ledger in store.ledger"};
}

} // namespace

std::string literal(const cell& x) {
  if (!x.is_text)
    return std::to_string(x.number);
  std::string result = "'";
  for (auto c : x.text)
    result += c == '\'' ? std::string{"''"} : std::string{c};
  return result + "'";
}

std::vector<table_column> columns_in(soci::session& sql, bool sqlite) {
  std::vector<table_column> result;
  std::string name;
  std::string type;
  soci::statement st = (sql.prepare << columns_query(sqlite), soci::into(name),
                        soci::into(type));
  for (st.execute(); st.fetch();)
    result.push_back({name, type.find("int") == std::string::npos});
  return result;
}

void check_layout(soci::session& sql, bool sqlite) {
  auto there = columns_in(sql, sqlite);
  check_version(version_of(sql, sqlite, !there.empty()), there,
                ledger_migrations.back().to);
}

void bring_up_to_date(soci::session& sql, bool sqlite,
                      const ledger_layout& layout) {
  auto there = columns_in(sql, sqlite);
  auto found = version_of(sql, sqlite, !there.empty());
  auto wanted = layout.migrations.back().to;
  auto complete = std::all_of(layout.columns.begin(), layout.columns.end(),
                              [&](auto& x) { return has(there, x.column); });
  check_version(found, there, wanted);
  if (found == wanted && complete)
    return; // readers and writers go on meanwhile
  soci::transaction all{sql};
  if (there.empty()) {
    make_results(sql, sqlite, layout.columns);
  } else {
    migrate(sql, found, layout.migrations);
    add_columns(sql, sqlite, layout.columns, columns_in(sql, sqlite));
  }
  set_version(sql, sqlite, wanted);
  all.commit();
}

} // namespace vpaas
