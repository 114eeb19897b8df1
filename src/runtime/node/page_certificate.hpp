#pragma once

#include <caf/error.hpp>

#include <string>

namespace vpaas {

/// Makes STEM.pem and STEM.key (readable by its owner only) for a server of
/// HTTPS that has nothing better: signed by itself, for `host`, localhost and
/// loopback, ten years. Browsers ask once whether to trust it. Does nothing
/// where both are there. @returns ec::io
caf::error make_page_certificate(const std::string& stem,
                                 const std::string& host);

/// By which people compare it with what their browser shows: SHA-256, in
/// capitals with colons; empty where the file cannot be read.
std::string fingerprint_of(const std::string& certificate);

} // namespace vpaas
