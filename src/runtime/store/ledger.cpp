#include "runtime/store/ledger.hpp"

#include "runtime/store/ledger_schema.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <limits>

#include <sys/stat.h>

namespace vpaas {

namespace {

constexpr auto max_bigint
  = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

long long bigint(uint64_t x) {
  return static_cast<long long>(std::min(x, max_bigint));
}

/// A statement that is used again and again with the values of its cells.
class prepared {
public:
  prepared(soci::session& sql, const std::string& text) : st_(sql) {
    st_.alloc();
    st_.prepare(text);
  }

  void use(cell& x) {
    if (x.is_text)
      st_.exchange(soci::use(x.text));
    else
      st_.exchange(soci::use(x.number));
  }

  void into(cell& x) {
    if (x.is_text)
      st_.exchange(soci::into(x.text));
    else
      st_.exchange(soci::into(x.number));
  }

  void bind() {
    st_.define_and_bind();
  }

  /// Returns how many rows it changed.
  long long run() {
    st_.execute(true);
    return st_.get_affected_rows();
  }

  void start() {
    st_.execute();
  }

  bool fetch() {
    return st_.fetch();
  }

private:
  soci::statement st_;
};

/// `f(cell)` of each, with commas between.
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

using table_columns = std::vector<table_column>;

bool has(const table_columns& there, const std::string& name) {
  return std::any_of(there.begin(), there.end(),
                     [&](auto& x) { return x.name == name; });
}

/// What is read of the columns of a table: an earlier version's may lack some.
std::string selected(const cells& xs, const table_columns& there) {
  return listed(xs, [&](const cell& x) {
    if (has(there, x.column))
      return std::string{x.column};
    return "cast(" + literal(x) + " as " + (x.is_text ? "text)" : "bigint)");
  });
}

/// A column that this version does not know may not be null.
std::string insert_of(const cells& xs, const table_columns& there) {
  auto columns = names(xs);
  auto values
    = listed(xs, [](const cell& x) { return ":" + std::string{x.column}; });
  for (auto& x : there)
    if (std::none_of(xs.begin(), xs.end(),
                     [&](auto& known) { return x.name == known.column; })) {
      columns += ", \"" + x.name + "\"";
      values += x.is_text ? ", ''" : ", 0";
    }
  return "insert into results (" + columns + ") values (" + values
         + ") on conflict (stream, frame) do nothing";
}

std::string update_of(const cells& xs) {
  auto set = [](const cell& x) {
    return std::string{x.column} + " = :" + x.column;
  };
  return "update results set " + listed(xs, set)
         + " where stream = :key_stream and frame = :key_frame and revision < "
           ":key_revision";
}

/// Which file stands under a name.
using file_id = std::pair<dev_t, ino_t>;

std::optional<file_id> id_of(const std::string& path) {
  struct stat x {};
  if (::stat(path.c_str(), &x) != 0)
    return std::nullopt;
  return file_id{x.st_dev, x.st_ino};
}

} // namespace

caf::error check_storable(const frame_result& x) {
  if (x.frame <= max_bigint && x.chunk <= max_bigint)
    return caf::none;
  return caf::make_error(ec::bad_input, "failed to keep a result of " + x.stream
                                          + ": its frame number has more than "
                                            "63 bits; number frames from 0");
}

struct ledger::impl {
  explicit impl(const database_config& x) : cfg(x) {
    open_session(cfg, sql);
    auto place = *parse_connection(cfg.connection);
    if (!cfg.read_only)
      bring_up_to_date(sql, place.sqlite, {row});
    there = columns_in(sql, place.sqlite);
    if (cfg.read_only)
      return;
    if (place.sqlite)
      for (auto end : {"", "-wal"})
        if (auto id = id_of(place.target + end))
          files.emplace_back(place.target + end, *id);
    account.emplace(sql, "update ledger_schema set kept = kept + :change");
    account->use(change);
    account->bind();
    insert.emplace(sql, insert_of(row, there));
    update.emplace(sql, update_of(row));
    for (auto* st : {&*insert, &*update})
      for (auto& x : row)
        st->use(x);
    for (auto name : {"stream", "frame", "revision"})
      update->use(*std::find_if(row.begin(), row.end(), [&](const cell& x) {
        return std::string{x.column} == name;
      }));
    insert->bind();
    update->bind();
  }

  /// Calls `f`; what it throws becomes an error.
  template <class F>
  auto attempt(const char* verb, F f) -> caf::expected<decltype(f())> {
    try {
      return f();
    } catch (...) {
      return explain(verb, cfg.connection);
    }
  }

  void write(const frame_result& x, recorded& out) {
    write_cells(x, row);
    if (insert->run() > 0)
      ++out.added;
    else if (update->run() > 0)
      ++out.revised;
    else
      ++out.repeated;
  }

