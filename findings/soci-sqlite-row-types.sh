#!/usr/bin/env bash
# A soci::row of SQLite has the types that the table declares, not those of the
# values: count(*) is text, and an INTEGER column is 32 bits, so that 5000000000
# reads as 705032704. `into` a variable of a chosen type reads both right.
#
# Packages (Debian 12): libsoci-dev 4.0.3, libsqlite3-dev, g++. Prints the
# values; fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' libsoci-dev
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.cpp <<'CPP'
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <iostream>

int main() {
  soci::session db{soci::sqlite3, ":memory:"};
  db << "create table t (x integer)";
  db << "insert into t values (5000000000)";
  soci::row count, value;
  db << "select count(*) from t", soci::into(count);
  db << "select x from t", soci::into(value);
  long long wide = 0;
  db << "select x from t", soci::into(wide);
  auto is_text = count.get_properties(0).get_data_type() == soci::dt_string;
  auto is_int = value.get_properties(0).get_data_type() == soci::dt_integer;
  std::cout << "count(*) is " << (is_text ? "text" : "no text")
            << "; 5000000000 in an INTEGER column is "
            << (is_int ? value.get<int>(0) : -1) << ", into a long long "
            << wide << '\n';
  return is_text && is_int && value.get<int>(0) == 705032704
             && wide == 5000000000
           ? 0
           : 1;
}
CPP
g++ -std=c++17 main.cpp -lsoci_core -lsoci_sqlite3 -ldl -o main
./main
