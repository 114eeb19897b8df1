#include "runtime/store/data_store.hpp"

#include "runtime/error.hpp"
#include "runtime/store/table_session.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vpaas {

namespace {

std::vector<data_table> tables() {
  return {table_of<user>("users", "name"), table_of<pass>("passes", "digest"),
          table_of<audit_entry>("audit_log", "id", true)};
}

long long ns(caf::timestamp x) {
  return x.time_since_epoch().count();
}

} // namespace

struct data_store::impl : table_session {
  explicit impl(const database_config& x) : table_session(x, tables()) {
    // nop
  }
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
