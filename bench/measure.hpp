#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace vpaas::bench {

using json = nlohmann::json;

/// Settings of a benchmark as `--name value`; `--json` alone asks for JSON.
class arguments {
public:
  arguments(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      std::string key = argv[i];
      auto value = i + 1 < argc && argv[i + 1][0] != '-' ? argv[++i] : "";
      values_[key] = value;
    }
  }

  bool has(const std::string& key) const {
    return values_.count(key) > 0;
  }

  std::string text(const std::string& key, const std::string& fallback) const {
    auto i = values_.find(key);
    return i == values_.end() ? fallback : i->second;
  }

  double number(const std::string& key, double fallback) const {
    auto i = values_.find(key);
    return i == values_.end() ? fallback : std::atof(i->second.c_str());
  }

private:
  std::map<std::string, std::string> values_;
};

inline double median(std::vector<double> xs) {
  auto middle = xs.begin() + static_cast<std::ptrdiff_t>(xs.size() / 2);
  std::nth_element(xs.begin(), middle, xs.end());
  return *middle;
}

/// Seconds that `f` takes.
template <class F>
double seconds(F&& f) {
  auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
    .count();
}

/// Prints rows as JSON, or as a table with the keys of the first as its head.
inline void print(const std::vector<json>& rows, bool as_json) {
  if (as_json) {
    std::cout << json(rows).dump(2) << "\n";
    return;
  }
  auto text = [](const json& x) {
    if (!x.is_number_float())
      return x.is_string() ? x.get<std::string>() : x.dump();
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.4g", x.get<double>());
    return std::string{buffer};
  };
  for (auto& row : rows) {
    for (auto& [key, value] : row.items())
      std::cout << key << " " << text(value) << "  ";
    std::cout << "\n";
  }
}

} // namespace vpaas::bench
