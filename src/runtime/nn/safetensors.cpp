#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/nn/element.hpp"
#include "runtime/nn/weights.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <cstring>
#include <set>

namespace vpaas {

namespace {

/// The format's own bound.
constexpr uint64_t most_header = 100000000;

/// Parses the header and remembers a key that an object has twice; nothing
/// below the offsets of a tensor is kept.
class header_parser {
public:
  json parse(std::string_view text) {
    return json::parse(
      text,
      [this](int depth, json::parse_event_t event, json& x) {
        return keep(size_t(depth), event, x);
      },
      false);
  }

  std::string twice; ///< the key; empty where all differ

private:
  static constexpr size_t most_depth = 3; // header, tensor, list

  bool keep(size_t depth, json::parse_event_t event, const json& x) {
    using on = json::parse_event_t;
    if (depth > most_depth)
      return false;
    if (event == on::object_start && depth < most_depth)
      keys_[depth].clear();
    if (event == on::key
        && !keys_[depth - 1].insert(x.get<std::string>()).second)
      twice = x.get<std::string>();
    return true;
  }

  std::set<std::string> keys_[most_depth];
};

/// One tensor: what it is, and which bytes are its own.
struct entry {
  std::string name;
  element type = element::f32;
  std::vector<int64_t> shape;
  uint64_t first = 0, last = 0;
};

/// Reads what stands under a name. @returns what is wrong with it, or nothing
std::string read_entry(const json& x, entry& out) {
  if (!x.is_object() || !x.contains("dtype") || !x["dtype"].is_string()
      || !x.contains("shape") || !x["shape"].is_array()
      || !x.contains("data_offsets") || !x["data_offsets"].is_array()
      || x["data_offsets"].size() != 2)
    return "it needs dtype, shape and two data_offsets";
  auto& named = x["dtype"].get_ref<const std::string&>();
  auto type = element_of_safetensors(named);
  if (!type)
    return "numbers of type " + named + " are not supported";
  out.type = *type;
  for (auto& n : x["shape"]) {
    if (!n.is_number_unsigned() || n.get<uint64_t>() > (uint64_t{1} << 40))
      return "its shape holds what is no size";
    out.shape.push_back(n.get<int64_t>());
  }
  auto &first = x["data_offsets"][0], &last = x["data_offsets"][1];
  if (!first.is_number_unsigned() || !last.is_number_unsigned())
    return "its data_offsets are no two places";
  out.first = first.get<uint64_t>();
  out.last = last.get<uint64_t>();
  return "";
}

/// Row-major places of a shape, or nothing where their number overflows.
std::optional<strided> without_gaps(const std::vector<int64_t>& shape) {
  strided result;
  result.shape = shape;
  result.strides.assign(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    if (__builtin_mul_overflow(result.strides[i], shape[i],
                               &result.strides[i - 1]))
      return {};
  return result;
}

/// The values lie one tensor behind the other and fill the file.
std::string check_places(std::vector<entry>& xs, uint64_t size) {
  std::sort(xs.begin(), xs.end(), [](auto& a, auto& b) {
    return std::tie(a.first, a.last) < std::tie(b.first, b.last);
  });
  uint64_t end = 0;
  for (auto& x : xs) {
    if (x.first != end || x.last < x.first)
      return "tensor " + x.name + " begins at byte " + std::to_string(x.first)
             + " where " + std::to_string(end) + " is next";
    end = x.last;
  }
  if (end != size)
    return "its tensors take " + std::to_string(end) + " of "
           + std::to_string(size) + " bytes";
  return "";
}

} // namespace

caf::expected<weight_map> read_safetensors(std::string_view bytes,
                                           const std::string& where) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length)
    return damaged_file(where, "truncated");
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > std::min<uint64_t>(bytes.size() - sizeof length, most_header))
    return damaged_file(where, "its header leaves the file");
  auto data = bytes.substr(sizeof length + length);
  header_parser parser;
  auto header = parser.parse(bytes.substr(sizeof length, length));
  if (!header.is_object())
    return damaged_file(where, "its header is not a JSON object");
  if (!parser.twice.empty())
    return damaged_file(where, "its header has " + parser.twice + " twice");
  std::vector<entry> entries;
  for (auto& [name, x] : header.items()) {
    if (name == "__metadata__") {
      auto is_text = [](auto& value) { return value.is_string(); };
      if (!x.is_object() || !std::all_of(x.begin(), x.end(), is_text))
        return damaged_file(where, "its __metadata__ is no map of texts");
      continue;
    }
    entries.push_back({name, {}, {}, 0, 0});
    if (auto problem = read_entry(x, entries.back()); !problem.empty())
      return damaged_file(where, "tensor " + name + ": " + problem);
  }
  if (entries.empty())
    return damaged_file(where, "no tensors in it");
  if (auto problem = check_places(entries, data.size()); !problem.empty())
    return damaged_file(where, problem);
  weight_map result;
  for (auto& x : entries) {
    auto content = data.substr(x.first, x.last - x.first);
    auto layout = without_gaps(x.shape);
    auto values = content.size() / size_of(x.type);
    auto n = layout ? count(*layout, values) : std::nullopt;
    if (!n || *n * size_of(x.type) != content.size())
      return damaged_file(where, "tensor " + x.name + " of shape "
                                   + to_text(x.shape) + " does not fill its "
                                   + std::to_string(content.size()) + " bytes");
    result[x.name] = {x.shape, gather(content.data(), x.type, *layout)};
  }
  return without_wrappers(std::move(result));
}

} // namespace vpaas
