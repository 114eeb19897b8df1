#pragma once

#include "messages/spool.hpp"
#include "runtime/media/segment.hpp"
#include "runtime/store/spool.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

// Segments and positions as they lie in a spool. This has nothing to do with
// the wire: files outlive the version that wrote them, and a spool that a
// version of before left is answered after an upgrade.
//
// If the layout changes, its name must change. Without that the new version
// reads the files of the old as damaged and deletes video that nobody has
// answered; with it, an old version that meets the new name leaves the files
// alone. So: add a name at the end of `spool_formats`, write by it, and keep
// reading by those before. A new member of `segment` that must survive a
// restart is such a change; one that need not has its default when it is read.

/// Names of the layouts, oldest first; the last is written. The first is what
/// the wire was called while files held its bytes.
inline const std::vector<std::string> spool_formats{"vpaas-5"};

std::string store(const segment& x);

std::string store(const spool_position& x);

/// Reads what `store` of the format `x.format`, an index of `spool_formats`,
/// made of a segment. @returns ec::bad_input
caf::expected<segment> read_segment(const stored_bytes& x);

/// The same for a position.
caf::expected<spool_position> read_position(const stored_bytes& x);

} // namespace vpaas
