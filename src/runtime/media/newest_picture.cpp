#include "runtime/media/newest_picture.hpp"

#include "runtime/error.hpp"
#include "runtime/media/jpeg.hpp"
#include "runtime/media/picture_decoder.hpp"

#include <algorithm>
#include <optional>

namespace vpaas {

namespace {

caf::expected<still_picture> first_picture(const segment& x) {
  auto decoder = picture_decoder::open(x.codec, 1);
  if (!decoder)
    return std::move(decoder.error());
  auto& first = x.packets.front();
  if (auto err = decoder->send(x.bytes.data(), first.size, 0))
    return err;
  decoder->drain();
  auto picture = decoder->receive();
  if (!picture)
    return std::move(picture.error());
  if (!*picture)
    return caf::make_error(ec::codec, "failed to decode a picture of "
                                        + x.stream + "; wait for the next");
  auto whole = decoder->convert(std::move(**picture), {});
  if (!whole)
    return std::move(whole.error());
  auto jpeg = to_jpeg(*whole);
  if (!jpeg)
    return std::move(jpeg.error());
  return still_picture{std::move(*jpeg), x.first_frame};
}

} // namespace

caf::expected<still_picture> newest_picture(const std::vector<segment>& parts) {
  auto i = std::find_if(parts.rbegin(), parts.rend(), [](auto& x) {
    return x.part == 0 && !x.packets.empty();
  });
  if (i == parts.rend())
    return caf::make_error(ec::not_found, "no picture has come yet; look at "
                                          "the camera");
  av::forget_log();
  return av::guarded("show a picture", [&] { return first_picture(*i); });
}

} // namespace vpaas
