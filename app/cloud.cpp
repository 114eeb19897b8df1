#include "kinds.hpp"
#include "node_program.hpp"

int main(int argc, char** argv) {
  using namespace vpaas;
  return run_node({tier::cloud, cloud_kinds}, argc, argv);
}
