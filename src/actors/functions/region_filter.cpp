#include "actors/functions/region_filter.hpp"

#include <map>
#include <utility>

namespace vpaas {

namespace {

/// The names that occur in an answer, in the order of their first use.
class name_table {
public:
  explicit name_table(const std::vector<std::string>& labels)
    : labels_(labels) {
    // nop
  }

  /// Returns the place of a label's name. A label that the model gives no name
  /// is called by its number.
  int32_t place_of(int32_t label) {
    auto [i, fresh] = places_.emplace(label, int32_t(names_.size()));
    if (fresh) {
      auto known = label >= 0 && size_t(label) < labels_.size();
      names_.push_back(known ? labels_[size_t(label)] : std::to_string(label));
    }
    return i->second;
  }

  std::vector<std::string> take() {
    return std::move(names_);
  }

private:
  const std::vector<std::string>& labels_;
  std::map<int32_t, int32_t> places_;
  std::vector<std::string> names_;
};

chunk_answer answer_to(const detections& x, const region_filter_config& cfg) {
  chunk_answer result;
  result.model = x.model;
  name_table names{x.labels};
  for (auto& f : x.frames) {
    auto split = filter_regions(f.found, cfg);
    for (auto& y : split.labels)
      y.label = names.place_of(y.label);
    for (auto& y : split.regions)
      y.hint = names.place_of(y.hint);
    result.frames.push_back(
      {f.frame, std::move(split.labels), std::move(split.regions)});
  }
  result.names = names.take();
  return result;
}

/// The detector's thresholds, with those that are set in their place.
region_filter_config with(region_filter_config x, const document& how) {
  for_each_field(x, [&](const char* key, float& value) {
    if (auto given = how.get<float>(key); given >= 0)
      value = given;
  });
  return x;
}

} // namespace

function_spec region_filter_function::spec() {
  function_spec result;
  result.name = "region_filter";
  result.input = detections::type_name;
  result.output = chunk_answer::type_name;
  result.help = "splits what was found into labels and regions to name";
  for_each_field(region_filter_config{}, [&](const char* key, float) {
    result.parameters.push_back(number(
      key, -1, -1, 1, "threshold (IV-B); -1: what the model's card says"));
    result.options.push_back(key);
  });
  return result;
}

caf::expected<item> region_filter_function::apply(const item& x,
                                                  const document& how) {
  auto& in = *x.value.get<detections>();
  auto out = answer_to(in, with(in.thresholds, how));
  ++counters.items;
  counters.frames += out.frames.size();
  for (auto& f : in.frames)
    counters.found += f.found.size();
  for (auto& f : out.frames) {
    counters.labels += f.labels.size();
    counters.regions += f.regions.size();
  }
  return make_item(x.stream, x.seq, std::move(out));
}

region_filter_status region_filter_function::status() const {
  auto x = counters;
  x.left_out = x.found - x.labels - x.regions;
  return x;
}

} // namespace vpaas
