#pragma once

#include "runtime/nn/network.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace vpaas {

/// Networks that several use in turn: one is loaded once for the same files,
/// sizes and options, for as long as anybody holds it. Any thread may ask; who
/// runs a network waits while another does.
class network_shelf {
public:
  /// The network of the shelf, or a new one. Errors: those of `load_network`.
  caf::expected<network_ptr> load(const located_model& model,
                                  const load_options& options);

  /// Networks that are held.
  size_t size() const;

private:
  /// A network and who runs it.
  struct shared {
    std::mutex busy;
    network_ptr net;
  };

  /// What one of its users holds.
  class share;

  mutable std::mutex guard_;
  std::map<std::string, std::weak_ptr<shared>> known_;
};

} // namespace vpaas
