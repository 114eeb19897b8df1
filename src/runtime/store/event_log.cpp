#include "runtime/store/event_log.hpp"

#include "runtime/error.hpp"
#include "runtime/store/cells.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace vpaas {

namespace {

constexpr auto max_bigint
  = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

long long bigint(uint64_t x) {
  return static_cast<long long>(std::min(x, max_bigint));
}

constexpr const char* key_columns = "stream, frame, kind, object, zone";

/// All columns but the id, which the database gives.
cells columns_of_events() {
  auto result = columns_of<event>();
  result.erase(result.begin());
  return result;
}

template <class F>
std::string listed(const cells& xs, F f) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + f(x);
  return result;
}

std::string names(const cells& xs) {
  return listed(xs, [](const cell& x) { return std::string{x.column}; });
}

std::string table_of(const cells& xs, bool sqlite) {
  auto column = [&](const cell& x) {
    auto type = !x.is_text ? "bigint" : sqlite ? "text" : "text collate \"C\"";
    return std::string{x.column} + " " + type + " not null";
  };
  return std::string{"create table if not exists events (id "}
         + (sqlite ? "integer primary key autoincrement"
                   : "bigserial primary key")
         + ", " + listed(xs, column) + ", unique (" + key_columns + "))";
}

/// Binds a cell's value.
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

} // namespace

caf::error check_storable(const event& x) {
  if (x.frame <= max_bigint && x.object <= max_bigint)
    return caf::none;
  return caf::make_error(ec::bad_input, "failed to keep an event of " + x.stream
                                          + ": its frame or object has more "
                                            "than 63 bits; number from 0");
}

struct event_log::impl {
  explicit impl(const database_config& x) : cfg(x) {
    open_session(cfg, sql);
    auto place = parse_connection(cfg.connection);
    sqlite = place && place->sqlite;
    if (cfg.read_only)
      return;
    sql << table_of(columns_of_events(), sqlite);
    sql << "create index if not exists events_time on events (time)";
  }

  template <class F>
  auto attempt(const char* verb, F f) -> caf::expected<decltype(f())> {
    try {
      return f();
    } catch (...) {
      return explain(verb, cfg.connection);
    }
  }

  /// A ledger that is only read may be of before there were events.
  bool has_table() {
    long long n = 0;
    sql << (sqlite ? "select count(*) from sqlite_master where type = 'table' "
                     "and name = 'events'"
                   : "select count(*) from information_schema.tables where "
                     "table_name = 'events'"),
      soci::into(n);
    return n > 0;
  }

  uint64_t write(const std::vector<event>& xs) {
    auto row = columns_of_events();
    soci::statement st{sql};
    for (auto& x : row)
      use(st, x);
    st.alloc();
    st.prepare(
      "insert into events (" + names(row) + ") values ("
      + listed(row, [](const cell& x) { return ":" + std::string{x.column}; })
      + ") on conflict (" + key_columns + ") do nothing");
    st.define_and_bind();
    uint64_t result = 0;
    for (auto& x : xs) {
      auto all = columns_of<event>();
      write_cells(x, all);
      for (size_t i = 0; i < row.size(); ++i) {
        row[i].number = all[i + 1].number;
        row[i].text = std::move(all[i + 1].text);
      }
      st.execute(true);
      result += uint64_t(std::max(st.get_affected_rows(), 0ll));
    }
    return result;
  }

  std::vector<event> read(const event_query& x) {
    if (!has_table())
      return {};
    cells keys{{"after", false, bigint(x.after), {}},
               {"since", false, x.since.time_since_epoch().count(), {}},
               {"stream", true, 0, escape_text(x.stream)},
               {"kind", true, 0, escape_text(x.kind)},
               {"zone", true, 0, escape_text(x.zone)},
               {"most", false, bigint(x.most), {}}};
    auto found = columns_of<event>();
    auto text = "select " + names(found)
                + " from events where id > :after and time >= :since";
    soci::statement st{sql};
    for (auto& c : found)
      into(st, c);
    use(st, keys[0]);
    use(st, keys[1]);
    for (size_t i = 2; i < 5; ++i)
      if (!keys[i].text.empty()) {
        text += std::string{" and "} + keys[i].column + " = :" + keys[i].column;
        use(st, keys[i]);
      }
    use(st, keys[5]);
    st.alloc();
    st.prepare(text + " order by id limit :most");
    st.define_and_bind();
    std::vector<event> result;
    for (st.execute(); st.fetch();) {
      auto value = read_cells<event>(found);
      if (!value)
        throw std::runtime_error("a row is damaged, "
                                 + cause_of(value.error()));
      result.push_back(std::move(*value));
    }
    return result;
  }

  long long number(const char* query) {
    long long result = 0;
    sql << query, soci::into(result);
    return result;
  }

  /// Deletes the first ones of those before `bound`.
  uint64_t erase(long long bound, long long most) {
    soci::statement st{sql};
    st.exchange(soci::use(bound));
    st.exchange(soci::use(most));
    st.alloc();
    st.prepare("delete from events where id in (select id from events where "
               "time < :bound order by id limit :most)");
    st.define_and_bind();
    st.execute(true);
    return uint64_t(std::max(st.get_affected_rows(), 0ll));
  }

  database_config cfg;
  bool sqlite = true;
  soci::session sql;
};

event_log::event_log(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

event_log::event_log(event_log&& other) noexcept = default;

event_log& event_log::operator=(event_log&& other) noexcept = default;

event_log::~event_log() = default;

caf::expected<event_log> event_log::open(const database_config& cfg) {
  try {
    return event_log{std::make_unique<impl>(cfg)};
  } catch (...) {
    return explain("open the events of", cfg.connection);
  }
}

caf::expected<uint64_t> event_log::record(const std::vector<event>& xs) {
  return impl_->attempt("write events to", [&] {
    soci::transaction all{impl_->sql};
    auto result = impl_->write(xs);
    all.commit();
    return result;
  });
}

caf::expected<std::vector<event>> event_log::find(const event_query& x) {
  return impl_->attempt("read events from", [&] { return impl_->read(x); });
}

caf::expected<uint64_t> event_log::count() {
  return impl_->attempt("count events in", [&] {
    return uint64_t(impl_->number("select count(*) from events"));
  });
}

caf::expected<uint64_t> event_log::prune(const retention& keep,
                                         caf::timestamp now, uint64_t most) {
  return impl_->attempt("delete old events from", [&] {
    uint64_t result = 0;
    if (keep.max_age.count() > 0)
      result = impl_->erase((now - keep.max_age).time_since_epoch().count(),
                            bigint(most));
    if (keep.max_rows == 0 || result >= most)
      return result;
    auto beyond = impl_->number("select count(*) from events")
                  - bigint(keep.max_rows);
    if (beyond > 0)
      result += impl_->erase(std::numeric_limits<long long>::max(),
                             std::min(beyond, bigint(most - result)));
    return result;
  });
}

} // namespace vpaas
