// Kills an actor of a running node, as a fault in it would: HOST PORT NAME.

#include "support/real_node.hpp"

#include <iostream>

int main(int argc, char** argv) {
  using namespace vpaas;
  if (argc != 4)
    return 2;
  test::visitor_config cfg;
  caf::actor_system sys{cfg};
  auto node = find_published(sys, argv[1], uint16_t(std::stoi(argv[2])),
                             std::chrono::seconds(10));
  if (!node)
    return 1;
  caf::scoped_actor self{sys};
  auto status = 1;
  self
    ->request(caf::actor_cast<node_actor>(*node), std::chrono::seconds(10),
              resolve_atom_v, std::string{argv[3]})
    .receive(
      [&](const caf::actor& x) {
        self->monitor(x);
        self->send_exit(x, caf::exit_reason::kill);
        self->receive([&](const caf::down_msg&) { status = 0; },
                      caf::after(std::chrono::seconds(5)) >> [] {});
      },
      [](const caf::error& x) { std::cerr << describe(x) << '\n'; });
  return status;
}
