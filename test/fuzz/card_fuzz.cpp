// libFuzzer on model cards: any bytes are read or refused, and what was read is
// written as text that reads back the same.

#include "runtime/nn/card.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vpaas;
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  // The first line stands for the file of labels.
  std::string labels{bytes.substr(0, bytes.find('\n'))};
  auto card = parse_card(bytes.substr(std::min(size, labels.size() + 1)),
                         "fuzz", &labels);
  if (!card)
    return 0;
  auto text = to_ini(*card);
  auto again = parse_card(text, "again");
  if (!again || to_ini(*again) != text)
    std::abort();
  return 0;
}
