#!/usr/bin/env bash
# In CAF an actor that sends a message without waiting for an answer is ended by
# the receiver's error all the same: an error that a handler returns for an
# asynchronous message travels back to its sender, whose default for errors is
# to quit. Sent anonymously, the same message ends nobody.
#
# Package (Debian 12): libcaf-dev 0.17.6, g++. Prints which of two senders
# lived on; fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' libcaf-dev
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.cpp <<'CPP'
#include <caf/all.hpp>

#include <chrono>
#include <iostream>

using namespace caf;

behavior refuses(event_based_actor*) {
  return {[](int) -> result<void> { return sec::invalid_argument; }};
}

/// Tells `to` something and goes on; answers whether it is alive.
behavior sender(event_based_actor* self, actor to, bool anonymous) {
  if (anonymous)
    anon_send(to, 1);
  else
    self->send(to, 1);
  return {[](get_atom) { return true; }};
}

bool lives(actor_system& sys, bool anonymous) {
  auto to = sys.spawn(refuses);
  auto uut = sys.spawn(sender, to, anonymous);
  scoped_actor self{sys};
  self->delayed_send(self, std::chrono::milliseconds(300), ok_atom_v);
  self->receive([](ok_atom) {});
  auto result = false;
  self->request(uut, std::chrono::seconds(1), get_atom_v)
    .receive([&](bool x) { result = x; },
             [&](const error& x) { std::cout << sys.render(x) << ": "; });
  anon_send_exit(uut, exit_reason::kill);
  anon_send_exit(to, exit_reason::kill);
  return result;
}

int main() {
  actor_system_config cfg;
  actor_system sys{cfg};
  auto named = lives(sys, false);
  std::cout << "self->send: the sender " << (named ? "lives" : "has ended")
            << '\n';
  auto anonymous = lives(sys, true);
  std::cout << "anon_send:  the sender " << (anonymous ? "lives" : "has ended")
            << '\n';
  return !named && anonymous ? 0 : 1;
}
CPP
g++ -std=c++17 main.cpp -lcaf_core -pthread -o main
./main
