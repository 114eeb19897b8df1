// libFuzzer on files of heads: what passes its checks can be used.

#include "runtime/json.hpp"
#include "runtime/learning/one_vs_all.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vpaas;
  auto parsed = parse_json({reinterpret_cast<const char*>(data), size});
  if (!parsed)
    return 0;
  auto heads = from_json<one_vs_all>(*parsed);
  if (!heads || heads->validate())
    return 0;
  std::vector<float> row(heads->width(), 1);
  auto scores = heads->scores(row.data());
  auto name = heads->name(row.data());
  if (scores.size() != heads->classes.size()
      || name.label >= int32_t(heads->classes.size()))
    std::abort();
  return 0;
}
