#pragma once

#include "runtime/node/settings.hpp"
#include "runtime/node/tls.hpp"

#include <filesystem>
#include <string>

#include <unistd.h>

namespace vpaas::bench {

/// Makes ca.pem and a certificate for each node of a bench in a folder that the
/// caller removes; returns an empty string where it cannot.
inline std::string make_certificates() {
  auto folder = std::filesystem::temp_directory_path()
                / ("vpaas-bench-" + std::to_string(::getpid()));
  if (make_authority(folder.string(), 2))
    return "";
  for (auto name :
       {"here", "far", "client-1", "fog-1", "cloud-1", "backend-1", "operator"})
    if (issue_certificate(folder.string(), name, 2))
      return "";
  return folder.string();
}

/// What a command line says of one of them.
inline overrides tls_options(const std::string& folder,
                             const std::string& name) {
  return {{"openssl.certificate", folder + "/" + name + ".pem"},
          {"openssl.key", folder + "/" + name + ".key"},
          {"openssl.cafile", folder + "/ca.pem"}};
}

} // namespace vpaas::bench
