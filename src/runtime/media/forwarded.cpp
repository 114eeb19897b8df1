#include "runtime/media/forwarded.hpp"

#include "runtime/error.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <utility>

namespace vpaas {

namespace {

/// More keyframes than one part can bring, and less than fill the memory.
constexpr size_t most_ready = 512;

std::string name_of(const chunk& x) {
  return x.stream + ", chunk " + std::to_string(x.seq) + "."
         + std::to_string(x.part);
}

caf::error unusable(const chunk& x, const std::string& cause) {
  return caf::make_error(ec::codec, "failed to decode " + name_of(x) + ": "
                                      + cause + "; send the chunk again");
}

struct packed {
  uint64_t every = 0;
  std::vector<segment> segments;
};

caf::expected<packed> unpack(const chunk& x) {
  packed result;
  caf::binary_deserializer source{
    nullptr, reinterpret_cast<const char*>(x.bytes.data()), x.bytes.size()};
  if (auto err = source(result.every, result.segments))
    return unusable(x, "its segments cannot be read");
  if (result.every == 0)
    return unusable(x, "it does not say what a keyframe is");
  return result;
}

} // namespace

chunk forward(const segment_run& xs, const std::vector<frame_info>& keyframes,
              uint64_t every) {
  std::vector<segment> segments;
  for (auto& x : xs) {
    segments.push_back(*x);
    segments.back().stream.clear(); // the chunk has it
  }
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  if (auto err = sink(every, segments))
    bytes.clear(); // vectors take all; who decodes says so
  chunk result;
  result.codec.codec = forwarded_codec;
  result.last = false; // the next chunk's first part says so
  for (auto& x : keyframes)
    result.frames.push_back({x.number, 0, x.pts_us, x.captured, x.damaged});
  if (!result.frames.empty())
    result.frames.front().size = uint32_t(bytes.size());
  result.bytes = blob{blob::buffer(bytes.begin(), bytes.end())};
  return result;
}

caf::expected<std::vector<frame>> forwarded_decoder::decode(const chunk& x) {
  auto result = take(x);
  next_part_ = result ? x.part + 1 : 0;
  return result;
}

// A chunk that follows another without a gap goes on in its decoder.
caf::expected<std::vector<frame>> forwarded_decoder::take(const chunk& x) {
  auto follows = x.part == next_part_ && x.seq == seq_ && x.stream == stream_;
  if (x.part > 0 && !follows)
    return unusable(x, "the part before it is missing");
  auto in = unpack(x);
  if (!in)
    return std::move(in.error());
  if (!pictures_ || every_ != in->every) {
    pictures_.emplace(decoder_config{in->every, threads_, true});
    ready_.clear();
    every_ = in->every;
  }
  stream_ = x.stream;
  seq_ = x.seq;
  caf::error problem;
  auto keep = [&](decoded y) {
    for (auto& f : y.frames)
      ready_.insert_or_assign(f.number(), std::move(f));
    if (y.problem)
      problem = std::move(y.problem);
  };
  for (auto& y : in->segments) {
    y.stream = x.stream;
    keep(pictures_->decode(y));
    if (y.last)
      keep(pictures_->finish());
  }
  std::vector<frame> result;
  for (auto& f : x.frames) {
    auto i = ready_.find(f.number);
    if (i == ready_.end())
      return problem ? problem
                     : unusable(x, "frame " + std::to_string(f.number)
                                     + " is missing");
    result.push_back(std::move(i->second));
    ready_.erase(ready_.begin(), std::next(i)); // nobody asks for earlier ones
  }
  while (ready_.size() > most_ready)
    ready_.erase(ready_.begin());
  return result;
}

} // namespace vpaas
