#include "actors/pieces.hpp"

#include "runtime/media/answered_frame.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/overlay.hpp"
#include "runtime/media/regions.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

using numbers = std::vector<uint64_t>;

template <class Frames>
const typename Frames::value_type* find(const Frames& xs, uint64_t frame) {
  for (auto& x : xs)
    if (x.frame == frame)
      return &x;
  return nullptr;
}

template <class T>
numbers numbers_in(const std::vector<T>& xs) {
  numbers result;
  for (auto& x : xs)
    result.push_back(x.frame);
  return result;
}

/// Keyframes without a region: there is nothing to name on them, or to send
/// again.
numbers without_regions(const item& x) {
  numbers result;
  if (auto in = x.value.get<chunk_answer>())
    for (auto& y : in->frames)
      if (y.regions.empty())
        result.push_back(y.frame);
  return result;
}

piece_ptr piece_of(item x) {
  auto result = std::make_shared<piece>();
  result->kind = x.kind;
  result->frames = frames_of(x);
  result->nothing = without_regions(x);
  result->value = std::move(x);
  return result;
}

/// The picture of a keyframe among some items; empty where there is none.
frame picture_in(const std::vector<item>& xs, uint64_t number) {
  for (auto& x : xs)
    if (auto in = x.value.get<keyframes>())
      for (auto& f : in->frames)
        if (f.number() == number)
          return f;
  return {};
}

/// Adds what the camera sent for a keyframe, behind what is there.
void add_coded(const std::vector<item>& xs, uint64_t number, segment_run& to) {
  for (auto& x : xs)
    if (auto in = x.value.get<keyframes>())
      for (auto& f : in->frames)
        for (auto& y : in->coded)
          if (f.number() == number
              && (to.empty() || key_of(*to.back()) < key_of(*y)))
            to.push_back(y);
}

struct answer_in {
  const chunk_answer* all = nullptr;
  const frame_answer* one = nullptr;
};

answer_in answer_about(const std::vector<item>& xs, uint64_t number) {
  for (auto& x : xs)
    if (auto in = x.value.get<chunk_answer>())
      if (auto one = find(in->frames, number))
        return {in, one};
  return {};
}

caf::error missing(const std::string& stream, uint64_t number) {
  return caf::make_error(
    ec::not_found, "failed to put together what is known of keyframe "
                     + std::to_string(number) + " of " + stream
                     + ": a part of it is gone; let somebody else answer");
}

caf::expected<std::vector<item>> join_keyframes(const std::string& stream,
                                                const numbers& frames,
                                                const std::vector<item>& from) {
  keyframes out;
  out.stream = stream;
  for (auto number : frames) {
    auto picture = picture_in(from, number);
    if (!picture)
      return missing(stream, number);
    out.frames.push_back(std::move(picture));
    add_coded(from, number, out.coded);
  }
  return std::vector{make_item(stream, frames.front(), std::move(out))};
}

caf::expected<std::vector<item>>
join_answered(const std::string& stream, const numbers& frames,
              const std::vector<item>& pictures,
              const std::vector<item>& answers) {
  std::vector<item> result;
  for (auto number : frames) {
    answered_frame one;
    one.picture = picture_in(pictures, number);
    if (!one.picture)
      return missing(stream, number);
    auto answer = answer_about(answers, number);
    one.answered = answer.one != nullptr;
    if (one.answered) {
      one.labels = answer.one->labels;
      one.names = answer.all->names;
    }
    result.push_back(make_item(stream, number, std::move(one)));
  }
  return result;
}

caf::expected<std::vector<item>>
join_regions(const std::string& stream, const numbers& frames,
             const std::vector<item>& pictures,
             const std::vector<item>& answers) {
  std::vector<item> result;
  for (auto number : frames) {
    auto picture = picture_in(pictures, number);
    auto answer = answer_about(answers, number);
    if (!picture || !answer.one)
      return missing(stream, number);
    regions places{std::move(picture), answer.one->regions, answer.all->names};
    for (auto& label : answer.one->labels)
      places.named.push_back(label.where);
    result.push_back(make_item(stream, number, std::move(places)));
  }
  return result;
}

caf::expected<std::vector<item>>
join_layers(const std::string& stream, const numbers& frames,
            const std::vector<std::vector<item>>& inputs) {
  layers out;
  out.stream = stream;
  for (auto number : frames) {
    layer x;
    x.base = picture_in(inputs[0], number);
    x.fine = picture_in(inputs[1], number);
    auto answer = answer_about(inputs[2], number);
    if (!x.base || !x.fine || !answer.one)
      return missing(stream, number);
    for (auto& y : answer.one->regions)
      x.places.push_back(y.where);
    out.pictures.push_back(std::move(x));
  }
  return std::vector{make_item(stream, frames.front(), std::move(out))};
}

/// Which input of a stage is of this kind.
const item* input_of(const pipeline_plan& plan, const verdict& x, size_t stage,
                     const std::string& kind) {
  for (auto from : plan.stages[stage].from)
    for (auto& [place, made] : x.made)
      if (place == from && made->kind == kind)
        return &item_of(*made);
  return nullptr;
}

named_by who(const planned_stage& x) {
  if (x.spec.tier != home_tier)
    return named_by::cloud;
  // What looks at the cloud's regions helps it; other detectors stand for it.
  auto helps = x.takes == regions::type_name
               || x.takes == answered_frame::type_name;
  return helps ? named_by::fog : named_by::backup;
}

