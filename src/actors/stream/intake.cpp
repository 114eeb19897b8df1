#include "actors/stream/intake.hpp"

#include "actors/stream/coordinator.hpp"
#include "messages/control.hpp"
#include "runtime/media/keyframes.hpp"

#include <utility>

namespace vpaas {

namespace {

/// A camera without a picture answers nothing, and the question or the answer
/// to it may be lost with a connection; it is asked again after this.
constexpr auto camera_patience = std::chrono::seconds{5};

constexpr size_t segments_ahead = 2; ///< that the decoder has at a time

} // namespace

void intake::pull() {
  if (pulling_ || ended_ || decoding_ >= segments_ahead)
    return;
  if (auto until = all_.stores.busy_until())
    return all_.wake_in(*until - all_.now());
  auto camera = all_.others->get<camera_actor>(all_.cfg.camera);
  if (!std::exchange(known_, true))
    all_.stores.begin_camera(to_string(caf::actor_cast<caf::actor>(camera)));
  pulling_ = true;
  all_.asking
    .send(all_.self, camera, camera_patience, next_atom_v,
          all_.stores.position().camera_key)
    .then([this](segment& x) { take(x); },
          [this](const caf::error& cause) { failed(cause); });
}

void intake::take(segment& x) {
  pulling_ = false;
  live_ = x.live;
  all_.stores.number(x);
  ++all_.counts.segments;
  all_.counts.bytes_original += x.bytes.size();
  auto expected = all_.book.begin(
    keyframes_of(x.first_frame, frames_in(x), all_.cfg.every));
  for (auto n : expected)
    all_.held[n].result.frame = n;
  all_.traces.arrived(expected, x.bytes.size());
  all_.stores.keep(x, expected);
  if (auto window = all_.others->get<window_actor>(all_.cfg.window))
    caf::anon_send(window, publish_atom_v, x);
  auto decoder = all_.others->get<decoder_actor>(all_.cfg.decoder);
  if (!decoder) {
    not_decoded(expected);
    return all_.publish();
  }
  ++decoding_;
  auto number = x.number;
  all_.asking
    .send(all_.self, decoder, all_.patience, apply_atom_v,
          make_item(all_.cfg.stream, number, std::move(x)))
    .then([this, asked = all_.now(),
           expected](const item& y) { decoded(asked, expected, y); },
          [this, expected](const caf::error& cause) {
            --decoding_;
            all_.counts.last_error = describe(cause);
            not_decoded(expected);
            all_.wind_up();
            all_.publish();
          });
  all_.proceed();
}

void intake::failed(const caf::error& cause) {
  pulling_ = false;
  if (cause == ec::not_found) {
    ended_ = true;
    return all_.wind_up();
  }
  if (cause != caf::sec::request_timeout)
    all_.counts.last_error = describe(cause);
  all_.wake_in(all_.look_again);
}

void intake::decoded(time_point asked, const numbers& expected, const item& x) {
  --decoding_;
  all_.decode_time.record(all_.now() - asked);
  trace_step step;
  step.name = "decoder";
  all_.traces.note(expected, std::move(step), asked);
  auto in = x.value.get<keyframes>();
  if (!in) {
    not_decoded(expected);
  } else {
    if (in->problem)
      all_.counts.last_error = describe(in->problem);
    not_decoded(in->lost);
    all_.decoded(*in);
  }
  all_.wind_up();
  all_.publish();
}

// A decoder that was restarted lacks the beginning of its segment: the disk has
// all of it.
void intake::not_decoded(const numbers& xs) {
  for (auto n : xs)
    if (all_.book.lane().waits(n))
      all_.give_up(n, "undecodable");
}

} // namespace vpaas
