// libFuzzer on what a peer sends: the bytes of a BASP payload are a message of
// our types or an error, never a crash or much memory.

#include "messages/protocol.hpp"
#include "messages/registry.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>

namespace {

struct config : caf::actor_system_config {
  config() {
    vpaas::register_messages(*this);
    set("scheduler.max-threads", 1);
    set("logger.verbosity", caf::atom("quiet"));
  }
};

template <class T>
void read(caf::execution_unit* unit, const char* data, size_t size) {
  T x{};
  caf::binary_deserializer source{unit, data, size};
  (void)source(x);
}

using reader = void (*)(caf::execution_unit*, const char*, size_t);

#define VPAAS_READER(T) read<T>,
constexpr reader readers[]{read<caf::message>,
                           VPAAS_MESSAGE_TYPES(VPAAS_READER)};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // They never end: at exit, what a system stands on may be gone before it.
  static auto& cfg = *new config;
  static auto& system = *new caf::actor_system{cfg};
  if (size == 0)
    return 0;
  auto bytes = reinterpret_cast<const char*>(data) + 1;
  readers[data[0] % std::size(readers)](system.dummy_execution_unit(), bytes,
                                        size - 1);
  return 0;
}
