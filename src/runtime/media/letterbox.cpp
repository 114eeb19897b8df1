#include "runtime/media/letterbox.hpp"

#include "runtime/media/frame_pool.hpp"

#include <algorithm>

namespace vpaas {

namespace {

void blacken(AVFrame& x, bool full_range) {
  for (int i = 0; i < 3; ++i) {
    auto rows = i == 0 ? x.height : (x.height + 1) / 2;
    auto level = i > 0 ? 128 : full_range ? 0 : 16;
    std::fill_n(x.data[i], ptrdiff_t{x.linesize[i]} * rows,
                static_cast<uint8_t>(level));
  }
}

// The largest even size of this shape that fits.
std::pair<int, int> fit_into(const frame& x, int width, int height) {
  auto across = int64_t{x.width()} * height;
  auto down = int64_t{x.height()} * width;
  auto w = across > down ? width : static_cast<int>(across / x.height());
  auto h = across > down ? static_cast<int>(down / x.width()) : height;
  return {std::max(2, w & ~1), std::max(2, h & ~1)};
}

} // namespace

caf::expected<frame> letterbox(const frame& x, int width, int height) {
  if (x.width() == width && x.height() == height)
    return x;
  auto target = frame_pool{}.take(width, height);
  if (!target)
    return target.error();
  blacken(**target, x.info().color.full_range);
  auto [w, h] = fit_into(x, width, height);
  auto left = (width - w) / 4 * 2;
  auto top = (height - h) / 4 * 2;
  av::scaler_ptr scaler{sws_getContext(
    x.width(), x.height(), AV_PIX_FMT_YUV420P, w, h, AV_PIX_FMT_YUV420P,
    SWS_BILINEAR, nullptr, nullptr, nullptr)};
  if (!scaler)
    return av::failed(ec::codec, "scale a frame", AVERROR(ENOSYS),
                      "use another size");
  uint8_t* to[4] = {};
  for (int i = 0; i < 3; ++i)
    to[i] = (*target)->data[i]
            + ptrdiff_t{i == 0 ? top : top / 2} * (*target)->linesize[i]
            + (i == 0 ? left : left / 2);
  auto& from = *x.pixels();
  sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to,
            (*target)->linesize);
  return share(std::move(*target), x.info());
}

} // namespace vpaas
