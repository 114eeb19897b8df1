#include "networks.hpp"
#include "node_program.hpp"
#include "runtime/nn/environment.hpp"

int main(int argc, char** argv) {
  using namespace vpaas;
  ensure_environment(argv);
  auto kinds = [](const settings& x) { return fog_kinds(x, networks_of(x)); };
  return run_node({tier::fog, kinds, find_networks}, argc, argv);
}
