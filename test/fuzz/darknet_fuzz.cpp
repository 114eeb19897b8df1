// libFuzzer on the readers of darknet networks and weights.

#include "runtime/nn/darknet.hpp"
#include "runtime/nn/weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  (void)vpaas::parse_darknet(bytes, "fuzz");
  (void)vpaas::read_darknet(bytes, "fuzz");
  return 0;
}
