// libFuzzer on topologies: a Lua script ends with a tree or an error, in
// bounded time and memory.

#include "runtime/node/topology.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vpaas;
  static const actor_kinds kinds{
    {"camera",
     "",
     {text("source", "", ""), integer("every", 15, 1, 100, "")},
     false,
     nullptr},
    {"link", "", {address("to", "127.0.0.1:1", "")}, false, nullptr}};
  static const json config{{"node", {{"name", "fuzz"}}},
                           {"vars", {{"x", {1, 2, 3}}}}};
  (void)run_topology({reinterpret_cast<const char*>(data), size}, "fuzz",
                     config, kinds);
  return 0;
}
