#include "runtime/store/label_log.hpp"

#include "runtime/store/table_session.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vpaas {

namespace {

std::vector<data_table> tables() {
  return {table_of<label_entry>("labels", "id", true),
          table_of<kept_crop>("crops", "id")};
}

long long bounded(uint64_t x) {
  return int64_t(std::min<uint64_t>(x, std::numeric_limits<int64_t>::max()));
}

} // namespace

struct label_log::impl : table_session {
  explicit impl(const database_config& x) : table_session(x, tables()) {
    // nop
  }

  /// The entry as it stands in the log, where it was sent before.
  std::optional<label_entry> sent_before(const label_entry& x) {
    if (x.once.empty())
      return std::nullopt;
    auto found
      = get<label_entry>("labels", "where once = :once and who = :who",
                         {text_cell("once", x.once), text_cell("who", x.who)});
    if (found.empty())
      return std::nullopt;
    return std::move(found.front());
  }

  label_entry newest() {
    return get<label_entry>("labels", "order by id desc limit 1").front();
  }
};

label_log::label_log(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

label_log::label_log(label_log&&) noexcept = default;

label_log& label_log::operator=(label_log&&) noexcept = default;

label_log::~label_log() = default;

caf::expected<label_log> label_log::open(const database_config& cfg) {
  try {
    return label_log{std::make_unique<impl>(cfg)};
  } catch (...) {
    return explain("open the label log", cfg.connection);
  }
}

caf::expected<std::vector<label_entry>>
label_log::add(const std::vector<label_entry>& xs,
               const std::vector<kept_crop>& crops) {
  std::vector<label_entry> result;
  auto err = impl_->change("write labels to", [&] {
    for (auto& x : crops)
      if (!impl_->get_one<kept_crop>("crops", "id", x.id))
        impl_->put("crops", x);
    for (auto& x : xs) {
      auto known = impl_->sent_before(x);
      if (!known)
        impl_->put("labels", x);
      result.push_back(known ? *known : impl_->newest());
    }
  });
  if (err)
    return err;
  return result;
}

caf::expected<std::vector<label_entry>> label_log::entries(uint64_t after,
                                                           uint64_t most) {
  return impl_->attempt("read labels from", [&] {
    return impl_->get<label_entry>("labels",
                                   "where id > :bound order by id limit :most",
                                   {number_cell("bound", bounded(after)),
                                    number_cell("most", bounded(most))});
  });
}

caf::expected<std::optional<kept_crop>>
label_log::find_crop(const std::string& id) {
  return impl_->attempt("read crops from", [&] {
    return impl_->get_one<kept_crop>("crops", "id", id);
  });
}

caf::expected<std::vector<kept_crop>> label_log::crops() {
  auto found = impl_->attempt("read crops from", [&] {
    return impl_->get<kept_crop>("crops", "order by id");
  });
  if (found)
    for (auto& x : *found)
      x.jpeg = {};
  return found;
}

} // namespace vpaas
