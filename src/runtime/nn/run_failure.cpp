#include "runtime/nn/run_failure.hpp"

#include "runtime/error.hpp"

#include <caf/make_message.hpp>

#include <sstream>

namespace vpaas {

namespace {

/// Whether an engine says that it got no memory: LibTorch on CPUs and GPUs,
/// OpenCV, the standard library.
bool tells_of_memory(const std::string& cause) {
  for (auto sign : {"allocate memory", "out of memory", "not enough memory",
                    "Insufficient memory", "bad_alloc"})
    if (cause.find(sign) != std::string::npos)
      return true;
  return false;
}

} // namespace

caf::error run_failure(const std::string& name, const input_batch& in,
                       const std::string& cause) {
  std::ostringstream what;
  what << "failed to run model " << name << " on [" << in.images << ", "
       << in.channels << ", " << in.height << ", " << in.width << "]: " << cause
       << (tells_of_memory(cause)
             ? "; give it more memory, or run fewer keyframes at once "
               "(max_batch)"
             : "; compare its card's [input]");
  return caf::make_error(ec::inference, what.str());
}

} // namespace vpaas
