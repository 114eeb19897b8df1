#include "runtime/store/data_schema.hpp"

#include "runtime/store/database.hpp"
#include "runtime/store/ledger_schema.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <set>

namespace vpaas {

namespace {

std::set<std::string> columns_in(soci::session& sql, bool sqlite,
                                 const std::string& table) {
  auto query = sqlite ? "select name from pragma_table_info('" + table + "')"
                      : "select column_name from information_schema.columns "
                        "where table_schema = current_schema() and table_name "
                        "= '"
                          + table + "'";
  std::set<std::string> result;
  std::string name;
  soci::statement st = (sql.prepare << query, soci::into(name));
  for (st.execute(); st.fetch();)
    result.insert(name);
  return result;
}

std::string definition_of(const data_table& table, const cell& x, bool sqlite) {
  auto name = std::string{x.column};
  if (table.counted && name == table.key)
    return name
           + (sqlite ? " integer primary key autoincrement"
                     : " bigserial primary key");
  auto type = !x.is_text ? "bigint" : sqlite ? "text" : "text collate \"C\"";
  return name + " " + type + " not null default " + literal(x)
         + (name == table.key ? " primary key" : "");
}

void make(soci::session& sql, bool sqlite, const data_table& table) {
  std::string text;
  for (auto& x : table.columns)
    text += (text.empty() ? "" : ", ") + definition_of(table, x, sqlite);
  sql << "create table " + table.name + " (" + text + ")";
}

/// Where the table is new, or a member is.
void complete(soci::session& sql, bool sqlite, const data_table& table) {
  auto there = columns_in(sql, sqlite, table.name);
  if (there.empty())
    return make(sql, sqlite, table);
  for (auto& x : table.columns)
    if (there.count(x.column) == 0)
      sql << "alter table " + table.name + " add column "
               + definition_of(table, x, sqlite);
}

/// 0 where there is no data store yet.
long long version_of(soci::session& sql, bool sqlite) {
  long long result = 0;
  if (!columns_in(sql, sqlite, "data_schema").empty())
    sql << "select version from data_schema", soci::into(result);
  return result;
}

void migrate(soci::session& sql, long long from,
             const std::vector<data_migration>& all) {
  if (from == 0)
    sql << "create table data_schema (version bigint not null)";
  if (from == 0)
    sql << "insert into data_schema values (0)";
  for (auto& step : all)
    if (from > 0 && step.to > from)
      for (auto& statement : step.statements)
        sql << statement;
  sql << "update data_schema set version = " + std::to_string(all.back().to);
}

} // namespace

void bring_up_to_date(soci::session& sql, bool sqlite,
                      const std::vector<data_table>& tables,
                      const std::vector<data_migration>& migrations) {
  soci::transaction all{sql};
  auto found = version_of(sql, sqlite);
  auto known = migrations.back().to;
  if (found > known)
    throw not_ours{"a newer version made it (schema " + std::to_string(found)
                   + ", this one knows " + std::to_string(known)
                   + "); start that one, or name another database in "
                     "store.data"};
  if (found < known)
    migrate(sql, found, migrations);
  for (auto& x : tables)
    complete(sql, sqlite, x);
  all.commit();
}

} // namespace vpaas
