#include "runtime/worker/worker_process.hpp"

#include "runtime/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

namespace vpaas {

namespace {

/// What a worker is given of the node's environment: no secrets.
constexpr const char* kept_variables[]
  = {"PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ"};

/// Waits until a child ended, or for so long.
void await_end(pid_t process, int milliseconds) {
  auto file = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (file < 0)
    return;
  pollfd what{file, POLLIN, 0};
  while (::poll(&what, 1, milliseconds) < 0 && errno == EINTR)
    ;
  ::close(file);
}

caf::error failure(const std::string& verb, int code) {
  return caf::make_error(ec::io, "failed to " + verb + ": "
                                   + std::strerror(code)
                                   + "; is vpaas-worker beside the program?");
}

std::vector<std::string> environment() {
  std::vector<std::string> result;
  for (auto name : kept_variables)
    if (auto value = std::getenv(name))
      result.push_back(std::string{name} + "=" + value);
  return result;
}

uint64_t rows_below(int32_t rows) {
  return uint64_t(rows + 1) / 2;
}

/// Copies a frame without the gaps between its rows.
void copy(const vpaas_frame& x, uint8_t* to) {
  for (int i = 0; i < 3; ++i) {
    auto width = i == 0 ? size_t(x.width) : size_t(rows_below(x.width));
    auto rows = i == 0 ? uint64_t(x.height) : rows_below(x.height);
    for (uint64_t row = 0; row < rows; ++row, to += width)
      std::memcpy(to, x.plane[i] + ptrdiff_t(row) * x.stride[i], width);
  }
}

uint64_t bytes_of(const vpaas_frame& x) {
  return uint64_t(x.width) * uint64_t(x.height)
         + 2 * rows_below(x.width) * rows_below(x.height);
}

/// Descriptors for a child, which it gets under small numbers. Numbers that are
/// already small enough would be overwritten: they are moved up first.
class child_descriptors {
public:
  ~child_descriptors() {
    for (auto x : {socket, area})
      if (x >= 0)
        ::close(x);
  }

  bool move_up() {
    for (auto* x : {&socket, &area}) {
      auto up = *x < 0 ? -1 : ::fcntl(*x, F_DUPFD_CLOEXEC, 10);
      if (up < 0)
        return false;
      ::close(std::exchange(*x, up));
    }
    return true;
  }

  int socket = -1, area = -1;
};

/// Signals as in a fresh process: a node blocks those that it waits for.
struct spawn_attributes {
  spawn_attributes() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&value);
    posix_spawnattr_setsigmask(&value, &none);
    posix_spawnattr_setsigdefault(&value, &all);
    posix_spawnattr_setflags(&value,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  ~spawn_attributes() {
    posix_spawnattr_destroy(&value);
  }

  posix_spawnattr_t value;
};

} // namespace

caf::expected<std::unique_ptr<worker_process>>
worker_process::start(const worker_config& cfg) {
  std::unique_ptr<worker_process> result{new worker_process};
  if (auto err = result->area_.create())
    return err;
  if (auto err = result->spawn(cfg.program))
    return err;
  if (auto err = result->greet(cfg))
    return err;
  return result;
}

caf::error worker_process::spawn(const std::string& program) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return failure("make a socket for a worker", errno);
  socket_ = message_socket{ends[0]};
  child_descriptors child;
  child.socket = ends[1];
  child.area = area_.reader();
  if (!child.move_up())
    return failure("share memory with a worker", errno);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 2, 1);
  posix_spawn_file_actions_adddup2(&actions, child.socket, worker_socket);
  posix_spawn_file_actions_adddup2(&actions, child.area, worker_area);
  posix_spawn_file_actions_addclosefrom_np(&actions, worker_area + 1);
  std::string name = program;
  char* arguments[] = {name.data(), nullptr};
  auto variables = environment();
  std::vector<char*> pointers;
  pointers.reserve(variables.size() + 1);
  for (auto& x : variables)
    pointers.push_back(x.data());
  pointers.push_back(nullptr);
  spawn_attributes attributes;
  auto code = ::posix_spawn(&process_, program.c_str(), &actions,
                            &attributes.value, arguments, pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  if (code == 0)
    return caf::none;
  process_ = -1;
  return failure("start " + program, code);
}

caf::error worker_process::greet(const worker_config& cfg) {
  if (auto err
      = socket_.send(worker_start{cfg.library, cfg.options, cfg.memory}))
    return err;
  auto hello = socket_.receive<worker_hello>(cfg.start_limit);
  if (!hello)
    return hello.error() == ec::io ? ended() : std::move(hello.error());
  if (!hello->problem.empty())
    return caf::make_error(ec::bad_config, hello->problem);
  hello_ = std::move(*hello);
  return caf::none;
}

worker_process::~worker_process() {
  reap(true);
}

void worker_process::reap(bool kill) {
  if (process_ < 0)
    return;
  if (kill)
    ::kill(process_, SIGKILL);
  int ignored = 0;
  while (::waitpid(process_, &ignored, 0) < 0 && errno == EINTR)
    ;
  process_ = -1;
}

caf::error worker_process::ended() {
  // To wait for process -1 is to take the end of any child of the node.
  if (process_ < 0)
    return caf::make_error(ec::io, "it has ended");
  // It closed its socket: it is ending, or soon will.
  await_end(process_, 100);
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) != process_) {
    reap(true);
    return caf::make_error(ec::io, "it hung up");
  }
  process_ = -1;
  auto cause = WIFSIGNALED(status)
                 ? std::string{"it was ended by signal "}
                     + strsignal(WTERMSIG(status))
                 : "it ended with code " + std::to_string(WEXITSTATUS(status));
  return caf::make_error(ec::io, cause);
}

caf::error worker_process::make_room(uint64_t bytes) {
  // Places are multiples of a page, and grow only while it works on nothing.
  auto slot = std::max(slot_, (bytes + 4095) / 4096 * 4096);
  if (auto err = area_.grow(size_t(slot) * depth))
    return err;
  slot_ = slot;
  return caf::none;
}

caf::error worker_process::send(const vpaas_frame& x) {
  auto bytes = bytes_of(x);
  if (bytes > slot_) {
    if (busy() > 0)
      return caf::make_error(ec::overload, "a larger frame waits for those "
                                           "before it");
    if (auto err = make_room(bytes))
      return err;
  }
  auto offset = next_ % depth * slot_;
  copy(x, area_.data() + offset);
  worker_request request{next_,    area_.size(), offset,  x.width,
                         x.height, x.number,     x.pts_us};
  // What it answered before it ended is still to be received.
  if (auto err = socket_.send(request))
    return busy() > 0 ? err : ended();
  ++next_;
  asked_.push_back(clock::now());
  return caf::none;
}

caf::expected<worker_answer> worker_process::receive(caf::timespan limit) {
  auto end = std::max(asked_.front(), free_) + limit;
  auto left = std::max<caf::timespan>(end - clock::now(),
                                      std::chrono::milliseconds(1));
  auto answer = socket_.receive<worker_answer>(left);
  if (!answer)
    return answer.error() == ec::io ? ended() : std::move(answer.error());
  if (answer->id + busy() != next_)
    return caf::make_error(ec::bad_input, "it answered what was not asked");
  asked_.pop_front();
  free_ = clock::now();
  return answer;
}

std::string worker_program() {
  std::error_code ignored;
  auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path() / "vpaas-worker").string();
}

} // namespace vpaas
