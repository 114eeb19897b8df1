#!/usr/bin/env bash
# In CAF 0.17 a request that an actor has taken, to answer it later by a promise,
# is never answered when that actor ends: no error comes, without a timeout the
# request stays open for good. One that still lies in the mailbox is answered
# with request_receiver_down.
#
# Package (Debian 12): libcaf-dev 0.17.6, g++. Kills two actors, of which one has
# taken its request and one has not, and prints what monitor and request hear
# within two seconds; fails where that changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' libcaf-dev
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.cpp <<'CPP'
#include <caf/all.hpp>

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <vector>

using namespace caf;

/// Answers later, which never comes.
behavior takes(event_based_actor* self) {
  auto open = std::make_shared<std::vector<response_promise>>();
  return {[self, open](get_atom) -> result<int> {
    open->push_back(self->make_response_promise());
    return delegated<int>{};
  }};
}

/// Leaves everything in its mailbox.
behavior leaves(event_based_actor* self) {
  self->set_default_handler(skip);
  return {[](ok_atom) {}};
}

struct heard {
  std::string monitor = "nothing", request = "nothing";
};

/// Asks `whom` without a timeout, kills it, and listens for two seconds.
heard listen(actor_system& sys, const actor& whom) {
  auto result = std::make_shared<heard>();
  auto asker = sys.spawn([=](event_based_actor* self) -> behavior {
    self->monitor(whom);
    self->set_down_handler([=](const down_msg& x) {
      result->monitor = self->system().render(x.reason);
    });
    self->request(whom, infinite, get_atom_v)
      .then([=](int) { result->request = "an answer"; },
            [=](const error& x) {
              result->request = self->system().render(x);
            });
    return {[](ok_atom) { return true; }};
  });
  sleep(1);
  anon_send_exit(whom, exit_reason::kill);
  sleep(2);
  scoped_actor self{sys};
  self->request(asker, std::chrono::seconds(5), ok_atom_v)
    .receive([](bool) {}, [](const error&) {});
  auto copy = *result;
  anon_send_exit(asker, exit_reason::kill);
  return copy;
}

int main() {
  actor_system_config cfg;
  actor_system sys{cfg};
  auto taken = listen(sys, sys.spawn(takes));
  auto left = listen(sys, sys.spawn(leaves));
  std::cout << "taken:          the monitor hears " << taken.monitor
            << ", the request " << taken.request
            << "\nin the mailbox: the monitor hears " << left.monitor
            << ", the request " << left.request << '\n';
  return taken.monitor != "nothing" && taken.request == "nothing"
             && left.request == "system_error(request_receiver_down)"
           ? 0
           : 1;
}
CPP
g++ -std=c++17 -O1 main.cpp -o main -lcaf_core -pthread
timeout 60 ./main
