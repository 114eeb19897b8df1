#include "runtime/media/source_place.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vpaas {

namespace {

struct scheme_row {
  const char* name;
  const char* allowed; ///< protocols that such an address may lead to
  bool live;
};

constexpr const char* web = "http,https,httpproxy,tcp,tls,crypto";

// What README names; nothing else of FFmpeg's is opened, however a playlist, a
// redirection or a file's content may ask for it.
constexpr scheme_row schemes[] = {
  {"file", "file,pipe", false},
  {"http", web, false},
  {"https", web, false},
  {"rtmp", "rtmp,rtmps,tcp,tls", true},
  {"rtmps", "rtmp,rtmps,tcp,tls", true},
  {"rtp", "rtp,udp", true},
  {"rtsp", "rtsp,rtsps,rtp,udp,tcp,tls", true},
  {"rtsps", "rtsp,rtsps,rtp,udp,tcp,tls", true},
  {"srt", "srt,udp", true},
  {"tcp", "tcp", true},
  {"udp", "udp", true},
};

std::string listed() {
  std::string result;
  for (auto& x : address_schemes())
    result += (result.empty() ? "" : ", ") + x + "://";
  return result;
}

} // namespace

std::vector<std::string> address_schemes() {
  std::vector<std::string> result;
  for (auto& x : schemes)
    result.emplace_back(x.name);
  return result;
}

bool is_device(const source_config& config) {
  return config.url.whole().rfind("/dev/", 0) == 0 || config.format == "v4l2";
}

caf::expected<source_place> place_of(const source_config& config) {
  source_place result;
  auto& scheme = config.url.scheme();
  result.url = config.url.whole();
  if (scheme.empty()) {
    // A path: FFmpeg would take what stands before a colon for a protocol.
    result.allowed = "file,pipe";
    result.live = is_device(config);
    if (!result.live && config.format.empty()
        && result.url.find(':') != std::string::npos)
      result.url = "file:" + result.url;
    return result;
  }
  auto row = std::find_if(std::begin(schemes), std::end(schemes),
                          [&](auto& x) { return scheme == x.name; });
  if (row == std::end(schemes))
    return caf::make_error(ec::bad_config,
                           "failed to open " + to_string(config.url)
                             + ": there is no way to \"" + scheme
                             + "://\"; write a path, or one of " + listed());
  result.url.replace(0, scheme.size(), scheme);
  if (scheme == "file")
    result.url.erase(5, 2); // file:PATH
  result.allowed = row->allowed;
  result.live = row->live;
  result.http = scheme == "http" || scheme == "https";
  result.rtsp = scheme == "rtsp" || scheme == "rtsps";
  return result;
}

named_pipe::~named_pipe() {
  if (fd_ >= 0)
    ::close(fd_);
}

bool named_pipe::is_at(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISFIFO(about.st_mode);
}

// An ordinary open of a pipe does not return before there is a writer, whatever
// happens meanwhile.
caf::error named_pipe::open(const std::string& path, caf::timespan at_most,
                            const cancel_flag& cancel) {
  using std::chrono::steady_clock;
  fd_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd_ < 0)
    return caf::make_error(ec::io, "failed to open " + path + ": "
                                     + std::strerror(errno)
                                     + "; look at its permissions");
  auto end = steady_clock::now() + at_most;
  while (!(cancel && *cancel) && steady_clock::now() < end) {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, 50) > 0)
      return caf::none;
  }
  if (cancel && *cancel)
    return caf::make_error(ec::cancelled,
                           "failed to open " + path + ": it was stopped");
  return caf::make_error(ec::io, "failed to open " + path
                                   + ": nobody writes into this pipe; start "
                                     "who does");
}

} // namespace vpaas
