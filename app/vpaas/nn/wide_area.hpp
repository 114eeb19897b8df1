#pragma once

#include "bench/netns.hpp"
#include "run_nodes.hpp"
#include "runtime/error.hpp"
#include "runtime/node/settings.hpp"
#include "runtime/node/tls.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

/// The cloud behind a slow link: certificates, since it is not on loopback.
class wide_area {
public:
  /// @returns ec::io where this machine cannot do it
  caf::error begin(const run_plan& x) {
    folder_ = x.folder + "/certs";
    if (auto err = make_authority(folder_, 2))
      return err;
    for (auto name : {"client-1", "fog-1", "cloud-1", "backend-1", "operator"})
      if (auto err = issue_certificate(folder_, name, 2))
        return err;
    far_ = std::make_unique<bench::network_namespace>(
      std::chrono::milliseconds{x.wan_delay_ms});
    if (!far_->ok() || !far_->shape(x.wan_mbit))
      return caf::make_error(ec::io,
                             "failed to make a link of its own for the cloud; "
                             "it needs root, iproute2 and /dev/net/tun: run "
                             "without --wan");
    return caf::none;
  }

  bool there() const {
    return far_ != nullptr;
  }

  std::vector<std::string> prefix(tier where) const {
    return there() && where == tier::cloud ? far_->prefix()
                                           : std::vector<std::string>{};
  }

  /// What a node, or the operator, is told beside the rest.
  overrides options(const std::string& name) const {
    if (!there())
      return {};
    return {{"openssl.certificate", folder_ + "/" + name + ".pem"},
            {"openssl.key", folder_ + "/" + name + ".key"},
            {"openssl.cafile", folder_ + "/ca.pem"}};
  }

  overrides options(tier where) const {
    auto result = options(to_string(where) + "-1");
    if (there() && where == tier::cloud)
      result.emplace_back("node.host", far_->far_address());
    if (there() && where == tier::backend)
      result.emplace_back("node.host", far_->near_address());
    return result;
  }

private:
  std::string folder_;
  std::unique_ptr<bench::network_namespace> far_;
};

} // namespace vpaas
