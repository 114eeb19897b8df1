// What a stream's coordinator makes of the cloud's answers.

#include "actors/fog/coordinator.hpp"

#include "actors/fog/wire_bytes.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

void coordinator_state::cloud_answered(uint64_t id, const item& x) {
  auto in = x.value.get<chunk_answer>();
  if (!in)
    return cloud_failed(
      id, caf::make_error(ec::bad_input, "the cloud answered " + x.kind));
  auto asked = questions.extract(id).mapped();
  owing = questions.empty() ? std::nullopt : std::optional{now_ns()};
  credit.answered(std::max<size_t>(asked.ahead, 1), now_ns() - asked.sent);
  if (asked.missed)
    watch.answered_late(asked.sent, now_ns());
  else
    watch.answered(asked.sent, now_ns());
  failed_in_a_row = 0;
  cloud_time.record(now_ns() - asked.sent);
  detect_time.record(in->decoding + in->detecting);
  counts.bytes_from_cloud += answer_bytes(self->system(), x);
  counts.cloud_frames += in->frames.size();
  std::set<uint64_t> missing{asked.frames.begin(), asked.frames.end()};
  for (auto& y : in->frames) {
    auto i = held.find(y.frame);
    if (missing.erase(y.frame) == 0 || i == held.end()) {
      ++counts.late;
      continue;
    }
    i->second.in_cloud = i->second.in_backup = false;
    counts.late += i->second.answered;
    auto& result = i->second.result;
    for (auto& label : y.labels)
      result.objects.push_back({label.where, name_at(in->names, label.label),
                                label.score, named_by::cloud});
    counts.labels_cloud += y.labels.size();
    if (result.pipeline == to_string(route::cloud_only))
      take_hints(y.regions, in->names, result);
    else if (!y.regions.empty()) {
      name_regions(y.frame, y.regions, in->names);
      continue;
    }
    finish(y.frame, named_by::cloud);
  }
  not_in_cloud({missing.begin(), missing.end()}, "cloud");
  proceed(); // there is room
}

void coordinator_state::take_hints(const std::vector<region>& places,
                                   const std::vector<std::string>& names,
                                   frame_result& out) {
  for (auto& x : places)
    if (x.hint_score >= cfg.hint_score) {
      out.objects.push_back(
        {x.where, name_at(names, x.hint), x.hint_score, named_by::cloud});
      ++counts.labels_cloud;
    }
}

// What is wrong with one part says nothing of the cloud, nor does one that has
// too much to do, unless it answers nothing else.
void coordinator_state::cloud_failed(uint64_t id, const caf::error& cause) {
  auto asked = questions.extract(id).mapped();
  ++counts.failures;
  ++failed_in_a_row;
  counts.last_error = describe(cause);
  auto of_the_part = cause == ec::bad_input || cause == ec::codec
                     || cause == ec::inference;
  auto busy = cause == ec::overload || cause == ec::cancelled
              || (asked.waits && cloud_up);
  auto quiet = silent();
  if (of_the_part) // that was an answer
    owing = questions.empty() ? std::nullopt : std::optional{now_ns()};
  if (!asked.missed && !of_the_part && (!busy || quiet))
    watch.missed(asked.sent, now_ns());
  close_chunk(); // later parts would need this one
  if (asked.waits && busy && !of_the_part && !quiet && !asked.missed
      && watch.phase() == fallback_phase::cloud)
    return ask_again(asked.frames);
  auto ours = cause.category() == caf::atom("vpaas");
  not_in_cloud(asked.frames, !ours || cause == ec::cloud_down ? "cloud_down"
                             : cause == ec::deadline          ? "deadline"
                                                              : "cloud");
}

void coordinator_state::name_regions(uint64_t number,
                                     std::vector<region> places,
                                     const std::vector<std::string>& names) {
  held.at(number).result.regions = uint32_t(places.size());
  counts.regions += places.size();
  with_picture(
    number,
    [self = self, number, places, names](const frame& x) {
      self->state.ask_classifier(x, places, names);
    },
    [self = self, number, n = places.size()] {
      self->state.no_picture_for(number, n);
    });
}

void coordinator_state::ask_classifier(const frame& picture,
                                       const std::vector<region>& places,
                                       const std::vector<std::string>& names) {
  auto number = picture.number();
  auto classifier = others->get<function_actor>(cfg.classifier);
  if (!classifier) {
    counts.unnamed += places.size();
    return finish(number, named_by::cloud);
  }
  asking
    .send(self, classifier, patience, apply_atom_v,
          make_item(cfg.stream, number, regions{picture, places, names}))
    .then([self = self, asked = now(), number, places](
            const item& x) { self->state.named(asked, number, places, x); },
          [self = self, number, n = places.size()](const caf::error& cause) {
            self->state.counts.unnamed += n;
            self->state.counts.last_error = describe(cause);
            self->state.finish(number, named_by::cloud);
          });
}

void coordinator_state::named(time_point asked, uint64_t number,
                              const std::vector<region>& places,
                              const item& x) {
  name_time.record(now() - asked);
  auto in = x.value.get<namings>();
  if (!in || in->regions.size() != places.size()) {
    counts.unnamed += places.size();
  } else if (auto i = held.find(number); i != held.end()) {
    for (size_t k = 0; k < places.size(); ++k)
      if (auto& y = in->regions[k]; y.label >= 0) {
        i->second.result.objects.push_back({places[k].where,
                                            name_at(in->classes, y.label),
                                            y.score, named_by::fog});
        ++counts.labels_fog;
      }
  }
  finish(number, named_by::cloud);
}

} // namespace vpaas
