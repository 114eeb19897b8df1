#pragma once

// Between the items that actors exchange and the pieces that the pipelines'
// engine moves: which keyframes an item speaks of, what several become for a
// function that takes them together, and what they say in the end.

#include "messages/protocol.hpp"
#include "runtime/pipeline/merge.hpp"
#include "runtime/pipeline/run.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// Numbers of the keyframes that an item speaks of; none where it is of a kind
/// that is not about keyframes.
std::vector<uint64_t> frames_of(const item& x);

/// A piece for each thing in the item that can go its own way: the parts of
/// `chunks`, each keyframe of `keyframes`, else the item itself.
std::vector<piece_ptr> pieces_of(const item& x);

/// The item of a piece.
const item& item_of(const piece& x);

/// Puts inputs of a stage together, for these keyframes; for none, the item
/// that tells a function that holds back to give what it has.
/// @param takes what the function takes: "keyframes", "regions", "layers"
/// @param inputs items for each input, in the order of the stage
/// @returns an item, or one a keyframe for `regions` and `answered_frame`;
/// ec::not_found where
///          something is not there
caf::expected<std::vector<item>>
join_inputs(const std::string& takes, const std::string& stream,
            const std::vector<uint64_t>& frames,
            const std::vector<std::vector<item>>& inputs);

/// What a node of another tier is to do for this errand.
std::vector<errand_step> steps_of(const pipeline_plan& plan, size_t errand);

/// What is done with a chunk where nothing is said: decode, detect and filter
/// [IV-B].
std::vector<errand_step> usual_steps();

/// Whether it need not be said: these do what the usual steps do.
bool is_usual(const std::vector<errand_step>& xs);

/// What the pieces of a verdict say about its keyframe. They point into the
/// verdict and the plan.
std::vector<claims> claims_of(const pipeline_plan& plan, const verdict& x);

} // namespace vpaas
