#pragma once

#include "actors/alarm.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace vpaas {

/// Requests of one actor, each with a limit of its own, under one alarm. For
/// every finite timeout CAF 0.17 wakes the thread of its clock, and keeps it
/// until it is due, answered or not: that is too dear on a keyframe's way.
/// Owned by the state of the actor.
class requests {
public:
  /// For what ends with its receiver only, see `forget`.
  static constexpr caf::timespan no_limit = caf::timespan::max();

  /// `self->request(to, limit, xs...)`, to be followed by `.then(f, g)`: `g`
  /// is called with sec::request_timeout where `limit` passes first, and an
  /// answer that comes later is dropped.
  template <class Self, class Handle, class... Ts>
  auto send(Self self, const Handle& to, caf::timespan limit, Ts&&... xs) {
    auto sent = self->request(to, caf::infinite, std::forward<Ts>(xs)...);
    return on_its_way<decltype(sent)>{*this, self, limit, std::move(sent),
                                      caf::actor_cast<caf::actor_addr>(to)};
  }

  /// Who was asked has ended: what it has not answered fails with
  /// sec::request_receiver_down, one message from now. CAF says so only of what
  /// was still in its mailbox. Call it in the down handler.
  void forget(caf::scheduled_actor* self, const caf::down_msg& x) {
    for (auto& [id, y] : waiting_)
      if (y.to == x.source)
        self->eq_impl(y.answer, nullptr, self->context(),
                      caf::make_error(caf::sec::request_receiver_down));
  }

private:
  using time_point = alarm::time_point;
  using give_up = std::function<void(caf::error&)>;

  struct waiting {
    time_point due;
    give_up failed;
    caf::actor_addr to;
    caf::message_id answer;
  };

  template <class Sent>
  struct on_its_way {
    requests& owner;
    caf::scheduled_actor* self;
    caf::timespan limit;
    Sent sent;
    caf::actor_addr to;

    template <class F, class G>
    void then(F f, G g) {
      auto due = limit == no_limit ? time_point::max()
                                   : self->clock().now() + limit;
      auto id = owner.begin(self, {due, std::move(g), to, sent.id()});
      sent.then(
        owner.once(id, std::move(f), &F::operator()),
        [&owner = owner, id](caf::error& cause) { owner.fail(id, cause); });
    }
  };

  uint64_t begin(caf::scheduled_actor* self, waiting x) {
    if (x.due != time_point::max())
      clock_.set(self, x.due, [this, self] { expire(self); });
    waiting_.emplace(++last_id_, std::move(x));
    return last_id_;
  }

  /// Calls `f` with the answer, if it is not too late.
  template <class F, class C, class... Ts>
  auto once(uint64_t id, F f, void (C::*)(Ts...) const) {
    return [this, id, f = std::move(f)](Ts... xs) {
      if (waiting_.erase(id) > 0)
        f(xs...);
    };
  }

  void fail(uint64_t id, caf::error& cause) {
    if (auto x = waiting_.extract(id))
      x.mapped().failed(cause);
  }

  void expire(caf::scheduled_actor* self) {
    auto now = self->clock().now();
    std::vector<uint64_t> late;
    auto next = time_point::max();
    for (auto& [id, x] : waiting_)
      if (x.due <= now)
        late.push_back(id);
      else
        next = std::min(next, x.due);
    if (next != time_point::max())
      clock_.set(self, next, [this, self] { expire(self); });
    for (auto id : late) {
      auto cause = caf::make_error(caf::sec::request_timeout);
      fail(id, cause);
    }
  }

  std::map<uint64_t, waiting> waiting_;
  uint64_t last_id_ = 0;
  alarm clock_;
};

} // namespace vpaas
