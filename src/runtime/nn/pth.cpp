#include "runtime/error.hpp"
#include "runtime/nn/element.hpp"
#include "runtime/nn/unpickle.hpp"
#include "runtime/nn/weights.hpp"
#include "runtime/nn/zip.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace vpaas {

namespace {

using storages = std::map<std::string, std::string_view>;

/// Whether PyTorch would have made a tensor of it.
bool is_strange_tensor(const pickled& x) {
  return x.is == pickled::kind::opaque
         && (x.text.rfind("torch._utils._rebuild", 0) == 0
             || x.text.rfind("torch._tensor._rebuild", 0) == 0);
}

/// Counts the tensors among the values of a dictionary.
size_t tensors_in(const pickle& p, const pickled& x) {
  size_t n = 0;
  for (size_t i = 1; i < x.items.size(); i += 2) {
    auto& value = p[x.items[i]];
    n += value.is == pickled::kind::tensor || is_strange_tensor(value);
  }
  return n;
}

/// The dictionary that holds the tensors: the fullest of the root and those
/// below it, the first and uppermost of equals.
const pickled* state_dictionary(const pickle& p) {
  std::vector<pickled::ref> found{p.root};
  std::vector<bool> seen(p.values.size(), false);
  seen[p.root] = true;
  const pickled* best = nullptr;
  size_t most = 0;
  for (size_t next = 0; next < found.size(); ++next) {
    auto& x = p[found[next]];
    if (x.is != pickled::kind::dictionary)
      continue;
    if (auto n = tensors_in(p, x); n > most) {
      best = &x;
      most = n;
    }
    for (size_t i = 1; i < x.items.size(); i += 2)
      if (auto below = x.items[i]; !seen[below]) {
        seen[below] = true;
        found.push_back(below);
      }
  }
  return best;
}

caf::error strange_tensor(const std::string& where, const std::string& name,
                          const pickled& x) {
  return caf::make_error(ec::bad_input,
                         "failed to read " + where + ": " + name
                           + " is made by " + x.text
                           + "; save dense tensors of plain numbers, not "
                             "quantised, sparse or complex ones");
}

caf::expected<weight_map> collect(const pickle& p, const storages& arrays,
                                  uint64_t budget, const std::string& where) {
  auto state = state_dictionary(p);
  if (state == nullptr)
    return damaged_file(where, "no dictionary of tensors in it");
  weight_map result;
  for (size_t i = 0; i + 1 < state->items.size(); i += 2) {
    auto& name = p[state->items[i]].text;
    auto& x = p[state->items[i + 1]];
    if (is_strange_tensor(x))
      return strange_tensor(where, name, x);
    if (x.is != pickled::kind::tensor)
      continue;
    auto array = arrays.find(x.data.key);
    if (array == arrays.end())
      return damaged_file(where, "the values of " + name + " are missing");
    auto available = array->second.size() / size_of(x.data.type);
    auto n = count(x.layout, available);
    auto shape = name + " of shape " + to_text(x.layout.shape);
    if (!n)
      return damaged_file(where, shape + " leaves its "
                                   + std::to_string(available) + " values");
    if (*n > budget / sizeof(float))
      return damaged_file(where, shape
                                   + " asks for more memory than a file "
                                     "of this size may");
    budget -= *n * sizeof(float);
    result[name] = {x.layout.shape,
                    gather(array->second.data(), x.data.type, x.layout)};
  }
  return without_wrappers(std::move(result));
}

caf::error big_endian(const std::string& where) {
  return caf::make_error(ec::bad_input,
                         "failed to read " + where
                           + ": its numbers are big-endian; save it again on "
                             "a little-endian machine");
}

caf::expected<weight_map> read_zip_pth(std::string_view bytes,
                                       const std::string& where) {
  auto records = read_zip(bytes);
  if (!records)
    return damaged_file(where, "truncated or damaged archive");
  const std::string index = "data.pkl";
  auto ends = [&](auto& x) {
    return x.first.size() > index.size()
           && x.first.compare(x.first.size() - index.size(), index.size(),
                              index)
                == 0;
  };
  auto found = std::find_if(records->begin(), records->end(), ends);
  if (found == records->end())
    return damaged_file(where, "the archive has no data.pkl");
  auto folder = found->first.substr(0, found->first.size() - index.size());
  if (records->count(folder + "constants.pkl") != 0)
    return caf::make_error(ec::bad_input,
                           "failed to read " + where
                             + ": it is TorchScript, not a state dictionary; "
                               "set architecture = torchscript in its card");
  if (auto order = records->find(folder + "byteorder");
      order != records->end() && order->second == "big")
    return big_endian(where);
  auto p = unpickle(found->second);
  if (!p)
    return damaged_file(where,
                        "its pickle is damaged or not a state dictionary's");
  storages arrays;
  auto prefix = folder + "data/";
  for (auto& [name, content] : *records)
    if (name.compare(0, prefix.size(), prefix) == 0)
      arrays[name.substr(prefix.size())] = content;
  return collect(*p, arrays, most_bytes_of(bytes), where);
}

/// First bytes of the form before PyTorch 1.6: a pickled magic number.
constexpr std::string_view legacy_magic{"\x80\x02\x8a\x0al\xfc\x9c"
                                        "F\xf9 j\xa8P\x19.",
                                        15};

/// Whether the third pickle of the older form says so of its machine.
bool says_big_endian(const pickle& system) {
  auto& items = system.top().items;
  for (size_t i = 0; i + 1 < items.size(); i += 2)
    if (auto& value = system[items[i + 1]];
        system[items[i]].text == "little_endian")
      return value.is == pickled::kind::number && value.number == 0;
  return false;
}

/// Five pickles (magic, protocol, system, object, keys), then the arrays in the
/// order of the keys, each with its count before it.
caf::expected<weight_map> read_legacy_pth(std::string_view bytes,
                                          const std::string& where) {
  auto rest = bytes;
  std::optional<pickle> object, keys;
  for (int i = 0; i < 5; ++i) {
    auto p = unpickle(rest);
    if (!p)
      return damaged_file(where, "pickle " + std::to_string(i + 1)
                                   + " of 5 is truncated or damaged");
    rest.remove_prefix(p->bytes);
    if (i == 2 && says_big_endian(*p))
      return big_endian(where);
    if (i == 3)
      object = std::move(p);
    else if (i == 4)
      keys = std::move(p);
  }
  std::map<std::string, element> types;
  for (auto& x : object->values)
    if (x.is == pickled::kind::stored)
      types[x.data.key] = x.data.type;
  storages arrays;
  for (auto i : keys->top().items) {
    auto& key = (*keys)[i].text;
    auto type = types.find(key);
    uint64_t values = 0;
    if (type == types.end() || rest.size() < sizeof values)
      return damaged_file(where, "the values of array " + key + " are missing");
    std::memcpy(&values, rest.data(), sizeof values);
    rest.remove_prefix(sizeof values);
    auto width = size_of(type->second);
    if (values > rest.size() / width)
      return damaged_file(where, "truncated in the values of array " + key);
    arrays[key] = rest.substr(0, values * width);
    rest.remove_prefix(values * width);
  }
  return collect(*object, arrays, most_bytes_of(bytes), where);
}

} // namespace

caf::expected<weight_map> read_pth(std::string_view bytes,
                                   const std::string& where) {
  if (bytes.substr(0, 4) == "PK\3\4")
    return read_zip_pth(bytes, where);
  if (bytes.substr(0, legacy_magic.size()) == legacy_magic)
    return read_legacy_pth(bytes, where);
  return damaged_file(where, "not a file that PyTorch saved");
}

} // namespace vpaas
