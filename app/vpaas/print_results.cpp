#include "print_results.hpp"

#include "runtime/json.hpp"
#include "runtime/store/lines_file.hpp"

#include <ctime>
#include <iostream>
#include <map>

namespace vpaas {

namespace {

std::string time_of_day(caf::timestamp x) {
  auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(x.time_since_epoch())
        .count();
  std::time_t time = seconds;
  std::tm parts{};
  localtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%F %T", &parts);
  return text;
}

/// "car 2, person 1": what is on a frame, for people.
std::string summary(const frame_result& x) {
  std::map<std::string, size_t> counts;
  for (auto& object : x.objects)
    ++counts[object.label];
  std::string result;
  for (auto& [label, n] : counts)
    result += (result.empty() ? "" : ", ") + label + " " + std::to_string(n);
  return result.empty() ? "nothing" : result;
}

/// Names come from anywhere: nothing of them may steer a terminal.
std::string printable(std::string x) {
  for (auto& c : x)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = '?';
  return x;
}

std::string line_of(const frame_result& x, const std::string& node) {
  if (node.empty())
    return to_line(x);
  auto value = to_json_value(x);
  value["node"] = node;
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

bool print_results(const std::vector<frame_result>& xs,
                   const result_wishes& want, const std::string& node) {
  for (auto& x : xs) {
    if (want.lines) {
      std::cout << line_of(x, node) << '\n';
      continue;
    }
    std::cout << time_of_day(x.captured) << "  "
              << (node.empty() ? "" : printable(node) + "  ")
              << printable(x.stream) << " " << x.frame << "  "
              << printable(x.pipeline) << "  " << printable(summary(x))
              << (x.revision > 0 ? "  (revised)" : "") << '\n';
  }
  std::cout << std::flush;
  return static_cast<bool>(std::cout);
}

} // namespace vpaas
