// libFuzzer on the reader of .pth and safetensors files: any bytes are read or
// refused, never a crash, a leak or much memory.

#include "runtime/nn/weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (size > 0 && size % 2 == 0)
    (void)vpaas::read_safetensors(bytes, "fuzz");
  (void)vpaas::read_pth(bytes, "fuzz");
  return 0;
}
