#include "runtime/pipeline/check.hpp"

#include "runtime/error.hpp"
#include "runtime/pipeline/kinds.hpp"
#include "runtime/pipeline/options.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace vpaas {

namespace {

using names = std::vector<std::string>;

std::string list(const names& xs) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + x;
  return result.empty() ? "nothing" : result;
}

bool has(const names& xs, const std::string& x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

caf::error refuse(const std::string& cause) {
  return caf::make_error(ec::bad_config, cause);
}

caf::error refuse(const pipeline_stage& x, const std::string& cause) {
  return refuse("stage \"" + x.id + "\": " + cause);
}

/// Makes a plan, step by step; each step may find a fault.
class planner {
public:
  planner(const pipeline& x, const std::vector<function_spec>& functions)
    : x_(x), functions_(functions) {
    result_.name = x.name;
  }

  caf::expected<pipeline_plan> make(const document& values) {
    if (auto err = check_names())
      return err;
    auto set = set_options(x_, functions_, values);
    if (!set)
      return std::move(set.error());
    x_ = std::move(set->stages);
    result_.parameters = std::move(set->values);
    result_.parameter_table = std::move(set->table);
    result_.merge = std::move(set->merge);
    for (auto step :
         {&planner::put_in_order, &planner::link, &planner::take_results,
          &planner::check_use, &planner::add_stand_ins})
      if (auto err = (this->*step)())
        return err;
    cut_into_errands();
    if (auto err = check_errands())
      return err;
    return std::move(result_);
  }

private:
  const function_spec* find(const pipeline_stage& x) const {
    return find_function(functions_, x);
  }

  names ids() const {
    names result;
    for (auto& x : x_.stages)
      result.push_back(x.id);
    return result;
  }

  caf::error check_names() {
    std::set<std::string> seen{keyframes_source};
    for (auto& x : x_.stages) {
      if (!seen.insert(x.id).second)
        return refuse(x, "the name is taken; give it another");
      if (auto err = check_function(x))
        return err;
      if (x.inputs.empty())
        return refuse(x, "it takes nothing; write keyframes or a stage");
      for (auto& y : x.inputs)
        if (y != keyframes_source && !has(ids(), y))
          return refuse(x, "there is no stage \"" + y
                             + "\"; allowed: keyframes, " + list(ids()));
    }
    if (x_.stages.empty())
      return refuse(
        "it has no stages; write NAME = fog.FUNCTION { keyframes }");
    return caf::none;
  }

  caf::error check_function(const pipeline_stage& x) const {
    auto f = find(x);
    if (!f) {
      names known;
      for (auto& y : functions_)
        known.push_back(y.name);
      return refuse(
        x, "there is no function \"" + x.function + "\""
             + (x.version > 0 ? " of version " + std::to_string(x.version) : "")
             + "; allowed: " + list(known));
    }
    if (!f->tiers.empty() && !has(f->tiers, x.tier))
      return refuse(x, x.function + " does not run on the " + x.tier
                         + "; allowed: " + list(f->tiers));
    return caf::none;
  }

  /// Kahn's algorithm; of those that are ready the first by name.
  caf::error put_in_order() {
    auto rest = x_.stages;
    names done{keyframes_source};
    auto ready = [&](const pipeline_stage& x) {
      return std::all_of(x.inputs.begin(), x.inputs.end(),
                         [&](auto& y) { return has(done, y); });
    };
    std::sort(rest.begin(), rest.end(),
              [](auto& a, auto& b) { return a.id < b.id; });
    ordered_.clear();
    while (!rest.empty()) {
      auto i = std::find_if(rest.begin(), rest.end(), ready);
      if (i == rest.end()) {
        names left;
        for (auto& x : rest)
          left.push_back(x.id);
        return refuse("the stages " + list(left)
                      + " wait for each other; let each take only what is made "
                        "before it");
      }
      done.push_back(i->id);
      ordered_.push_back(std::move(*i));
      rest.erase(i);
    }
    return caf::none;
  }

  caf::error link() {
    for (auto& x : ordered_)
      if (auto err = add(x))
        return err;
    return caf::none;
  }

  caf::error add(const pipeline_stage& x) {
    auto f = find(x);
    planned_stage out;
    out.spec = x;
    out.gives = f->output;
    out.spec.per_stream = x.per_stream || f->per_stream;
    out.holds_back = holds_back(f->output);
    out.in_turn = f->per_stream && is_answer(f->output) && x.tier == home_tier;
    out.billed = f->billed && x.tier != home_tier;
    for (auto& y : x.inputs)
      out.from.push_back(place_of(y));
    auto written = kinds_of(out.from);
    out.takes = joined(written, f->input);
    if (out.takes.empty()) {
      decode_inputs(out);
      out.takes = joined(kinds_of(out.from), f->input);
    }
    if (out.takes.empty())
      return refuse(x, x.function + " does not take " + list(written)
                         + "; allowed: " + f->input);
    for (size_t i = 0; i < out.from.size(); ++i)
      if (holds_pixels(kind_of(out.from[i])) && tier_of(out.from[i]) != x.tier)
        return refuse(x, "pixels do not leave their node, and "
                           + out.spec.inputs[i] + " is on the "
                           + tier_of(out.from[i])
                           + "; send what an encoder makes of it");
    result_.stages.push_back(std::move(out));
    return caf::none;
  }

  /// Puts stages between that make pixels of what has none.
  void decode_inputs(planned_stage& x) {
    for (size_t i = 0; i < x.from.size(); ++i)
      if (auto made = convert(x.spec, x.from[i])) {
        x.from[i] = *made;
        x.spec.inputs[i] = result_.stages[*made].spec.id;
      }
  }

  /// One stage for all on a tier who need it.
  std::optional<size_t> convert(const pipeline_stage& x, size_t from) {
    pipeline_stage y;
    y.function = converter(kind_of(from));
    y.tier = x.tier;
    y.optional = x.optional;
    if (y.function.empty() || check_function(y))
      return std::nullopt;
    y.inputs = {result_.stages[from].spec.id};
    y.id = y.inputs.front() + "_decoded";
    for (size_t i = 0; i < result_.stages.size(); ++i)
      if (result_.stages[i].spec.id == y.id
          && result_.stages[i].spec.tier == y.tier)
        return i;
    if (add(y))
      return std::nullopt;
    return result_.stages.size() - 1;
  }

  caf::error take_results() {
    if (x_.result.empty())
      return refuse("it has no result; write result = merge { STAGE, ... }");
    for (auto& id : x_.result) {
      if (!has(ids(), id))
        return refuse("result: there is no stage \"" + id
                      + "\"; allowed: " + list(ids()));
      auto i = place_of(id);
      if (!is_answer(kind_of(i)))
        return refuse("result: stage \"" + id + "\" gives " + kind_of(i)
                      + "; allowed: answers about frames (chunk_answer, "
                        "detections, namings)");
      result_.result.push_back(i);
    }
    result_.merge.inputs = x_.result;
    return caf::none;
  }

  caf::error check_use() {
    std::set<size_t> used(result_.result.begin(), result_.result.end());
    for (auto& x : result_.stages)
      used.insert(x.from.begin(), x.from.end());
    for (size_t i = 0; i < result_.stages.size(); ++i)
      if (used.count(i) == 0)
        return refuse(result_.stages[i].spec,
                      "nothing uses it; name it in the result or leave it out");
    return caf::none;
  }

  caf::error add_stand_ins() {
    for (auto [tier, x] : x_.without) {
      x.id = "without_" + tier;
      if (!result_.uses(tier) || tier == home_tier)
        return refuse("without: no stage needs the " + tier + "; leave it out");
      if (auto err = check_function(x))
        return err;
      if (x.tier != home_tier || x.inputs != names{keyframes_source})
        return refuse(x, std::string{"it answers alone; write fog."}
                           + x.function + " { keyframes }");
      if (auto err = add(x))
        return err;
      auto& out = result_.stages.back();
      if (!is_answer(out.gives))
        return refuse(x, "it gives " + out.gives
                           + "; allowed: answers about frames");
      out.stands_in = true;
    }
    return caf::none;
  }

  void cut_into_errands() {
    auto& stages = result_.stages;
    for (size_t i = 0; i < stages.size(); ++i) {
      auto& x = stages[i];
      x.errand = errand_for(x);
      if (x.errand == result_.errands.size())
        result_.errands.push_back({x.spec.tier, {}, true});
      auto& mine = result_.errands[x.errand];
      mine.stages.push_back(i);
      mine.optional = mine.optional && x.spec.optional;
      for (auto y : x.from)
        if (y != from_source && stages[y].errand != x.errand) {
          auto same_tier = stages[y].spec.tier == x.spec.tier;
          stages[y].is_kept |= same_tier && x.spec.tier != home_tier;
          stages[y].returns |= !same_tier;
        }
      if (x.stands_in)
        result_.without[x.spec.id.substr(sizeof("without_") - 1)] = x.errand;
    }
    for (auto& x : stages)
      x.returns = x.returns || x.spec.tier == home_tier;
    for (auto i : result_.result)
      stages[i].returns = true;
  }

  /// What only needs what is on its own tier goes on where the last of that was
  /// made; at home nothing is saved by it.
  size_t errand_for(const planned_stage& x) const {
    auto fresh = result_.errands.size();
    if (x.spec.tier == home_tier)
      return fresh;
    size_t last = 0;
    for (auto y : x.from) {
      if (tier_of(y) != x.spec.tier)
        return fresh;
      last = std::max(last, result_.stages[y].errand);
    }
    return last;
  }

  /// An errand elsewhere begins with what is sent, ends with what comes back,
  /// and succeeds or fails as one.
  caf::error check_errands() const {
    for (auto& x : result_.errands) {
      if (x.tier == home_tier)
        continue;
      for (auto i : x.stages) {
        auto& y = result_.stages[i];
        if (y.returns != (i == x.stages.back()))
          return refuse(y.spec, "one stage a visit answers from the " + x.tier
                                  + ", the last; merge what comes after it, "
                                    "or let the fog go on in between");
        if (y.spec.optional != x.optional)
          return refuse(y.spec, "it fails with those before it on the " + x.tier
                                  + "; let all of them be optional, or none");
      }
    }
    return caf::none;
  }

  size_t place_of(const std::string& id) const {
    for (size_t i = 0; i < result_.stages.size(); ++i)
      if (result_.stages[i].spec.id == id)
        return i;
    return from_source;
  }

  std::string kind_of(size_t i) const {
    return i == from_source ? keyframes_source : result_.stages[i].gives;
  }

  names kinds_of(const std::vector<size_t>& xs) const {
    names result;
    for (auto i : xs)
      result.push_back(kind_of(i));
    return result;
  }

  std::string tier_of(size_t i) const {
    return i == from_source ? home_tier : result_.stages[i].spec.tier;
  }

  pipeline x_;
  const std::vector<function_spec>& functions_;
  std::vector<pipeline_stage> ordered_;
  pipeline_plan result_;
};

} // namespace

caf::expected<pipeline_plan> check(const pipeline& x,
                                   const std::vector<function_spec>& functions,
                                   const document& values) {
  return planner{x, functions}.make(values);
}

} // namespace vpaas
