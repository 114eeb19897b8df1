#include "actors/bulk_receiver.hpp"

#include "messages/report.hpp"

namespace vpaas {

namespace {

std::string text(const transfer_key& key) {
  return "\"" + key.stream + "\" " + std::to_string(key.seq);
}

caf::error failure(ec code, const transfer_key& key, const std::string& cause) {
  return caf::make_error(code, "failed to receive " + text(key) + ": " + cause);
}

} // namespace

bulk_receiver_state::bulk_receiver_state(
  bulk_receiver_impl::stateful_pointer<bulk_receiver_state> self)
  : self(self) {
  // nop
}

caf::result<uint64_t> bulk_receiver_state::offer(const transfer_offer& x) {
  auto before = recent.find(x.key);
  if (before != recent.end()) {
    if (before->second != x)
      return failure(ec::bad_input, x.key, "another blob had its key");
    ++counters.repeated;
    return x.bytes;
  }
  auto i = transfers.find(x.key);
  if (i != transfers.end() && i->second.offer != x) {
    if (i->second.delivering)
      return failure(ec::bad_input, x.key, "another blob has its key");
    forget(x.key);
    i = transfers.end();
  }
  if (i == transfers.end())
    return accept(x);
  auto& held = i->second;
  held.touched = self->clock().now();
  if (held.failure) {
    auto cause = held.failure;
    forget(x.key);
    return cause;
  }
  if (!held.delivering)
    return static_cast<uint64_t>(held.bytes.size());
  held.asking.push_back(self->make_response_promise());
  return caf::delegated<uint64_t>{};
}

caf::result<uint64_t> bulk_receiver_state::accept(const transfer_offer& x) {
  if (x.bytes > cfg.max_transfer)
    return failure(ec::bad_input, x.key,
                   std::to_string(x.bytes) + " bytes; at most "
                     + std::to_string(cfg.max_transfer) + " are taken");
  if (counters.partial_bytes + x.bytes > cfg.max_total) {
    ++counters.refused;
    return failure(ec::overload, x.key, "no room; offer it again later");
  }
  auto& fresh = transfers[x.key];
  fresh.offer = x;
  fresh.bytes.reserve(x.bytes);
  fresh.touched = self->clock().now();
  counters.partial_bytes += x.bytes;
  if (x.bytes > 0)
    return uint64_t{0};
  fresh.asking.push_back(self->make_response_promise());
  complete(fresh);
  return caf::delegated<uint64_t>{};
}

caf::result<uint64_t> bulk_receiver_state::slice(const transfer_slice& x) {
  if (recent.count(x.key) != 0)
    return recent[x.key].bytes;
  auto i = transfers.find(x.key);
  if (i == transfers.end() || i->second.failure)
    return failure(ec::not_found, x.key, "it was not offered");
  auto& held = i->second;
  auto size = held.bytes.size();
  auto room = held.offer.bytes - size;
  if (x.bytes.size() > max_slice_bytes
      || (x.offset == size && x.bytes.size() > room))
    return failure(ec::bad_input, x.key, "the slice is too long");
  // One that comes twice, or after a gap, changes nothing.
  if (x.offset != size || x.bytes.empty())
    return static_cast<uint64_t>(size);
  held.bytes.insert(held.bytes.end(), x.bytes.data(),
                    x.bytes.data() + x.bytes.size());
  held.sum.update(x.bytes.data(), x.bytes.size());
  held.touched = self->clock().now();
  counters.received_bytes += x.bytes.size();
  size = held.bytes.size();
  if (size == held.offer.bytes)
    complete(held);
  return static_cast<uint64_t>(size);
}

void bulk_receiver_state::complete(transfer& x) {
  auto key = x.offer.key;
  if (x.sum.value() != x.offer.checksum) {
    ++counters.damaged;
    fail(key, failure(ec::io, key, "its checksum does not match"));
    return;
  }
  x.delivering = true;
  targets->find(x.offer.target,
                [self = self, key](const caf::expected<caf::actor>& target) {
                  if (target)
                    return self->state.deliver(key, *target);
                  ++self->state.counters.undelivered;
                  self->state.fail(key, target.error());
                });
}

void bulk_receiver_state::deliver(const transfer_key& key,
                                  const caf::actor& target) {
  auto& x = transfers.at(key);
  // The target shares the buffer; nothing here writes to it any more.
  delivery whole{key, blob{std::move(x.bytes)}};
  delivering
    .send(self, target, cfg.deliver_timeout, deliver_atom_v, std::move(whole))
    .then([self = self, key] { self->state.delivered(key); },
          [self = self, key](const caf::error& cause) {
            ++self->state.counters.undelivered;
            self->state.fail(key, cause);
          });
}

void bulk_receiver_state::delivered(const transfer_key& key) {
  auto& x = transfers.at(key);
  ++counters.delivered;
  for (auto& promise : x.asking)
    promise.deliver(x.offer.bytes);
  recent.emplace(key, x.offer);
  recent_order.push_back(key);
  if (recent_order.size() > cfg.max_recent) {
    recent.erase(recent_order.front());
    recent_order.pop_front();
  }
  forget(key);
}

void bulk_receiver_state::fail(const transfer_key& key,
                               const caf::error& cause) {
  auto& x = transfers.at(key);
  auto asked = !x.asking.empty();
  for (auto& promise : x.asking)
    promise.deliver(cause);
  if (asked) {
    forget(key);
    return;
  }
  x.delivering = false;
  x.failure = cause;
  x.bytes = blob::buffer{};
}

void bulk_receiver_state::forget(const transfer_key& key) {
  auto i = transfers.find(key);
  counters.partial_bytes -= i->second.offer.bytes;
  transfers.erase(i);
}

void bulk_receiver_state::cancel(const transfer_key& key) {
  auto i = transfers.find(key);
  if (i == transfers.end() || i->second.delivering)
    return;
  ++counters.cancelled;
  forget(key);
}

void bulk_receiver_state::expire() {
  auto oldest = self->clock().now() - cfg.expiry;
  std::vector<transfer_key> late;
  for (const auto& x : transfers)
    if (!x.second.delivering && x.second.touched <= oldest)
      late.push_back(x.first);
  for (const auto& key : late)
    forget(key);
  counters.expired += late.size();
  self->delayed_send(self, cfg.expiry / 4, due_atom_v);
}

status_report bulk_receiver_state::status() const {
  auto details = counters;
  details.partial = transfers.size();
  return report(self, "ready", details);
}

bulk_receiver_impl::behavior_type
bulk_receiver(bulk_receiver_impl::stateful_pointer<bulk_receiver_state> self,
              bulk_receiver_config cfg) {
  self->state.cfg = std::move(cfg);
  self->state.targets.emplace(self, self->state.cfg.node,
                              self->state.cfg.deliver_timeout);
  self->set_down_handler([self](const caf::down_msg& x) {
    self->state.targets->forget(x);
    self->state.delivering.forget(self, x);
  });
  self->state.expire();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop: it was ready when it was spawned
    },
    [self](offer_atom, const transfer_offer& x) {
      return self->state.offer(x);
    },
    [self](slice_atom, const transfer_slice& x) {
      return self->state.slice(x);
    },
    [self](cancel_atom, const transfer_key& key) { self->state.cancel(key); },
    [self](due_atom) { self->state.expire(); },
  };
}

} // namespace vpaas
