#include "runtime/learning/labels.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace vpaas {

namespace {

using by_annotator = std::map<std::string, const label_entry*>;

/// The last word of each annotator on each crop, of those that hold.
std::map<std::string, by_annotator>
last_words(const std::vector<label_entry>& entries) {
  std::set<uint64_t> undone;
  for (auto& x : entries)
    if (x.undoes != 0)
      undone.insert(x.undoes);
  std::map<std::string, by_annotator> result;
  for (auto& x : entries)
    if (x.undoes == 0 && undone.count(x.id) == 0)
      result[x.crop][x.who] = &x;
  return result;
}

standing_label verdict(const by_annotator& words) {
  struct vote {
    uint64_t count = 0;
    const label_entry* newest = nullptr;
  };
  std::map<std::string, vote> votes;
  for (auto& word : words) {
    auto& x = votes[word.second->label];
    ++x.count;
    if (!x.newest || word.second->id > x.newest->id)
      x.newest = word.second;
  }
  auto best
    = std::max_element(votes.begin(), votes.end(), [](auto& a, auto& b) {
        return std::pair{a.second.count, a.second.newest->id}
               < std::pair{b.second.count, b.second.newest->id};
      });
  auto& newest = *best->second.newest;
  return {newest.crop, newest.label, newest.id,
          newest.who,  words.size(), votes.size() > 1};
}

} // namespace

std::vector<standing_label>
standing_labels(const std::vector<label_entry>& entries) {
  std::vector<standing_label> result;
  for (auto& x : last_words(entries))
    result.push_back(verdict(x.second));
  std::sort(result.begin(), result.end(),
            [](auto& a, auto& b) { return a.id < b.id; });
  return result;
}

std::vector<annotator_report>
annotators_of(const std::vector<label_entry>& entries) {
  std::map<std::string, annotator_report> all;
  std::map<uint64_t, std::string> authors;
  for (auto& x : entries)
    if (x.undoes == 0) {
      authors[x.id] = x.who;
      all[x.who].who = x.who;
    }
  std::set<uint64_t> undone;
  for (auto& x : entries)
    if (x.undoes != 0 && authors.count(x.undoes) > 0
        && undone.insert(x.undoes).second)
      ++all[authors[x.undoes]].undone;
  for (auto& crop : last_words(entries)) {
    auto holds = verdict(crop.second).label;
    for (auto& word : crop.second) {
      auto& x = all[word.first];
      ++x.labels;
      x.shared += crop.second.size() > 1;
      x.outvoted += word.second->label != holds;
    }
  }
  std::vector<annotator_report> result;
  result.reserve(all.size());
  for (auto& x : all)
    result.push_back(x.second);
  return result;
}

} // namespace vpaas
