#pragma once

// What every benchmark prints: lines for people, one object with --json.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace vpaas::bench {

/// Returns the `p`-quantile (nearest rank) of `xs`, p in [0, 1]; 0 where it is
/// empty.
inline double quantile(std::vector<double> xs, double p) {
  if (xs.empty())
    return 0;
  auto rank
    = static_cast<size_t>(std::llround(p * static_cast<double>(xs.size() - 1)));
  std::nth_element(xs.begin(), xs.begin() + static_cast<ptrdiff_t>(rank),
                   xs.end());
  return xs[rank];
}

/// Seconds since an arbitrary moment.
inline double seconds() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

/// Returns the text after `--name=`, or `fallback`.
inline std::string option(int argc, char** argv, const std::string& name,
                          const std::string& fallback) {
  auto prefix = "--" + name + "=";
  for (int i = 1; i < argc; ++i)
    if (std::string arg = argv[i]; arg.rfind(prefix, 0) == 0)
      return arg.substr(prefix.size());
  return fallback;
}

inline bool flag(int argc, char** argv, const std::string& name) {
  return std::any_of(argv + 1, argv + argc,
                     [&](const char* x) { return "--" + name == x; });
}

/// Prints the report: one JSON object, or one line a value.
inline void print(const nlohmann::json& report, int argc, char** argv) {
  if (flag(argc, argv, "json")) {
    std::cout << report.dump(2) << '\n';
    return;
  }
  auto lines = report.flatten(); // items() only refers to it
  for (const auto& [path, value] : lines.items())
    std::cout << path.substr(1) << ": " << value << '\n';
}

} // namespace vpaas::bench
