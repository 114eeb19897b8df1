#pragma once

#include "runtime/fields.hpp"

#include <caf/timestamp.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

enum class verdict : uint8_t {
  good,
  poor, ///< works, but slower or less safely than it could
  bad,  ///< something will not work
};

constexpr auto names_of(verdict) {
  return std::array{"good", "poor", "bad"};
}

/// What was found about one property of this machine, and how to mend it.
struct finding {
  std::string name;
  verdict state = verdict::good;
  std::string found;
  std::string mend; ///< empty where it is good

  static constexpr auto type_name = "finding";

  static constexpr auto fields() {
    return std::make_tuple(
      field("name", &finding::name), field("state", &finding::state),
      field("found", &finding::found), field("mend", &finding::mend));
  }
};

/// Which of `wanted` are not installed, by the status file of dpkg.
finding check_packages(const std::vector<std::string>& wanted,
                       const std::string& status_file = "/var/lib/dpkg/status");

/// Which library the system's BLAS is. LibTorch calls it for every matrix
/// product; the reference BLAS is about 30 times slower than OpenBLAS.
/// @param path of the file that libblas.so.3 resolves to, empty: none found
finding judge_blas(const std::string& path);

/// The file that libblas.so.3 resolves to on this machine; empty: none.
std::string blas_path();

/// Cores and vector instructions.
finding check_cpu();

/// Free bytes on the disk of `folder`.
finding check_disk(const std::string& folder);

/// Whether the kernel says that the clock is synchronised.
finding check_clock();

/// How many files this process may open: each stream and peer takes some.
finding check_descriptors();

/// How long a certificate is still good. @param name empty: it is known whose
finding judge_certificate(const std::string& name, caf::timestamp ends,
                          caf::timestamp now);

/// Whether others than its owner may read the private key.
finding check_key(const std::string& path);

/// Whether `host:port` is free to listen on.
finding check_port(const std::string& name, const std::string& host,
                   uint16_t port);

} // namespace vpaas
