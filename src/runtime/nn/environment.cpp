#include "runtime/nn/environment.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace vpaas {

namespace {

bool has_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
         && __builtin_cpu_supports("avx512dq")
         && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

} // namespace

std::vector<std::pair<std::string, std::string>> missing_variables() {
  std::vector<std::pair<std::string, std::string>> result;
  auto want = [&](const char* name, const char* value) {
    if (std::getenv(name) == nullptr)
      result.emplace_back(name, value);
  };
  want("OMP_WAIT_POLICY", "passive");
  want("MALLOC_ARENA_MAX", "1"); // another one maps whatever exceeds 64 MiB
  // What actors send is freed by other threads: of a size, a thread keeps so
  // many blocks out of the one arena's lock, in place of 7.
  want("GLIBC_TUNABLES", "glibc.malloc.tcache_count=64");
  want("MALLOC_MMAP_THRESHOLD_", "1073741824");
  want("MALLOC_TRIM_THRESHOLD_", "1073741824");
  if (has_avx512())
    want("OPENBLAS_CORETYPE", "SkylakeX");
  return result;
}

void ensure_environment(char** argv) {
  auto missing = missing_variables();
  if (missing.empty())
    return;
  for (auto& [name, value] : missing)
    if (setenv(name.c_str(), value.c_str(), 0) != 0)
      return; // starting again would not help, and might never end
  // By its real path: the name of the process comes from it.
  std::error_code failed;
  auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed)
    execv(path.c_str(), argv);
}

} // namespace vpaas
