#include "support/rtsp_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace vpaas::test {

namespace {

constexpr const char* script = "test/support/rtsp_server.py";

} // namespace

rtsp_server::rtsp_server(std::string file) : file_(std::move(file)) {
  start();
}

rtsp_server::~rtsp_server() {
  kill();
}

bool rtsp_server::available() {
  static const auto result
    = std::system("/usr/bin/python3 -c \"import gi; "
                  "gi.require_version('GstRtspServer', '1.0')\" 2>/dev/null")
      == 0;
  if (!result)
    std::cout << "skipped: gir1.2-gst-rtsp-server-1.0 is absent\n";
  return result;
}

void rtsp_server::command(const std::string& line) const {
  auto text = line + "\n";
  if (::write(input_, text.data(), text.size()) < 0)
    throw std::runtime_error("the RTSP server is gone");
}

void rtsp_server::kill() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(input_);
  pid_ = -1;
}

void rtsp_server::start() {
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe for the RTSP server");
  auto port = std::to_string(port_);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    ::execl("/usr/bin/python3", "python3", script, port.c_str(),
            file_.empty() ? nullptr : file_.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  std::string line; // blocks until the server is ready
  for (char c = 0; c != '\n' && ::read(out[0], &c, 1) == 1;)
    line += c;
  ::close(out[0]);
  if (line.empty() || line.back() != '\n')
    throw std::runtime_error("the RTSP server did not start");
  port_ = static_cast<uint16_t>(std::stoi(line));
}

} // namespace vpaas::test
