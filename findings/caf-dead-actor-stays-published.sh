#!/usr/bin/env bash
# In CAF an actor that has ended stays published: whoever connects to its port
# gets a handle as if it lived, from `remote_actor` without an error, and learns
# from the first request alone that there is nobody.
#
# Package (Debian 12): libcaf-dev 0.17.6, g++. Two actor systems over loopback;
# prints what the second one gets before and after the actor's end; fails where
# that changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' libcaf-dev
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.cpp <<'CPP'
#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <chrono>
#include <iostream>

using namespace caf;

struct config : actor_system_config {
  config() {
    load<io::middleman>();
  }
};

/// Connects, and asks: "no handle", "answered" or the error of the request.
std::string try_it(uint16_t port) {
  config cfg;
  actor_system sys{cfg};
  auto found = sys.middleman().remote_actor("127.0.0.1", port);
  if (!found)
    return "no handle";
  std::string result;
  scoped_actor self{sys};
  self->request(*found, std::chrono::seconds(5), get_atom_v)
    .receive([&](int) { result = "a handle; it answers"; },
             [&](const error& x) { result = "a handle; " + sys.render(x); });
  return result;
}

int main() {
  config cfg;
  actor_system sys{cfg};
  auto uut = sys.spawn([](event_based_actor*) -> behavior {
    return {[](get_atom) { return 7; }};
  });
  auto port = sys.middleman().publish(uut, 0, "127.0.0.1");
  if (!port)
    return 2;
  auto before = try_it(*port);
  scoped_actor self{sys};
  self->send_exit(uut, exit_reason::kill);
  self->wait_for(uut);
  auto after = try_it(*port);
  std::cout << "it lives:     " << before << "\nit has ended: " << after << '\n';
  return before == "a handle; it answers"
             && after == "a handle; system_error(request_receiver_down)"
           ? 0
           : 1;
}
CPP
g++ -std=c++17 -O1 main.cpp -o main -lcaf_io -lcaf_core -pthread
./main
