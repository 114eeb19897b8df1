#include "runtime/media/frame.hpp"

#include "runtime/media/frame_pool.hpp"

extern "C" {
#include <libavutil/imgutils.h>
}

#include <utility>

namespace vpaas {

namespace {

// Rows start at 64 bytes, and vector loads may run over the end of a plane.
constexpr int row_alignment = 64;
constexpr size_t tail = 64;

int half(int x) {
  return (x + 1) / 2;
}

} // namespace

frame::frame(std::shared_ptr<const AVFrame> pixels, frame_info info)
  : pixels_(std::move(pixels)), info_(info) {
  // nop
}

caf::expected<frame> frame::copy(const std::array<plane, 3>& planes,
                                 frame_info info) {
  auto [w, h] = std::pair{planes[0].width, planes[0].height};
  for (auto& x : {planes[1], planes[2]})
    if (x.width != half(w) || x.height != half(h))
      return caf::make_error(ec::bad_input,
                             "failed to copy a frame: chroma is not half of "
                             "luma; give planes of YUV 4:2:0");
  auto target = frame_pool{}.take(w, h);
  if (!target)
    return target.error();
  for (int i = 0; i < 3; ++i)
    av_image_copy_plane((*target)->data[i], (*target)->linesize[i],
                        planes[i].data, static_cast<int>(planes[i].stride),
                        planes[i].width, planes[i].height);
  return share(std::move(*target), info);
}

int frame::width() const {
  return pixels_ ? pixels_->width : 0;
}

int frame::height() const {
  return pixels_ ? pixels_->height : 0;
}

plane frame::component(int i) const {
  if (!pixels_)
    return {};
  auto& x = *pixels_;
  return {x.data[i], x.linesize[i], i == 0 ? x.width : half(x.width),
          i == 0 ? x.height : half(x.height)};
}

size_t frame::bytes() const {
  size_t result = 0;
  if (pixels_)
    for (auto* x : pixels_->buf)
      result += x ? x->size : 0;
  return result;
}

caf::expected<av::frame_ptr> frame_pool::take(int width, int height) {
  return av::guarded("take a frame", [&] { return try_take(width, height); });
}

caf::expected<av::frame_ptr> frame_pool::try_take(int width, int height) {
  auto result = av::make_frame();
  auto rc = AVERROR(EINVAL);
  auto what = "take a frame of " + std::to_string(width) + "x"
              + std::to_string(height);
  if (width > 0 && height > 0 && int64_t{width} * height <= max_pixels)
    rc = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, width, height,
                                  row_alignment);
  if (rc < 0)
    return av::failed(ec::bad_input, what, rc, "give a smaller picture");
  auto size = static_cast<size_t>(rc) + tail;
  if (size != size_) {
    pool_.reset(av::allocated(av_buffer_pool_init(size, nullptr)));
    size_ = size;
  }
  result->buf[0] = av_buffer_pool_get(pool_.get());
  if (!result->buf[0])
    return av::failed(ec::codec, what, AVERROR(ENOMEM), "free some memory");
  av_image_fill_arrays(result->data, result->linesize, result->buf[0]->data,
                       AV_PIX_FMT_YUV420P, width, height, row_alignment);
  result->format = AV_PIX_FMT_YUV420P;
  result->width = width;
  result->height = height;
  return result;
}

frame share(av::frame_ptr pixels, frame_info info) {
  return {std::shared_ptr<const AVFrame>{pixels.release(),
                                         av::free_at<av_frame_free>{}},
          info};
}

} // namespace vpaas
