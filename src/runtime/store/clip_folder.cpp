#include "runtime/store/clip_folder.hpp"

#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/private_folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace vpaas {

namespace fs = std::filesystem;

namespace {

caf::error failed(const std::string& verb, const std::string& path,
                  int problem) {
  return caf::make_error(ec::io, "failed to " + verb + " " + path + ": "
                                   + std::strerror(problem)
                                   + "; look at the disk of store.clips");
}

/// FIRST-LAST.mp4; none where it is another file.
std::optional<stored_clip> clip_called(const fs::path& x) {
  stored_clip result;
  unsigned long long first = 0, last = 0;
  auto length = 0;
  auto name = x.filename().string();
  if (std::sscanf(name.c_str(), "%llu-%llu.mp4%n", &first, &last, &length) != 2
      || length != static_cast<int>(name.size()) || last < first)
    return std::nullopt;
  struct stat info {};
  if (::stat(x.c_str(), &info) != 0)
    return std::nullopt;
  result.first = first;
  result.last = last;
  result.bytes = static_cast<uint64_t>(info.st_size);
  result.kept = caf::timestamp{std::chrono::seconds(info.st_mtim.tv_sec)};
  return result;
}

/// How many frames it shows on the shorter side of `frame`.
uint64_t around(const stored_clip& x, uint64_t frame) {
  return std::min(frame - x.first, x.last - frame);
}

} // namespace

clip_folder::clip_folder(std::string folder, clip_limits limits)
  : folder_(std::move(folder)), limits_(limits) {
  // nop
}

caf::expected<clip_folder> clip_folder::open(const std::string& folder,
                                             clip_limits limits) {
  if (auto problem = make_private_folder(folder))
    return failed("make", folder, problem);
  clip_folder result{folder, limits};
  result.scan();
  return result;
}

void clip_folder::scan() {
  std::error_code ignored;
  for (auto& stream : fs::directory_iterator{folder_, ignored}) {
    auto name = stream.path().filename().string();
    if (!is_name(name) || !stream.is_directory(ignored))
      continue;
    for (auto& file : fs::directory_iterator{stream.path(), ignored})
      if (auto x = clip_called(file.path()))
        streams_[name].emplace(x->first, *x);
      else if (file.path().extension() == ".part") // a death cut it off
        fs::remove(file.path(), ignored);
  }
}

std::string clip_folder::path_of(const std::string& stream,
                                 const stored_clip& x) const {
  return folder_ + "/" + stream + "/" + std::to_string(x.first) + "-"
         + std::to_string(x.last) + ".mp4";
}

caf::error clip_folder::keep(const std::string& stream, uint64_t first,
                             uint64_t last, const std::string& bytes,
                             caf::timestamp now) {
  if (auto problem = make_private_folder(folder_ + "/" + stream))
    return failed("make", folder_ + "/" + stream, problem);
  stored_clip x{first, last, bytes.size(), now};
  auto path = path_of(stream, x);
  auto part = path + ".part";
  std::error_code ignored;
  {
    std::ofstream out{part, std::ios::binary};
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) {
      auto problem = errno;
      fs::remove(part, ignored);
      return failed("write", part, problem);
    }
  }
  auto& all = streams_[stream];
  if (auto same = all.find(first); same != all.end())
    if (auto err = remove(stream, all, same))
      return err;
  if (std::rename(part.c_str(), path.c_str()) != 0)
    return failed("rename", part, errno);
  all[first] = x;
  uint64_t sum = 0;
  for (auto& [key, y] : all)
    sum += y.bytes;
  while (sum > limits_.max_bytes && all.size() > 1) {
    auto oldest = std::min_element(
      all.begin(), all.end(),
      [](auto& a, auto& b) { return a.second.kept < b.second.kept; });
    sum -= oldest->second.bytes;
    if (auto err = remove(stream, all, oldest))
      return err;
  }
  return caf::none;
}

std::optional<stored_clip> clip_folder::find(const std::string& stream,
                                             uint64_t frame) const {
  auto all = streams_.find(stream);
  if (all == streams_.end())
    return std::nullopt;
  std::optional<stored_clip> best;
  for (auto& [first, x] : all->second)
    if (x.first <= frame && frame <= x.last
        && (!best || around(x, frame) > around(*best, frame)))
      best = x;
  return best;
}

caf::expected<std::string>
clip_folder::read(const std::string& stream, const stored_clip& x,
                  uint64_t offset, uint64_t most) const {
  auto path = path_of(stream, x);
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return errno == ENOENT
             ? caf::make_error(ec::not_found, "the clip " + path + " is gone")
             : failed("read", path, errno);
  std::string result;
  if (offset >= x.bytes)
    return result;
  result.resize(std::min(most, x.bytes - offset));
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(result.data(), static_cast<std::streamsize>(result.size()));
  if (!in)
    return failed("read", path, EIO);
  return result;
}

caf::error clip_folder::remove(const std::string& stream, clips_of_stream& in,
                               clips_of_stream::iterator which) {
  std::error_code problem;
  auto path = path_of(stream, which->second);
  fs::remove(path, problem);
  if (problem)
    return failed("remove", path, problem.value());
  in.erase(which);
  return caf::none;
}

caf::error clip_folder::prune(caf::timestamp now) {
  for (auto& [stream, all] : streams_)
    for (auto i = all.begin(); i != all.end();) {
      auto it = i++;
      if (now - it->second.kept > limits_.max_age)
        if (auto err = remove(stream, all, it))
          return err;
    }
  return caf::none;
}

caf::error clip_folder::forget(const std::string& stream) {
  streams_.erase(stream);
  std::error_code problem;
  fs::remove_all(folder_ + "/" + stream, problem);
  return problem ? failed("remove", folder_ + "/" + stream, problem.value())
                 : caf::error{};
}

uint64_t clip_folder::clips() const {
  uint64_t result = 0;
  for (auto& [stream, all] : streams_)
    result += all.size();
  return result;
}

uint64_t clip_folder::bytes() const {
  uint64_t result = 0;
  for (auto& [stream, all] : streams_)
    for (auto& [first, x] : all)
      result += x.bytes;
  return result;
}

} // namespace vpaas
