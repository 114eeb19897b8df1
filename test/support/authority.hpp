#pragma once

#include "runtime/error.hpp"
#include "runtime/node/credentials.hpp"
#include "runtime/node/tls.hpp"
#include "support/hostile_peer.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

namespace vpaas::test {

/// A private authority, and the certificates of a test.
struct authority {
  authority() {
    must(make_authority(dir.path(), 30));
    for (auto name : {"cloud-1", "fog-1", "client-1", "backend-1", "operator"})
      issue(name);
  }

  void issue(const std::string& name, int days = 30) const {
    std::filesystem::remove(dir.path(name + ".key"));
    std::filesystem::remove(dir.path(name + ".pem"));
    must(issue_certificate(dir.path(), name, days));
  }

  credentials_ptr of(const std::string& name) const {
    return *credentials::load(
      {dir.path(name + ".pem"), dir.path(name + ".key"), dir.path("ca.pem")});
  }

  /// The same for who does not look whether it is worth anything.
  proof shown(const std::string& name) const {
    return {dir.path(name + ".pem"), dir.path(name + ".key"), nullptr};
  }

  static void must(const caf::error& x) {
    if (x)
      throw std::runtime_error(describe(x));
  }

  temp_dir dir;
};

} // namespace vpaas::test
