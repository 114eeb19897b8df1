#include "runtime/zone_file.hpp"

#include "runtime/error.hpp"
#include "runtime/policy/time_zone.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace vpaas {

namespace {

/// "Europe/Berlin", and no way out of the folder of zones.
bool is_zone_name(const std::string& x) {
  return x.size() <= 64 && x.find("..") == std::string::npos
         && std::isalpha(static_cast<unsigned char>(x.front()))
         && std::all_of(x.begin(), x.end(), [](unsigned char c) {
              return std::isalnum(c) || c == '_' || c == '-' || c == '+'
                     || c == '/';
            });
}

/// The last line of a zone file, which is its rule.
std::string last_line(const std::string& bytes) {
  if (bytes.compare(0, 4, "TZif") != 0 || bytes.back() != '\n')
    return "";
  auto before = bytes.rfind('\n', bytes.size() - 2);
  return before == std::string::npos
           ? ""
           : bytes.substr(before + 1, bytes.size() - before - 2);
}

} // namespace

caf::expected<std::string> zone_rule(const std::string& name,
                                     const std::string& folder) {
  if (name == "UTC")
    return std::string{"UTC0"};
  if (time_zone::parse(name))
    return name;
  std::string bytes;
  auto path = folder + "/" + name;
  std::error_code failed;
  if (!name.empty() && is_zone_name(name)
      && std::filesystem::is_regular_file(path, failed)) {
    std::ifstream in{path, std::ios::binary};
    bytes.assign(std::istreambuf_iterator<char>{in}, {});
  }
  if (bytes.empty())
    return caf::make_error(ec::not_found,
                           "there is no time zone \"" + name
                             + "\"; write UTC, one such as Europe/Berlin (of "
                               "the package tzdata), or a rule such as "
                               "CET-1CEST,M3.5.0,M10.5.0/3");
  auto rule = last_line(bytes);
  auto read = time_zone::parse(rule);
  if (!read)
    return caf::make_error(ec::bad_input, "the file of the time zone " + name
                                            + " has no rule for what is to "
                                              "come: "
                                            + cause_of(read.error()));
  return rule;
}

} // namespace vpaas