claims said_by(const planned_stage& stage, const item& x, uint64_t frame) {
  claims result;
  result.by = who(stage);
  if (auto in = x.value.get<chunk_answer>()) {
    result.names = &in->names;
    if (auto one = find(in->frames, frame)) {
      result.labels = &one->labels;
      result.regions = &one->regions;
    }
  } else if (auto all = x.value.get<detections>()) {
    result.names = &all->labels;
    result.from = all->thresholds.theta_cls;
    if (auto one = find(all->frames, frame))
      result.labels = &one->found;
  }
  return result;
}

} // namespace

std::vector<uint64_t> frames_of(const item& x) {
  numbers result;
  if (auto in = x.value.get<keyframes>()) {
    for (auto& f : in->frames)
      result.push_back(f.number());
  } else if (auto part = x.value.get<chunk>()) {
    for (auto& f : part->frames)
      result.push_back(f.number);
  } else if (auto answer = x.value.get<chunk_answer>()) {
    return numbers_in(answer->frames);
  } else if (auto found = x.value.get<detections>()) {
    return numbers_in(found->frames);
  } else if (auto marked = x.value.get<regions>()) {
    result.push_back(marked->picture.number());
  } else if (auto one = x.value.get<answered_frame>()) {
    result.push_back(one->picture.number());
  } else if (x.value.get<namings>()) {
    result.push_back(x.seq); // of one keyframe
  }
  return result;
}

std::vector<piece_ptr> pieces_of(const item& x) {
  std::vector<piece_ptr> result;
  if (auto parts = x.value.get<chunks>()) {
    for (auto& y : parts->parts)
      result.push_back(piece_of(make_item(x.stream, y.seq, y)));
  } else if (auto in = x.value.get<keyframes>()) {
    for (auto& f : in->frames)
      result.push_back(piece_of(
        make_item(x.stream, f.number(), keyframes{in->stream, {f}, {}, {}})));
  } else {
    result.push_back(piece_of(x));
  }
  return result;
}

const item& item_of(const piece& x) {
  return *std::any_cast<item>(&x.value);
}

caf::expected<std::vector<item>>
join_inputs(const std::string& takes, const std::string& stream,
            const std::vector<uint64_t>& frames,
            const std::vector<std::vector<item>>& inputs) {
  if (frames.empty())
    return std::vector{make_item(stream, 0, keyframes{stream, {}, {}, {}})};
  if (takes == keyframes::type_name && inputs.size() == 1)
    return join_keyframes(stream, frames, inputs[0]);
  if (takes == regions::type_name && inputs.size() == 2)
    return join_regions(stream, frames, inputs[0], inputs[1]);
  if (takes == answered_frame::type_name && inputs.size() == 2)
    return join_answered(stream, frames, inputs[0], inputs[1]);
  if (takes == layers::type_name && inputs.size() == 3)
    return join_layers(stream, frames, inputs);
  if (inputs.size() == 1)
    return inputs[0];
  return caf::make_error(ec::bad_input,
                         "failed to put " + std::to_string(inputs.size())
                           + " inputs together: nothing makes " + takes
                           + " of them; check the pipeline");
}

std::vector<errand_step> steps_of(const pipeline_plan& plan, size_t errand) {
  std::vector<errand_step> result;
  for (auto i : plan.errands[errand].stages) {
    auto& x = plan.stages[i];
    errand_step step;
    step.id = x.spec.id;
    step.function = x.spec.function;
    step.options = x.spec.options;
    step.kept = x.is_kept;
    for (auto from : x.from)
      if (from != from_source && plan.stages[from].spec.tier == x.spec.tier)
        step.inputs.push_back(plan.stages[from].spec.id);
    if (x.from.size() > 1)
      step.takes = x.takes;
    result.push_back(std::move(step));
  }
  return result;
}

std::vector<errand_step> usual_steps() {
  std::vector<errand_step> result;
  for (auto name : {"chunk_decoder", "detector", "region_filter"}) {
    errand_step step;
    step.id = step.function = name;
    if (!result.empty())
      step.inputs = {result.back().id};
    result.push_back(std::move(step));
  }
  return result;
}

bool is_usual(const std::vector<errand_step>& xs) {
  auto usual = usual_steps();
  if (xs.size() != usual.size())
    return false;
  for (size_t i = 0; i < xs.size(); ++i) {
    auto& x = xs[i];
    std::vector<std::string> before;
    if (i > 0)
      before = {xs[i - 1].id};
    if (x.function != usual[i].function || x.inputs != before || x.kept
        || !x.options.value().empty())
      return false;
  }
  return true;
}

std::vector<claims> claims_of(const pipeline_plan& plan, const verdict& x) {
  std::vector<claims> result;
  for (auto& [place, made] : x.made) {
    auto& said = item_of(*made);
    if (auto names = said.value.get<namings>()) {
      claims y;
      y.by = named_by::fog;
      y.names = &names->classes;
      y.namings = &names->regions;
      if (auto from = input_of(plan, x, place, chunk_answer::type_name))
        if (auto one = find(from->value.get<chunk_answer>()->frames, x.frame))
          y.regions = &one->regions;
      result.push_back(y);
    } else {
      result.push_back(said_by(plan.stages[place], said, x.frame));
    }
  }
  return result;
}

} // namespace vpaas
