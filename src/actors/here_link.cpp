#include "actors/here_link.hpp"

#include "messages/report.hpp"

namespace vpaas {

namespace {

/// CAF's own errors as a link says them.
caf::error told(const caf::error& x) {
  if (x == caf::sec::request_timeout)
    return caf::make_error(ec::deadline, "no answer in time");
  return x.category() == caf::atom("vpaas")
           ? x
           : caf::make_error(ec::cloud_down, describe(x));
}

void answer(caf::typed_response_promise<item> to, caf::expected<item> x) {
  if (x)
    to.deliver(std::move(*x));
  else
    to.deliver(std::move(x.error()));
}

void give(caf::response_promise to, const caf::error& x) {
  if (x)
    to.deliver(x);
  else
    to.deliver(caf::unit);
}

} // namespace

here_link_state::here_link_state(
  link_actor::stateful_pointer<here_link_state> self)
  : self(self) {
  // nop
}

caf::typed_response_promise<item> here_link_state::call(const std::string& path,
                                                        const item& x,
                                                        caf::timespan timeout) {
  ++counters.calls;
  auto result = self->make_response_promise<item>();
  around->find(path, [self = self, result, x,
                      timeout](const caf::expected<caf::actor>& found) {
    if (!found)
      return answer(result, told(found.error()));
    self->state.asked
      .send(self, caf::actor_cast<function_actor>(*found), timeout,
            apply_atom_v, x)
      .then([result](item& y) { answer(result, std::move(y)); },
            [result](const caf::error& cause) { answer(result, told(cause)); });
  });
  return result;
}

caf::result<void> here_link_state::transfer(const transfer_offer& offer,
                                            const blob& bytes,
                                            caf::timespan timeout) {
  ++counters.transfers;
  auto result = self->make_response_promise();
  around->find(
    offer.target,
    [self = self, result, timeout, x = delivery{offer.key, bytes}](
      const caf::expected<caf::actor>& target) mutable {
      if (!target)
        return give(result, told(target.error()));
      self->state.asked
        .send(self, *target, timeout, deliver_atom_v, std::move(x))
        .then([result] { give(result, caf::none); },
              [result](const caf::error& cause) { give(result, told(cause)); });
    });
  return caf::delegated<void>{};
}

link_actor::behavior_type
here_link(link_actor::stateful_pointer<here_link_state> self, caf::actor node) {
  self->state.around.emplace(self, node);
  self->set_down_handler([self](const caf::down_msg& x) {
    self->state.around->forget(x);
    self->state.asked.forget(self, x);
  });
  return {
    [self](status_atom) { return report(self, "up", self->state.counters); },
    [](ready_atom) {
      // nop: it was ready when it was spawned
    },
    [self](call_atom, const std::string& path, const item& x,
           caf::timespan timeout) {
      return self->state.call(path, x, timeout);
    },
    [self](transfer_atom, const transfer_offer& offer, const blob& bytes,
           caf::timespan timeout) {
      return self->state.transfer(offer, bytes, timeout);
    },
    [](cancel_atom, const transfer_key&) {
      // nop: it was delivered at once
    },
    [](watch_atom, const caf::actor& watcher) {
      caf::anon_send(watcher, up_atom_v, node_info{}, uint64_t{1});
    },
  };
}

} // namespace vpaas
