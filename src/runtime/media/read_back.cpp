#include "runtime/media/read_back.hpp"

#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/source.hpp"

#include <algorithm>
#include <deque>

namespace vpaas {

namespace {

caf::error refuse(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::codec, "failed to read back " + path + ": " + cause
                                      + "; MP4 cannot hold this source as it "
                                        "is: record another one");
}

// Keyframes of the parts that do not come out, and the decoder's words for it.
decoded missing_of(const std::deque<segment>& parts) {
  decoder pictures{{1, 1, false}};
  decoded result;
  auto take = [&](decoded out) {
    result.lost.insert(result.lost.end(), out.lost.begin(), out.lost.end());
    if (!result.problem)
      result.problem = std::move(out.problem);
  };
  for (auto& x : parts)
    take(pictures.decode(x));
  take(pictures.finish());
  return result;
}

} // namespace

caf::error read_back(const std::string& path, uint64_t frames) {
  source_config config;
  config.url = path;
  auto in = source::open(config);
  if (!in)
    return refuse(path, cause_of(in.error()));
  segmenter cutter{path, {}};
  cutter.restart(in->codec(), in->reorder_depth());
  std::deque<segment> ends; // all parts of the first and of the last segment
  uint64_t found = 0;
  auto take = [&](segment x) {
    found += frames_in(x);
    auto first = ends.empty() ? x.number : ends.front().number;
    if (x.part == 0)
      ends.erase(std::remove_if(ends.begin(), ends.end(),
                                [&](auto& y) {
                                  return y.number != first
                                         && y.number + 1 < x.number;
                                }),
                 ends.end());
    ends.push_back(std::move(x));
  };
  for (;;) {
    auto x = in->read();
    if (!x)
      return refuse(path, cause_of(x.error()));
    if (!*x)
      break;
    if (auto part = cutter.push(**x, {}))
      take(std::move(*part));
  }
  if (auto rest = cutter.finish())
    take(std::move(*rest));
  if (found != frames)
    return refuse(path, "it has " + std::to_string(found) + " frames, "
                          + std::to_string(frames) + " were written");
  auto missing = missing_of(ends);
  if (!missing.lost.empty())
    return refuse(
      path,
      std::to_string(missing.lost.size()) + " of its frames do not come out"
        + (missing.problem ? ": " + cause_of(missing.problem) : std::string{}));
  return caf::none;
}

} // namespace vpaas
