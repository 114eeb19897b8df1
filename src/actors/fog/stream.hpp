#pragma once

#include "runtime/child_spec.hpp"
#include "runtime/parameter.hpp"

namespace vpaas {

/// A STREAM: the tree of one camera on the fog: the camera itself, unless it
/// runs on a client, decoder, encoder and coordinator; with a spool a decoder
/// more, for what is on disk; the functions of its results, if there are any.
/// Each is restarted alone.
/// @param spool the node's
parameter_specs stream_parameters(const std::string& spool = "");

/// Returns the supervisor that stands for a child of kind "stream".
/// @param spec its parameters passed `check` against `stream_parameters()`
child_spec stream_tree(const child_spec& spec);

} // namespace vpaas
