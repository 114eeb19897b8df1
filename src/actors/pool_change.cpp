#include "actors/pool_change.hpp"

#include <utility>

namespace vpaas {

void pool_change::begin(std::vector<function_actor> workers, document before,
                        document changes, done_fun done) {
  if (done_)
    return done(caf::make_error(ec::overload, "the workers are being changed; "
                                              "try again later"));
  workers_ = std::move(workers);
  changed_ = 0;
  before_ = std::move(before);
  changes_ = std::move(changes);
  now_ = before_;
  done_ = std::move(done);
  next();
}

void pool_change::next() {
  if (changed_ == workers_.size())
    return std::exchange(done_, nullptr)(now_);
  ask_(workers_[changed_], changes_, [this](caf::expected<document> x) {
    if (!x)
      return refused(x.error());
    now_ = std::move(*x);
    ++changed_;
    next();
  });
}

void pool_change::refused(const caf::error& cause) {
  if (changed_ == 0)
    return std::exchange(done_, nullptr)(cause);
  ask_(workers_[--changed_], before_,
       [this, cause](const caf::expected<document>&) { refused(cause); });
}

} // namespace vpaas