  std::vector<frame_result> read(const result_query& x) {
    cells keys{{"stream", true, 0, escape_text(x.stream)},
               {"first", false, bigint(x.first), {}},
               {"last", false, bigint(x.last), {}},
               {"after", true, 0, escape_text(x.after)},
               {"after_frame", false, bigint(x.after_frame), {}},
               {"most", false, bigint(x.most), {}},
               {"since", false, x.since.time_since_epoch().count(), {}}};
    auto text = "select " + selected(row, there) + " from results where ";
    std::vector<cell*> used;
    auto add = [&](const char* condition, std::initializer_list<size_t> which) {
      text += condition;
      for (auto i : which)
        used.push_back(&keys[i]);
    };
    if (!x.stream.empty())
      add("stream = :stream and ", {0});
    if (!x.after.empty())
      add("(stream, frame) > (:after, :after_frame) and ", {3, 4});
    if (x.since > caf::timestamp{})
      add("captured >= :since and ", {6});
    add("frame >= :first and frame <= :last order by stream, frame limit :most",
        {1, 2, 5});
    prepared find{sql, text};
    auto found = columns_of<frame_result>();
    for (auto& c : found)
      find.into(c);
    for (auto* c : used)
      find.use(*c);
    find.bind();
    std::vector<frame_result> result;
    for (find.start(); find.fetch();) {
      if (auto value = read_cells<frame_result>(found))
        result.push_back(std::move(*value));
      else
        ++unreadable; // the others are not worse for it
    }
    return result;
  }

  long long number(const std::string& query) {
    long long result = 0;
    sql << query, soci::into(result);
    return result;
  }

  /// Deletes the `most` rows that were captured first, of those before `bound`.
  uint64_t erase(long long bound, long long most) {
    cells keys{{"bound", false, bound, {}}, {"most", false, most, {}}};
    prepared x{sql, "delete from results where (stream, frame) in (select "
                    "stream, frame from results where captured < :bound order "
                    "by captured limit :most)"};
    for (auto& c : keys)
      x.use(c);
    x.bind();
    return static_cast<uint64_t>(std::max(x.run(), 0ll));
  }

  void add_to_account(long long n) {
    change.number = n;
    if (n != 0)
      account->run();
  }

  database_config cfg;
  soci::session sql; // outlives the statements
  cells row = columns_of<frame_result>();
  table_columns there;
  std::vector<std::pair<std::string, file_id>> files; ///< when it was opened
  uint64_t unreadable = 0;
  cell change{"change", false, 0, {}};
  std::optional<prepared> account;
  std::optional<prepared> insert;
  std::optional<prepared> update;
};

ledger::ledger(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

ledger::ledger(ledger&& other) noexcept = default;

ledger& ledger::operator=(ledger&& other) noexcept = default;

ledger::~ledger() = default;

caf::expected<ledger> ledger::open(const database_config& cfg) {
  try {
    return ledger{std::make_unique<impl>(cfg)};
  } catch (...) {
    return explain("open the ledger", cfg.connection);
  }
}

caf::expected<recorded> ledger::record(const std::vector<frame_result>& xs) {
  return impl_->attempt("write results to", [&] {
    recorded result;
    soci::transaction all{impl_->sql};
    for (auto& x : xs)
      impl_->write(x, result);
    impl_->add_to_account(bigint(result.added));
    all.commit();
    return result;
  });
}

caf::expected<std::vector<frame_result>> ledger::find(const result_query& x) {
  return impl_->attempt("read results from", [&] { return impl_->read(x); });
}

caf::expected<std::optional<uint64_t>>
ledger::last_frame(const std::string& stream) {
  return impl_->attempt("read results from", [&] {
    auto key = escape_text(stream);
    long long last = -1;
    impl_->sql << "select coalesce(max(frame), -1) from results where stream = "
                  ":stream",
      soci::use(key), soci::into(last);
    return last < 0 ? std::optional<uint64_t>{}
                    : std::optional<uint64_t>{static_cast<uint64_t>(last)};
  });
}

caf::expected<uint64_t> ledger::count() {
  return impl_->attempt("count results in", [&] {
    return static_cast<uint64_t>(impl_->number("select count(*) from results"));
  });
}

caf::expected<uint64_t> ledger::rows() {
  return impl_->attempt("count results in", [&] {
    return static_cast<uint64_t>(
      std::max(impl_->number("select kept from ledger_schema"), 0ll));
  });
}

uint64_t ledger::unreadable() const {
  return impl_->unreadable;
}

bool ledger::moved() const {
  return std::any_of(impl_->files.begin(), impl_->files.end(), [](auto& x) {
    return id_of(x.first) != std::optional<file_id>{x.second};
  });
}

void ledger::settle() {
  impl_->attempt("settle", [&] {
    return impl_->files.empty() ? 0
                                : impl_->number("pragma wal_checkpoint("
                                                "truncate)");
  });
}

caf::expected<uint64_t> ledger::prune(const retention& keep, caf::timestamp now,
                                      uint64_t most) {
  return impl_->attempt("delete old results from", [&] {
    uint64_t result = 0;
    soci::transaction all{impl_->sql};
    if (keep.max_age.count() > 0)
      result = impl_->erase((now - keep.max_age).time_since_epoch().count(),
                            bigint(most));
    auto beyond = impl_->number("select kept from ledger_schema")
                  - bigint(result) - bigint(keep.max_rows);
    if (keep.max_rows > 0 && beyond > 0 && result < most)
      result += impl_->erase(std::numeric_limits<long long>::max(),
                             std::min(beyond, bigint(most - result)));
    impl_->add_to_account(-bigint(result));
    all.commit();
    return result;
  });
}

} // namespace vpaas
