#include "actors/control/file_sender.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"

#include <utility>

namespace vpaas {

namespace {

constexpr auto tick_every = std::chrono::milliseconds(100);

caf::error gone() {
  return caf::make_error(ec::cloud_down, "failed to send a file: the node is "
                                         "gone; it is sent again when it is "
                                         "back");
}

} // namespace

file_sender_state::~file_sender_state() {
  if (bulk)
    bulk->abort(gone());
}

void file_sender_state::begin(file_sender_config x) {
  cfg = std::move(x);
  bulk.emplace(cfg.bulk, outlet());
  bulk->open(now());
  self->monitor(cfg.to);
  self->set_down_handler([this](caf::down_msg& x) {
    asked.forget(self, x);
    bulk->abort(gone());
    self->quit();
  });
  tick();
}

caf::result<void> file_sender_state::transfer(const transfer_offer& offer,
                                              const blob& bytes,
                                              caf::timespan timeout) {
  auto promise = self->make_response_promise();
  auto done = [promise](const caf::error& cause) mutable {
    if (cause)
      promise.deliver(cause);
    else
      promise.deliver(caf::unit);
  };
  if (auto refused = bulk->add(offer, bytes, now() + timeout, done))
    done(refused);
  else
    bulk->tick(now());
  return caf::delegated<void>{};
}

bulk_sender::outlet file_sender_state::outlet() {
  auto failed = [this](const bulk_sender::ticket& what) {
    return [this, what](const caf::error& cause) {
      bulk->failed(what, cause, now());
    };
  };
  auto offer = [=](const auto& what, const auto& x) {
    asked.send(self, cfg.to, cfg.patience, offer_atom_v, x)
      .then([this, what](uint64_t held) { bulk->offered(what, held, now()); },
            failed(what));
  };
  auto slice = [=](const auto& what, transfer_slice x) {
    asked.send(self, cfg.to, cfg.patience, slice_atom_v, std::move(x))
      .then([this, what](uint64_t) { bulk->acked(what, now()); }, failed(what));
  };
  auto cancel = [this](const transfer_key& key) {
    caf::anon_send(cfg.to, cancel_atom_v, key);
  };
  return {offer, slice, cancel};
}

void file_sender_state::tick() {
  bulk->tick(now());
  clock.set(self, self->clock().now() + tick_every, [this] { tick(); });
}

caf::timespan file_sender_state::now() const {
  return self->clock().now().time_since_epoch();
}

status_report file_sender_state::status() const {
  return report(self, "ready",
                file_sender_status{bulk->transfers(), bulk->totals().delivered,
                                   bulk->totals().sent});
}

file_sender_actor::behavior_type
file_sender(file_sender_actor::stateful_pointer<file_sender_state> self,
            file_sender_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](transfer_atom, const transfer_offer& offer, const blob& bytes,
           caf::timespan timeout) {
      return self->state.transfer(offer, bytes, timeout);
    },
  };
}

} // namespace vpaas
