#include "runtime/policy/credit_window.hpp"

#include <algorithm>

namespace vpaas {

namespace {

double seconds(caf::timespan x) {
  return std::chrono::duration<double>(x).count();
}

} // namespace

credit_window::credit_window(credit_config cfg)
  : cfg_(cfg), window_(static_cast<double>(cfg.initial_window)) {
  // nop
}

uint64_t credit_window::window() const {
  switch (mode_) {
    case mode::emptying:
      return 0;
    case mode::measuring:
      return cfg_.min_slice;
    default:
      return static_cast<uint64_t>(window_);
  }
}

uint32_t credit_window::slice_bytes() const {
  if (mode_ == mode::measuring)
    return cfg_.min_slice;
  auto quarter = window_ / 4; // some slices to every round trip
  auto carried = rate_ > 0 ? rate_ * seconds(cfg_.slice_time) : quarter;
  return std::clamp(static_cast<uint32_t>(std::min({carried, quarter, 4e9})),
                    cfg_.min_slice, cfg_.max_slice);
}

void credit_window::on_ack(uint64_t bytes, caf::timespan rtt,
                           uint64_t in_flight, caf::timespan now) {
  auto limited = static_cast<double>(in_flight) >= window_ / 2;
  recent_[samples_++ % recent_.size()] = rtt;
  measure_base(rtt, in_flight - std::min(bytes, in_flight), now);
  measure_rate(bytes, limited, rtt, now);
  if (mode_ == mode::normal)
    adapt(bytes, limited, now);
}

void credit_window::measure_base(caf::timespan rtt, uint64_t left,
                                 caf::timespan now) {
  if (mode_ == mode::measuring || rtt <= base_) {
    base_ = rtt;
    base_at_ = now;
  }
  if (mode_ == mode::measuring)
    mode_ = mode::normal;
  else if (mode_ == mode::normal && now - base_at_ > cfg_.base_age)
    mode_ = mode::emptying;
  if (mode_ == mode::emptying && left == 0)
    mode_ = mode::measuring;
}

void credit_window::measure_rate(uint64_t bytes, bool limited,
                                 caf::timespan rtt, caf::timespan now) {
  if (!limited || mode_ != mode::normal) {
    counted_ = 0;
    counting_from_ = now;
    return;
  }
  counted_ += bytes;
  auto passed = now - counting_from_;
  if (passed < std::max<caf::timespan>(rtt, std::chrono::milliseconds(5)))
    return;
  auto sample = static_cast<double>(counted_) / seconds(passed);
  rate_ = rate_ > 0 ? rate_ * .7 + sample * .3 : sample;
  counted_ = 0;
  counting_from_ = now;
}

void credit_window::adapt(uint64_t bytes, bool limited, caf::timespan now) {
  auto n = std::min(samples_, recent_.size());
  auto current = *std::min_element(recent_.begin(), recent_.begin() + n);
  auto queueing = seconds(current - base_) / seconds(cfg_.target);
  if (queueing > 1) {
    slow_start_ = false;
    if (now >= next_decrease_) {
      window_ *= std::max(.5, 1 - (queueing - 1) / 2);
      next_decrease_ = now + current;
    }
  } else if (limited) {
    slow_start_ = slow_start_ && queueing < .5;
    auto gain = slow_start_ ? 1. : (1 - queueing) * slice_bytes() / window_;
    window_ += gain * static_cast<double>(bytes);
  }
  window_ = std::clamp(window_, static_cast<double>(cfg_.min_window),
                       static_cast<double>(cfg_.max_window));
}

void credit_window::on_gone(uint64_t left) {
  if (mode_ == mode::emptying && left == 0)
    mode_ = mode::measuring;
}

void credit_window::on_timeout() {
  window_ = static_cast<double>(cfg_.min_window);
  slow_start_ = true;
  mode_ = mode::normal;
}

} // namespace vpaas
