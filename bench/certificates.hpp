#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace vpaas::bench {

/// Makes ca.pem, node.pem and node.key with the openssl program in a folder
/// that the caller removes; returns an empty string where it cannot.
inline std::string make_certificates() {
  auto folder = std::filesystem::temp_directory_path()
                / ("vpaas-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  auto key = std::string{" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"};
  auto command
    = "cd " + folder.string() + " && openssl req -x509" + key
      + " -days 2 -subj /CN=bench-ca -addext basicConstraints=critical,CA:TRUE"
        " -keyout ca.key -out ca.pem && openssl req"
      + key
      + " -subj /CN=node -keyout node.key -out node.csr && openssl x509 -req"
        " -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
        " -out node.pem";
  auto failed = std::system(("(" + command + ") >/dev/null 2>&1").c_str());
  return failed ? std::string{} : folder.string();
}

} // namespace vpaas::bench
