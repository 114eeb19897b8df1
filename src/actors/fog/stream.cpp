#include "actors/fog/stream.hpp"

#include "actors/client/camera.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/result_functions.hpp"
#include "actors/stream/coordinator_config.hpp"
#include "actors/stream/window.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace vpaas {

namespace {

/// A child of the tree, and what it is called there.
struct part {
  std::string kind;
  parameter_specs specs;
  /// Keys that are called otherwise in a stream, or not reached from there
  /// (empty).
  std::map<std::string, std::string> names;

  /// What a key of its own is called in the stream; empty: it has none there.
  std::string key_of(const std::string& own) const {
    auto i = names.find(own);
    return i == names.end() ? own : i->second;
  }
};

const part& camera_part() {
  static const part result{
    "camera",
    specs_of(camera_parameters()),
    {{"stream", ""}, {"with_stream", ""}, {"queue", "camera_queue"}}};
  return result;
}

const part& decoder_part() {
  static const part result{"decoder",
                           decoder_function::spec().parameters,
                           {{"threads", "decoder_threads"}}};
  return result;
}

// Quantiser and scale are the pipeline's: what the stream says of them goes
// there.
const part& encoder_part() {
  static const part result{"encoder",
                           encoder_function::spec().parameters,
                           {{"qp", ""},
                            {"scale", ""},
                            {"threads", "encoder_threads"},
                            {"backend", "encoder"}}};
  return result;
}

const part& functions_part() {
  static const part result{
    result_functions::name, result_functions::spec().parameters, {}};
  return result;
}

const part& window_part() {
  static const part result{window_state::name,
                           specs_of(window_parameters()),
                           {{"max_bytes", "window_memory"}}};
  return result;
}

const part& coordinator_part() {
  static const part result{"coordinator",
                           specs_of(coordinator_parameters()),
                           {{"stream", ""}, {"result_functions", ""}}};
  return result;
}

/// The child of this kind, with its parameters out of the stream's.
child_spec child_of(const part& x, const json& all,
                    const std::string& name = "") {
  child_spec result;
  result.kind = x.kind;
  result.name = name.empty() ? x.kind : name;
  auto mine = json::object();
  for (auto& spec : x.specs)
    if (auto key = x.key_of(spec.name); !key.empty())
      mine[spec.name] = all.at(key);
  result.parameters = document{std::move(mine)};
  return result;
}

child_spec detached(child_spec x) {
  x.detached = true;
  x.stall_after = usual_stall;
  return x;
}

bool has_functions(const json& all) {
  return all.at("tracker") == true || !all.at("functions").empty();
}

} // namespace

parameter_specs stream_parameters(const std::string& spool) {
  parameter_specs result;
  for (auto* x : {&camera_part(), &coordinator_part(), &encoder_part(),
                  &decoder_part(), &functions_part(), &window_part()})
    for (auto spec : x->specs) {
      spec.name = x->key_of(spec.name);
      spec.required = false;
      auto known = [&](auto& y) { return y.name == spec.name; };
      if (!spec.name.empty()
          && std::none_of(result.begin(), result.end(), known))
        result.push_back(std::move(spec));
    }
  for (auto& x : result)
    if (x.name == "spool")
      x.fallback = spool;
  return result;
}

child_spec stream_tree(const child_spec& spec) {
  auto all = spec.parameters.value();
  child_spec result;
  result.name = spec.name;
  result.kind = supervisor_kind;
  result.restart = spec.restart;
  auto add = [&](child_spec x) { result.children.push_back(std::move(x)); };
  auto is_set = [&](const char* key) {
    return !all.at(key).get_ref<const std::string&>().empty();
  };
  if (!is_set("camera")) {
    add(child_of(camera_part(), all));
    result.children.back().parameters.set("stream", spec.name);
  }
  // Half of the pixels each: most that the decoder holds, the coordinator
  // holds as well.
  all["pixel_memory"] = all.at("pixel_memory").get<uint64_t>() / 2;
  add(detached(child_of(decoder_part(), all)));
  if (is_set("spool"))
    add(detached(child_of(decoder_part(), all, "revisit")));
  add(detached(child_of(encoder_part(), all)));
  auto& functions = functions_part();
  if (has_functions(all))
    add(child_of(functions, all));
  if (!all.at("functions").empty()) // Lua may take its time
    result.children.back() = detached(std::move(result.children.back()));
  add(child_of(window_part(), all));
  add(child_of(coordinator_part(), all));
  auto& last = result.children.back().parameters;
  last.set("stream", spec.name);
  last.set("result_functions", has_functions(all) ? functions.kind : "");
  return result;
}

} // namespace vpaas
