#include "runtime/media/read_back.hpp"

#include "runtime/error.hpp"
#include "runtime/media/source.hpp"

#include <algorithm>

namespace vpaas {

namespace {

caf::error refuse(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::codec, "failed to read back " + path + ": " + cause
                                      + "; MP4 cannot hold this source as it "
                                        "is: record another one");
}

/// What a file holds.
struct content {
  uint64_t frames = 0;
  stream_ends ends;

  void take(const segment& x) {
    frames += frames_in(x);
    ends.take(x);
  }
};

caf::expected<content> content_of(const std::string& path) {
  source_config config;
  config.url = path;
  auto in = source::open(config);
  if (!in)
    return std::move(in.error());
  segmenter cutter{path, {}};
  cutter.restart(in->codec(), in->reorder_depth());
  content result;
  for (;;) {
    auto x = in->read();
    if (!x)
      return std::move(x.error());
    if (!*x)
      break;
    if (auto part = cutter.push(**x, {}))
      result.take(*part);
  }
  if (auto rest = cutter.finish())
    result.take(*rest);
  return result;
}

} // namespace

void stream_ends::take(const segment& x) {
  if (x.part == 0 && !parts_.empty()) {
    auto first = parts_.front().number;
    auto between = [&](auto& y) {
      return y.number != first && y.number + 1 < x.number;
    };
    parts_.erase(std::remove_if(parts_.begin(), parts_.end(), between),
                 parts_.end());
  }
  parts_.push_back(x);
}

// The segment before the last is there for pictures of the last that are
// predicted from it; its own may need one that is not here.
decoded stream_ends::missing() const {
  decoder pictures{{1, 1, false}};
  decoded result;
  uint64_t first_end = 0, last_begin = 0;
  auto take = [&](decoded out) {
    result.lost.insert(result.lost.end(), out.lost.begin(), out.lost.end());
    if (!result.problem)
      result.problem = std::move(out.problem);
  };
  for (auto& x : parts_) {
    if (x.number == parts_.front().number)
      first_end = end_frame(x);
    if (x.part == 0)
      last_begin = x.first_frame;
    take(pictures.decode(x));
  }
  take(pictures.finish());
  auto between = [&](uint64_t n) { return n >= first_end && n < last_begin; };
  auto& lost = result.lost;
  lost.erase(std::remove_if(lost.begin(), lost.end(), between), lost.end());
  return result;
}

caf::error read_back(const written_file& x) {
  auto found = content_of(x.path);
  if (!found)
    return refuse(x.path, cause_of(found.error()));
  if (found->frames != x.frames)
    return refuse(x.path, "it has " + std::to_string(found->frames)
                            + " frames, " + std::to_string(x.frames)
                            + " were written");
  auto missing = found->ends.missing();
  if (missing.lost.size() <= x.ends.missing().lost.size())
    return caf::none;
  return refuse(
    x.path,
    std::to_string(missing.lost.size()) + " of its frames do not come out"
      + (missing.problem ? ": " + cause_of(missing.problem) : std::string{}));
}

} // namespace vpaas
