#pragma once

#include <caf/timespan.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What strangers may take up at a port before they have proven who they are.
struct admission_limits {
  size_t total = 64;
  size_t per_address = 16;
  caf::timespan patience = std::chrono::seconds(5); ///< to prove it
};

/// Who waits at a port to be let in. Nobody is turned away for others who only
/// wait: where it is full the oldest of the address that holds most gives way.
/// An honest peer proves itself within milliseconds, so that to keep it out
/// somebody has to open whole rounds of connections in that time.
class admission {
public:
  explicit admission(admission_limits limits = {});

  /// Lets one more wait. @param id unique among those who wait
  /// @returns who gives way for it and is gone
  std::optional<int> enter(int id, const std::string& address,
                           caf::timespan now);

  /// It was let in, or went.
  void leave(int id);

  /// Who ran out of time; they are gone.
  std::vector<int> take_late(caf::timespan now);

  size_t size() const {
    return waiting_.size();
  }

private:
  struct guest {
    std::string address;
    caf::timespan since;
  };

  size_t count(const std::string& address) const;

  /// The address that holds most of the places.
  std::string greediest() const;

  int take_oldest(const std::string& address);

  admission_limits limits_;
  std::map<int, guest> waiting_;
};

} // namespace vpaas
