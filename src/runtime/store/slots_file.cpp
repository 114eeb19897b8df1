#include "runtime/store/slots_file.hpp"

#include "runtime/error.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

fs::path path_in(const std::string& folder) {
  return fs::path{folder} / "slots.json";
}

} // namespace

caf::error write_slots(const std::string& folder,
                       const std::vector<kept_slot>& xs) {
  auto path = path_in(folder);
  auto part = path.string() + ".part";
  std::ofstream out{part, std::ios::binary};
  out << to_json_value(xs).dump(1, ' ', false, json::error_handler_t::replace)
      << '\n';
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(part, path, failed);
  if (out && !failed)
    return caf::none;
  return caf::make_error(ec::io, "failed to write " + path.string()
                                   + "; look at its disk");
}

caf::expected<std::vector<kept_slot>> read_slots(const std::string& folder) {
  std::vector<kept_slot> result;
  std::ifstream in{path_in(folder), std::ios::binary};
  if (!in)
    return result;
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = parse_json(text);
  auto err = parsed ? from_json_value(*parsed, result, "slots")
                    : std::move(parsed.error());
  if (err)
    return caf::make_error(ec::bad_input,
                           "failed to read " + path_in(folder).string() + ": "
                             + cause_of(err) + "; the backend says it again");
  return result;
}

} // namespace vpaas
