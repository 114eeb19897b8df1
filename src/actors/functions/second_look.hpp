#pragma once

#include "actors/functions/detector.hpp"

namespace vpaas {

/// The SECOND LOOK: a detector on the fog that looks once more, at full
/// quality, at what the cloud could only locate on the poor copy. Answers boxes
/// with names, of those regions that it is sure of; the rest stays to whoever
/// names next. A batched function: regions of many streams share one mosaic and
/// one run of the network. See there for blocking, swaps and failures. It helps
/// where there is time: where others want the processor, or its runs take
/// longer than `patience`, it looks at fewer pixels, down to none.
function_spec second_look_spec();

/// Makes the configuration with which `batched_function` is a second look.
/// @param parameters checked against `second_look_spec().parameters`
/// @param world its items are `regions`, whose `budget` it keeps to
batched_function_config second_look_function(document parameters,
                                             detector_world world);

} // namespace vpaas
