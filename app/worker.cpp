// vpaas-worker: the process of one user's function. A node starts it, with a
// socket and shared memory as descriptors 3 and 4; it is of no use otherwise.

#include "runtime/error.hpp"
#include "runtime/worker/function_library.hpp"
#include "runtime/worker/message_socket.hpp"
#include "runtime/worker/shared_area.hpp"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace vpaas;

namespace {

/// Bytes of address space and of memory, from /proc/self/statm.
struct usage {
  usage() {
    uint64_t pages = 0, used = 0;
    std::ifstream{"/proc/self/statm"} >> pages >> used;
    auto page = uint64_t(::sysconf(_SC_PAGESIZE));
    space = pages * page;
    resident = used * page;
  }

  uint64_t space = 0, resident = 0;
};

/// Bounds the address space of the process.
void limit_memory(uint64_t bytes) {
  rlimit x{};
  ::getrlimit(RLIMIT_AS, &x);
  x.rlim_cur = std::min<rlim_t>(bytes, x.rlim_max);
  ::setrlimit(RLIMIT_AS, &x);
}

void prepare() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // it ends with who started it
  std::signal(SIGINT, SIG_IGN);       // meant for the node
  rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // Pictures come and go: memory that is given back costs a fault a page.
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

/// The frame of a request, where it lies in the memory that both see.
vpaas_frame frame_of(const worker_request& x, const uint8_t* area) {
  auto half = [](int32_t n) { return (n + 1) / 2; };
  auto y = area + x.offset;
  auto u = y + uint64_t(x.width) * uint64_t(x.height);
  auto v = u + uint64_t(half(x.width)) * uint64_t(half(x.height));
  return {{y, u, v}, {x.width, half(x.width), half(x.width)},
          x.width,   x.height,
          x.number,  x.pts_us};
}

/// Answers requests until the node hangs up or memory runs out.
/// @param space bytes that the process may have beside what it shares
int serve(function_library& function, message_socket& node, shared_area& area,
          uint64_t space) {
  for (;;) {
    auto request = node.receive<worker_request>(caf::timespan{0});
    if (!request)
      return 0;
    if (request->area > area.size()) {
      limit_memory(space + area.size() + request->area); // both for a moment
      if (area.grow(size_t(request->area)))
        return 1;
      limit_memory(space + area.size());
    }
    auto answer = function.apply(frame_of(*request, area.data()));
    if (auto err = check_answer(answer, function.hello().output)) {
      answer.cause = cause_of(err);
      if (answer.verdict == worker_verdict::answered)
        answer.verdict = worker_verdict::failed;
      answer.objects.clear();
    }
    answer.id = request->id;
    answer.resident = usage{}.resident;
    if (node.send(answer))
      return 0;
    if (answer.verdict == worker_verdict::out_of_memory)
      return 1;
  }
}

} // namespace

int main() {
  message_socket node{worker_socket};
  shared_area area{worker_area};
  prepare();
  auto start = node.receive<worker_start>(std::chrono::seconds(10));
  if (!start) {
    std::cerr << "vpaas-worker: is started by a node, to run a user's function "
                 "(see \"functions of users\" in README.md)\n";
    return 2;
  }
  auto space = usage{}.space + start->memory;
  limit_memory(space);
  auto function = function_library::load(start->library, start->options);
  if (!function) {
    worker_hello hello;
    hello.problem = cause_of(function.error());
    node.send(hello);
    return 1;
  }
  if (node.send(function->hello()))
    return 0;
  return serve(*function, node, area, space);
}
