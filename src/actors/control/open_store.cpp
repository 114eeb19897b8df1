#include "actors/control/open_store.hpp"

#include <utility>

namespace vpaas {

open_store::open_store(database_config cfg,
                       std::function<caf::error(data_store&)> begin)
  : cfg_(std::move(cfg)), begin_(std::move(begin)) {
  // nop
}

caf::expected<data_store*> open_store::get() {
  if (!db_) {
    auto found = data_store::open(cfg_);
    if (!found)
      return noted<data_store*>(std::move(found.error()));
    if (auto err = begin_ ? begin_(*found) : caf::error{})
      return noted<data_store*>(std::move(err));
    db_.emplace(std::move(*found));
  }
  return &*db_;
}

caf::error open_store::noted(caf::error x) {
  if (x == ec::io || x == ec::bad_input || x == ec::bad_config) {
    ++failures_;
    last_error_ = cause_of(x);
  }
  return x;
}

} // namespace vpaas
