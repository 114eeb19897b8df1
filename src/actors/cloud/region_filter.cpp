#include "actors/cloud/region_filter.hpp"

#include "messages/report.hpp"

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

} // namespace

function_spec region_filter_spec() {
  function_spec result;
  result.name = "region_filter";
  result.input = detections::type_name;
  result.output = chunk_answer::type_name;
  result.help = "splits what was found into labels and regions to name";
  for_each_field(region_filter_config{}, [&](const char* key, float) {
    result.parameters.push_back(number(
      key, -1, -1, 1, "threshold (IV-B); -1: what the model's card says"));
  });
  return result;
}

region_filter_state::region_filter_state(
  function_actor::stateful_pointer<region_filter_state> self)
  : self(self) {
  // nop
}

caf::result<item> region_filter_state::apply(const item& x) {
  auto* in = x.value.get<detections>();
  if (!in)
    return fail(caf::make_error(
      ec::bad_input, "failed to filter " + x.kind + " " + std::to_string(x.seq)
                       + " of " + x.stream
                       + ": it holds no detections; send what a detector "
                         "answers"));
  auto out = answer_to(*in, override(in->thresholds));
  ++counters.items;
  counters.frames += out.frames.size();
  for (auto& f : in->frames)
    counters.found += f.found.size();
  for (auto& f : out.frames) {
    counters.labels += f.labels.size();
    counters.regions += f.regions.size();
  }
  return make_item(x.stream, x.seq, std::move(out));
}

caf::result<document> region_filter_state::configure(const document& changes) {
  auto checked = check_changes(region_filter_spec().parameters, parameters,
                               changes, name);
  if (!checked)
    return checked.error();
  parameters = std::move(*checked);
  return parameters;
}

status_report region_filter_state::status() const {
  auto x = counters;
  x.left_out = x.found - x.labels - x.regions;
  return report(self, "ready", x);
}

caf::error region_filter_state::fail(caf::error reason) {
  ++counters.failed;
  counters.last_problem = describe(reason);
  return reason;
}

region_filter_config
region_filter_state::override(region_filter_config x) const {
  for_each_field(x, [&](const char* key, float& value) {
    if (auto given = parameters.get<float>(key); given >= 0)
      value = given;
  });
  return x;
}

function_actor::behavior_type
region_filter(function_actor::stateful_pointer<region_filter_state> self,
              document parameters) {
  self->state.parameters = std::move(parameters);
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop: it was ready when it was spawned
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return region_filter_spec(); },
  };
}

} // namespace vpaas
