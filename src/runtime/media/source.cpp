#include "runtime/media/source.hpp"

#include "runtime/media/ffmpeg_input.hpp"
#include "runtime/media/synthetic.hpp"

namespace vpaas {

namespace {

caf::expected<std::unique_ptr<packet_input>> open_input(source_config config,
                                                        cancel_flag cancel) {
  if (is_synthetic(config.url))
    return open_synthetic(config, std::move(cancel));
  return open_ffmpeg(std::move(config), std::move(cancel));
}

} // namespace

source::source(std::unique_ptr<packet_input> x, cancel_flag cancel)
  : input_(std::move(x)), pace_(std::make_unique<pace>()),
    cancel_(std::move(cancel)) {
  // nop
}

source::source(source&&) noexcept = default;

source& source::operator=(source&&) noexcept = default;

source::~source() = default;

caf::expected<source> source::open(source_config config, cancel_flag cancel) {
  auto x = open_input(std::move(config), cancel);
  if (!x)
    return x.error();
  return source{std::move(*x), std::move(cancel)};
}

const codec_parameters& source::codec() const {
  return input_->codec();
}

std::shared_ptr<const stream_details> source::details() const {
  return input_->details();
}

uint32_t source::reorder_depth() const {
  return input_->reorder_depth();
}

bool source::live() const {
  return input_->live();
}

bool source::finite() const {
  return input_->finite();
}

caf::timespan source::patience() const {
  return input_->patience();
}

caf::expected<std::optional<packet_view>> source::read() {
  auto x = read_for(caf::timespan::max());
  if (!x)
    return x.error();
  return x->picture;
}

caf::expected<source_reading> source::read_for(caf::timespan at_most) {
  if (!held_) {
    auto x = input_->read();
    if (!x)
      return x.error();
    if (!*x)
      return source_reading{std::nullopt, true};
    held_ = **x;
  }
  auto time = held_->dts_us != no_time ? held_->dts_us : held_->pts_us;
  if (input_->paced() && time != no_time
      && !pace_->wait(time, cancel_, at_most))
    return source_reading{};
  if (cancel_ && *cancel_)
    return caf::make_error(ec::cancelled,
                           "failed to read a source: it was stopped");
  return source_reading{std::exchange(held_, std::nullopt), false};
}

} // namespace vpaas
