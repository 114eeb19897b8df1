#include "networks.hpp"
#include "node_program.hpp"
#include "runtime/nn/environment.hpp"
#include "stores.hpp"

int main(int argc, char** argv) {
  using namespace vpaas;
  ensure_environment(argv);
  auto kinds = [](const settings& x) { return fog_kinds(x, networks_of(x)); };
  auto find = [](const settings& config, const child_spec& child) {
    auto err = find_networks(config, child);
    return err ? err : find_stores(config, child);
  };
  return run_node({tier::fog, kinds, find}, argc, argv);
}
