#include "artifact_check.hpp"
#include "kinds.hpp"
#include "model_list.hpp"
#include "node_program.hpp"
#include "stores.hpp"

int main(int argc, char** argv) {
  using namespace vpaas;
  auto kinds = [](const settings& x) {
    return backend_kinds(
      x, [] { return model_list(default_zoo("")); }, check_artifact);
  };
  return run_node({tier::backend, kinds, find_stores}, argc, argv);
}
