#pragma once

#include <cstddef>
#include <string_view>

namespace vpaas {

/// How many bytes the UTF-8 character at `i` has; 0 where there is none, be it
/// ill-formed (RFC 3629, section 4) or the end.
size_t utf8_length(std::string_view text, size_t i);

/// Where the first byte stands that belongs to no UTF-8 character; npos where
/// the whole text is well-formed.
size_t ill_formed_at(std::string_view text);

} // namespace vpaas
