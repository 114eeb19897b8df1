#include "runtime/media/chunk_decoder.hpp"

#include "runtime/media/forwarded.hpp"
#include "runtime/media/picture_decoder.hpp"

#include <utility>

namespace vpaas {

namespace {

std::string name_of(const chunk& x) {
  return x.stream + ", chunk " + std::to_string(x.seq) + "."
         + std::to_string(x.part);
}

caf::error unusable(const chunk& x, const std::string& cause) {
  return caf::make_error(ec::codec, "failed to decode " + name_of(x) + ": "
                                      + cause + "; send the chunk again");
}

bool adds_up(const chunk& x) {
  size_t size = 0;
  for (auto& f : x.frames) {
    if (f.size == 0 || f.size > x.bytes.size())
      return false;
    size += f.size;
  }
  return size == x.bytes.size();
}

} // namespace

chunk_decoder::chunk_decoder(int threads) : threads_(threads) {
  // nop
}

chunk_decoder::chunk_decoder(chunk_decoder&&) noexcept = default;

chunk_decoder& chunk_decoder::operator=(chunk_decoder&&) noexcept = default;

chunk_decoder::~chunk_decoder() = default;

caf::expected<std::vector<frame>> chunk_decoder::decode(const chunk& x) {
  if (x.codec.codec == forwarded_codec) {
    next_part_ = 0;
    if (!forwarded_)
      forwarded_ = std::make_unique<forwarded_decoder>(threads_);
    return forwarded_->decode(x);
  }
  if (auto err = prepare(x)) {
    next_part_ = 0;
    return err;
  }
  std::vector<frame> result;
  size_t offset = 0;
  for (auto& f : x.frames) {
    auto id = next_id_++;
    auto err = pictures_->send(x.bytes.data() + offset, f.size, id);
    if (!err)
      err = take(f, id, result);
    if (err) {
      next_part_ = 0;
      return err;
    }
    offset += f.size;
  }
  next_part_ = x.last ? 0 : x.part + 1;
  return result;
}

caf::error chunk_decoder::prepare(const chunk& x) {
  if (x.frames.empty() || !adds_up(x))
    return unusable(x, "the sizes of its frames do not add up");
  auto follows = x.part > 0 && x.part == next_part_ && x.seq == seq_
                 && x.stream == stream_;
  if (x.part > 0 && !follows)
    return unusable(x, "the part before it is missing");
  if (follows) {
    if (!x.codec.codec.empty() && codec_ != x.codec)
      return unusable(x, "its codec is not that of the part before it");
  } else if (!pictures_ || codec_ != x.codec) {
    auto opened = picture_decoder::open(x.codec, threads_);
    if (!opened)
      return opened.error();
    pictures_ = std::make_unique<picture_decoder>(std::move(*opened));
    codec_ = x.codec;
  } else {
    pictures_->reset();
  }
  pictures_->name(name_of(x));
  stream_ = x.stream;
  seq_ = x.seq;
  return caf::none;
}

// An encoder without reordering gives one picture for each that was sent.
caf::error chunk_decoder::take(const coded_frame& about, int64_t id,
                               std::vector<frame>& out) {
  auto picture = pictures_->receive();
  if (!picture)
    return picture.error();
  if (!*picture || picture_decoder::id_of(***picture) != id)
    return caf::make_error(ec::codec, "failed to decode " + pictures_->name()
                                        + ": frame "
                                        + std::to_string(about.number)
                                        + " is missing; send the chunk again");
  frame_info info{about.number,
                  about.pts_us,
                  about.captured,
                  {},
                  about.damaged || picture_decoder::damaged(***picture)};
  auto x = pictures_->convert(std::move(**picture), info);
  if (!x)
    return x.error();
  out.push_back(std::move(*x));
  return caf::none;
}

} // namespace vpaas
