#include "kinds.hpp"
#include "node_program.hpp"
#include "runtime/nn/environment.hpp"

int main(int argc, char** argv) {
  using namespace vpaas;
  ensure_environment(argv);
  return run_node({tier::cloud, cloud_kinds}, argc, argv);
}
