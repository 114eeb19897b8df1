#include "runtime/media/overlay.hpp"

#include "runtime/media/frame_pool.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace vpaas {

namespace {

/// Black as the picture's range has it.
uint8_t black(const frame& x, int component) {
  if (component > 0)
    return 128;
  return x.info().color.full_range ? 0 : 16;
}

/// The samples of a plane that a box covers at least in part, on whole pairs of
/// pixels, so that every component has the same.
struct window {
  int x0, y0, x1, y1;
};

window covered(const box& where, int width, int height, int component) {
  auto low = [](float at, int size) {
    return std::clamp(int(std::floor(at * float(size))) & ~1, 0, size);
  };
  auto high = [](float at, int size) {
    return std::clamp((int(std::ceil(at * float(size))) + 1) & ~1, 0, size);
  };
  window x{low(where.x0, width), low(where.y0, height), high(where.x1, width),
           high(where.y1, height)};
  if (component > 0)
    x = {x.x0 / 2, x.y0 / 2, (x.x1 + 1) / 2, (x.y1 + 1) / 2};
  return x;
}

void copy_places(const frame& from, const std::vector<box>& places,
                 AVFrame& to) {
  for (int c = 0; c < 3; ++c) {
    auto source = from.component(c);
    for (auto& place : places) {
      auto w = covered(place, from.width(), from.height(), c);
      for (auto y = w.y0; y < w.y1; ++y)
        std::memcpy(to.data[c] + ptrdiff_t(y) * to.linesize[c] + w.x0,
                    source.data + y * source.stride + w.x0,
                    size_t(std::max(0, w.x1 - w.x0)));
    }
  }
}

caf::error resize(const frame& from, AVFrame& to) {
  auto& x = *from.pixels();
  av::scaler_ptr scaler{sws_getContext(x.width, x.height, AV_PIX_FMT_YUV420P,
                                       to.width, to.height, AV_PIX_FMT_YUV420P,
                                       SWS_BICUBIC, nullptr, nullptr, nullptr)};
  if (!scaler)
    return av::failed(ec::codec, "enlarge a picture", AVERROR(ENOMEM),
                      "send a smaller one");
  sws_scale(scaler.get(), x.data, x.linesize, 0, x.height, to.data,
            to.linesize);
  return caf::none;
}

caf::error bad(const std::string& what) {
  return caf::make_error(ec::bad_input, "failed to " + what
                                          + ": there is no picture; send "
                                            "decoded frames");
}

} // namespace

caf::expected<frame> mask(const frame& x, const std::vector<box>& places) {
  if (!x)
    return bad("mask a picture");
  auto out = frame_pool{}.take(x.width(), x.height());
  if (!out)
    return std::move(out.error());
  for (int c = 0; c < 3; ++c) {
    auto size = x.component(c);
    for (int y = 0; y < size.height; ++y)
      std::memset((*out)->data[c] + ptrdiff_t(y) * (*out)->linesize[c],
                  black(x, c), size_t(size.width));
  }
  copy_places(x, places, **out);
  return share(std::move(*out), x.info());
}

caf::expected<frame> paste(const layer& x) {
  if (!x.base || !x.fine)
    return bad("paste on a picture");
  auto out = frame_pool{}.take(x.fine.width(), x.fine.height());
  if (!out)
    return std::move(out.error());
  if (auto err = resize(x.base, **out))
    return err;
  copy_places(x.fine, x.places, **out);
  return share(std::move(*out), x.base.info());
}

} // namespace vpaas
