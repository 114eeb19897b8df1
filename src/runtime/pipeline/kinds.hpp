#pragma once

#include <string>
#include <vector>

namespace vpaas {

/// Whether values of this kind hold pixels: they never leave their node.
bool holds_pixels(const std::string& kind);

/// Whether a frame's result can be merged of this kind.
bool is_answer(const std::string& kind);

/// Whether a function that makes this kind may hold keyframes back: it answers
/// them with a later one, or when it is told that none follows.
bool holds_back(const std::string& kind);

/// What inputs of these kinds become before a function that takes one of
/// `wanted` sees them; empty where they do not fit.
/// @param wanted kinds, as a function_spec writes them: "keyframes|regions"
std::string joined(const std::vector<std::string>& kinds,
                   const std::string& wanted);

/// The function that makes pixels of this kind where pixels are wanted; empty:
/// there is none.
std::string converter(const std::string& kind);

} // namespace vpaas
