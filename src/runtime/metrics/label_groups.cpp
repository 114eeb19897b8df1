#include "runtime/metrics/label_groups.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Parts of `text` between separators, empty ones included.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> result{""};
  for (auto c : text)
    if (c == separator)
      result.emplace_back();
    else
      result.back() += c;
  return result;
}

bool stays(const detection&) {
  return false;
}

bool stays(const truth_object& x) {
  return x.ignored;
}

template <class T>
std::vector<T> relabelled(const std::vector<T>& xs,
                          const std::vector<int32_t>& group_of) {
  std::vector<T> result;
  for (auto x : xs) {
    auto known = x.label >= 0 && size_t(x.label) < group_of.size();
    x.label = known ? group_of[size_t(x.label)] : -1;
    if (x.label >= 0 || stays(x))
      result.push_back(x);
  }
  return result;
}

} // namespace

label_groups road_users() {
  return {{"person", {"person"}},
          {"bike", {"bike", "bicycle", "motorbike", "motorcycle"}},
          {"vehicle", {"vehicle", "car", "bus", "truck", "train"}}};
}

label_groups each_label(const std::vector<std::string>& labels) {
  label_groups result;
  for (auto& x : labels)
    result.push_back({x, {x}});
  return result;
}

std::optional<label_groups> parse_label_groups(const std::string& text) {
  label_groups result;
  for (auto& part : split(text, ';')) {
    auto equals = part.find('=');
    auto name = part.substr(0, equals);
    auto labels = split(
      equals == std::string::npos ? name : part.substr(equals + 1), ',');
    auto empty = [](const std::string& x) { return x.empty(); };
    if (name.empty() || std::any_of(labels.begin(), labels.end(), empty))
      return std::nullopt;
    result.push_back({name, labels});
  }
  return result;
}

std::vector<int32_t> group_of_labels(const label_groups& groups,
                                     const std::vector<std::string>& labels) {
  std::vector<int32_t> result;
  for (auto& label : labels) {
    auto holds = [&](const label_group& x) {
      return std::find(x.labels.begin(), x.labels.end(), label)
             != x.labels.end();
    };
    auto i = std::find_if(groups.begin(), groups.end(), holds);
    result.push_back(i == groups.end() ? -1 : int32_t(i - groups.begin()));
  }
  return result;
}

std::vector<detection> grouped(const std::vector<detection>& xs,
                               const std::vector<int32_t>& group_of) {
  return relabelled(xs, group_of);
}

std::vector<truth_object> grouped(const std::vector<truth_object>& xs,
                                  const std::vector<int32_t>& group_of) {
  return relabelled(xs, group_of);
}

} // namespace vpaas
