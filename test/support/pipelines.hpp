#pragma once

#include "runtime/function_spec.hpp"
#include "runtime/pipeline/check.hpp"

#include <string>
#include <vector>

namespace vpaas::test {

inline function_spec
function(std::string name, std::string input, std::string output,
         std::vector<std::string> tiers, parameter_specs parameters = {}) {
  function_spec result;
  result.name = std::move(name);
  result.input = std::move(input);
  result.output = std::move(output);
  result.tiers = std::move(tiers);
  for (auto& x : parameters)
    result.options.push_back(x.name);
  result.parameters = std::move(parameters);
  result.billed = result.name == "detector";
  return result;
}

inline function_spec of_a_stream(function_spec x) {
  x.per_stream = true;
  return x;
}

/// Functions as nodes have them, and few parameters.
inline std::vector<function_spec> some_functions() {
  return {
    function("encoder", "keyframes|regions", "chunks", {"fog"},
             {integer("qp", 36, 0, 51, "quantiser"),
              number("scale", .8, .05, 1, "of its sides"),
              text("preset", "veryfast", "how long it searches"),
              choice("transport", {"streamed", "whole"}, "when it leaves")}),
    function("chunk_decoder", "chunk", "keyframes", {"cloud"}),
    function("detector", "keyframes", "detections", {"cloud"}),
    function("region_filter", "detections", "chunk_answer", {"cloud"},
             {number("theta_cls", -1, -1, 1, "threshold")}),
    function("paster", "layers", "keyframes", {"cloud"}),
    function("classifier", "regions", "namings", {"fog"}),
    function("second_look", "regions", "detections", {"fog"},
             {integer("budget", 173056, 0, 1e8, "pixels")}),
    function("renderer", "scene", "picture", {"fog"}),
    function("backup_detector", "keyframes", "detections", {"fog"})};
}

/// Beside them those that keep state of a stream.
inline std::vector<function_spec> functions_with_memory() {
  auto result = some_functions();
  result.push_back(
    of_a_stream(function("trigger", "keyframes", "chunk_answer", {"fog"})));
  result.push_back(of_a_stream(
    function("box_follower", "answered_frame", "detections", {"fog"})));
  return result;
}

inline pipeline_stage
stage(std::string id, std::string tier, std::string function,
      std::vector<std::string> inputs, json options = json::object()) {
  pipeline_stage result;
  result.id = std::move(id);
  result.tier = std::move(tier);
  result.function = std::move(function);
  result.inputs = std::move(inputs);
  result.options = document{std::move(options)};
  return result;
}

/// The paper's pipeline [IV-B].
inline pipeline high_low() {
  pipeline result;
  result.name = "high_low";
  result.stages = {stage("copy", "fog", "encoder", {"keyframes"}, {{"qp", 36}}),
                   stage("found", "cloud", "detector", {"copy"}),
                   stage("known", "cloud", "region_filter", {"found"}),
                   stage("named", "fog", "classifier", {"keyframes", "known"})};
  result.stages.back().optional = true;
  result.result = {"known", "named"};
  result.without["cloud"] = stage("", "fog", "backup_detector", {"keyframes"});
  return result;
}

/// A second, finer look at what the first one was not sure of, as DDS takes it:
/// what the fog sends of those places is pasted on what the cloud has.
inline pipeline two_rounds() {
  auto result = high_low();
  result.name = "two_rounds";
  result.stages.back() = stage("fine", "fog", "encoder", {"keyframes", "known"},
                               {{"qp", 26}});
  result.stages.push_back(
    stage("pasted", "cloud", "paster", {"copy", "fine", "known"}));
  result.stages.push_back(stage("again", "cloud", "detector", {"pasted"}));
  result.stages.push_back(stage("sure", "cloud", "region_filter", {"again"}));
  result.result = {"known", "sure"};
  return result;
}

/// Few frames to the cloud; what it found is followed in between [Glimpse].
inline pipeline few_frames() {
  auto result = high_low();
  result.name = "few_frames";
  result.stages[0].inputs = {"keyframes", "chosen"};
  result.stages.back() = stage("followed", "fog", "box_follower",
                               {"keyframes", "known"});
  result.stages.push_back(stage("chosen", "fog", "trigger", {"keyframes"}));
  result.result = {"known", "followed"};
  return result;
}

} // namespace vpaas::test
