#!/usr/bin/env bash
# In WAL mode SQLite goes on as if nothing were where the file of an open
# database was removed: inserts succeed, are read back, and are gone with the
# connection. In the other journal modes the insert fails. Whoever keeps
# results in WAL mode has to look after the file.
#
# Package (Debian 12): sqlite3 3.40. Prints what an insert says after the file was
# removed, for each mode; fails where that changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' sqlite3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

status=0
for mode in wal delete truncate persist; do
  rm -f x.db*
  sqlite3 x.db >said 2>&1 <<SQL || true
pragma journal_mode=$mode;
create table kept(value);
insert into kept values (1);
.shell rm x.db
insert into kept values (2);
select count(*) || ' rows' from kept;
SQL
  there=gone
  [[ -f x.db ]] && there=there
  insert=fails
  grep -q '^Runtime error near line 5' said || insert=succeeds
  echo "$mode: the insert $insert; $(tail -n 1 said); the file is $there"
  expected=fails
  [[ $mode == wal ]] && expected=succeeds
  [[ $insert == "$expected" && $there == gone ]] || status=1
done
exit $status
