// libFuzzer on JSON from a command line: values of options, and structs that
// are read from it. What was read is written and reads back.

#include "runtime/child_spec.hpp"
#include "runtime/function_spec.hpp"
#include "runtime/json.hpp"
#include "runtime/parameter.hpp"
#include "runtime/result.hpp"

#include <cstdlib>

namespace {

template <class T>
void read_and_write(const vpaas::json& x) {
  auto value = vpaas::from_json<T>(x);
  if (!value)
    return;
  auto text = vpaas::to_json_value(*value);
  auto again = vpaas::from_json<T>(text);
  if (!again || vpaas::to_json_value(*again) != text)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vpaas;
  static const parameter_specs specs{flag("a", false, ""),
                                     integer("b", 0, -5, 1e12, ""),
                                     number("c", 0, -1, 1, ""),
                                     text("d", "", ""),
                                     texts("e", ""),
                                     address("f", "127.0.0.1:1", ""),
                                     duration("g", "1s", 0, 60, ""),
                                     vpaas::size("h", "1KiB", 0, 1e9, ""),
                                     choice("i", {"x", "y"}, "")};
  auto x = parse_json({reinterpret_cast<const char*>(data), size});
  if (!x)
    return 0;
  for (auto& spec : specs)
    if (auto value = check_value(spec, *x); value && !check_value(spec, *value))
      std::abort(); // its canonical form is a value, too
  if (x->is_object())
    (void)check(specs, *x, "fuzz");
  read_and_write<child_spec>(*x);
  read_and_write<function_spec>(*x);
  read_and_write<frame_result>(*x);
  return 0;
}
