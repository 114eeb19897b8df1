#include "runtime/learning/label_wishes.hpp"

#include "runtime/error.hpp"
#include "runtime/learning/kept_crop.hpp"
#include "runtime/policy/access.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace vpaas {

namespace {

constexpr size_t most_of_a_wish = 500; // crops
constexpr size_t longest_label = 64;   // bytes

caf::error bad(const std::string& cause, const std::string& remedy) {
  return caf::make_error(ec::bad_input, cause + "; " + remedy);
}

bool printable_label(const std::string& x) {
  return x.size() <= longest_label
         && std::all_of(x.begin(), x.end(),
                        [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
}

} // namespace

bool sees_crop(const std::vector<std::string>& cameras,
               const std::string& crop) {
  visitor who;
  who.cameras = cameras;
  return sees(who, stream_of_crop(crop));
}

caf::expected<std::vector<label_entry>>
entries_of(const label_wish& x,
           const std::function<bool(const std::string&)>& known,
           caf::timestamp now) {
  if (x.who.empty())
    return bad("a label needs somebody who says it", "name who");
  if (x.crops.empty() || x.crops.size() > most_of_a_wish)
    return bad("a label needs 1 to " + std::to_string(most_of_a_wish)
                 + " crops",
               "name them");
  if (!printable_label(x.label))
    return bad("this is no label",
               "write at most " + std::to_string(longest_label)
                 + " bytes of text, or nothing for background");
  std::vector<label_entry> result;
  for (auto& id : x.crops) {
    if (!known(id) || !sees_crop(x.cameras, id))
      return caf::make_error(ec::not_found, "there is no crop \"" + id
                                              + "\"; see vpaas label list");
    label_entry entry;
    entry.time = now;
    entry.who = x.who;
    entry.crop = id;
    entry.label = x.label;
    entry.origin = x.origin;
    if (!x.once.empty())
      entry.once = x.once + "/" + id;
    result.push_back(std::move(entry));
  }
  return result;
}

caf::expected<std::vector<label_entry>>
entries_of(const undo_wish& x, const std::vector<label_entry>& log,
           caf::timestamp now) {
  if (x.who.empty())
    return bad("to take a label back needs somebody who does", "name who");
  std::set<uint64_t> undone;
  for (auto& y : log)
    if (y.undoes != 0)
      undone.insert(y.undoes);
  std::vector<label_entry> result;
  for (auto& y : log)
    if (y.undoes == 0 && undone.count(y.id) == 0 && sees_crop(x.cameras, y.crop)
        && (x.id != 0 ? y.id == x.id : y.who == x.annotator)) {
      label_entry entry;
      entry.time = now;
      entry.who = x.who;
      entry.crop = y.crop;
      entry.origin = x.origin;
      entry.undoes = y.id;
      entry.once = "undo/" + std::to_string(y.id);
      result.push_back(std::move(entry));
    }
  if (result.empty())
    return caf::make_error(ec::not_found, "there is no such label that holds; "
                                          "see the log");
  return result;
}

} // namespace vpaas
