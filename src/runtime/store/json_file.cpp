#include "runtime/store/json_file.hpp"

#include "runtime/error.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace vpaas {

caf::error write_json_file(const std::string& path, const json& x) {
  auto part = path + ".part";
  std::ofstream out{part, std::ios::binary};
  out << x.dump(1, ' ', false, json::error_handler_t::replace) << '\n';
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(part, path, failed);
  if (out && !failed)
    return caf::none;
  return caf::make_error(ec::io,
                         "failed to write " + path + "; look at its disk");
}

caf::expected<std::optional<json>> read_json_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return std::optional<json>{};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = parse_json(text);
  if (!parsed)
    return caf::make_error(ec::bad_input, "failed to read " + path + ": "
                                            + cause_of(parsed.error()));
  return std::optional<json>{std::move(*parsed)};
}

} // namespace vpaas
