#include "actors/stream/courier.hpp"

#include "actors/fog/wire_bytes.hpp"
#include "actors/stream/coordinator.hpp"
#include "messages/part_key.hpp"

#include <random>
#include <utility>

namespace vpaas {

courier::courier(coordinator_state& all)
  : all_(all), last_attempt_(1u << 31 | std::random_device{}() >> 2) {
  // nop
}

void courier::want(const std::string& function) {
  all_.others->want(all_.cfg.name_of(function));
}

bool courier::has(const std::string& function) const {
  return all_.others->has(all_.cfg.name_of(function));
}

void courier::ask(const std::string& function, item what,
                  const document& options, answer done) {
  auto who = all_.others->get<function_actor>(all_.cfg.name_of(function));
  if (!who)
    return done(caf::make_error(caf::sec::request_receiver_down));
  auto good = [done](const item& x) { done(x); };
  auto bad = [this, done](const caf::error& cause) {
    all_.counts.last_error = describe(cause);
    done(cause);
  };
  if (options.value().empty())
    all_.asking
      .send(all_.self, who, all_.patience, apply_atom_v, std::move(what))
      .then(good, bad);
  else
    all_.asking
      .send(all_.self, who, all_.patience, apply_atom_v, std::move(what),
            options)
      .then(good, bad);
}

void courier::send(chunk part, std::vector<errand_step> todo, bool waits,
                   answer done) {
  auto& cfg = all_.cfg;
  auto link = all_.others->get<link_actor>(cfg.cloud);
  if (!link)
    return done(caf::make_error(ec::cloud_down, "no link"));
  part.stream = cfg.origin + part.stream;
  part.epoch = all_.cloud_epoch;
  part.attempt = ++last_attempt_;
  part.live = !waits;
  auto key = bytes_key(part);
  auto in_slices = part.bytes.size() > cfg.inline_bytes;
  // It ends by our own deadline, unless the cloud answers nothing but this.
  auto limit = waits ? cloud_book::most_caps * cfg.outage.cap : cfg.outage.cap;
  auto& sys = all_.self->system();
  if (in_slices) {
    auto bytes = std::exchange(part.bytes, blob{});
    transfer_offer offer{key, cfg.function, 0, 0};
    offer.live = part.live;
    all_.counts.bytes_to_cloud += transfer_bytes(sys, offer, bytes.size());
    all_.asking
      .send(all_.self, link, requests::no_limit, transfer_atom_v,
            std::move(offer), std::move(bytes), limit)
      .then([] {},
            [](const caf::error&) {
              // The call that waits for these bytes ends by its own limit.
            });
  }
  auto seq = part.seq; // arguments may be moved from in any order
  // A part knows its stream.
  auto call = todo.empty()
                ? make_item("", seq, std::move(part))
                : make_item("", seq,
                            errand_call{std::move(todo), std::move(part)});
  all_.counts.bytes_to_cloud += call_bytes(sys, cfg.function, call);
  all_
    .asking // the link answers within the limit, or dies
    .send(all_.self, link, requests::no_limit, call_atom_v, cfg.function,
          std::move(call), limit)
    .then(
      [done](const item& x) { done(x); },
      [self = all_.self, done, link, key, in_slices](const caf::error& cause) {
        if (in_slices)
          caf::anon_send(link, cancel_atom_v, key);
        done(cause);
      });
}

} // namespace vpaas
