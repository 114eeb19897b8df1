#pragma once

#include <caf/timespan.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace vpaas {

/// How often somebody may guess a password: a few times at once, then after a
/// wait that doubles with each wrong guess. Kept for a name and for an address
/// apart, so that neither many names nor many addresses help. Bounded: of too
/// many the oldest is forgotten.
class login_throttle {
public:
  struct config {
    size_t free = 5; ///< wrong guesses without a wait
    caf::timespan first = std::chrono::seconds(1);
    caf::timespan cap = std::chrono::minutes(15);
    caf::timespan forget = std::chrono::hours(1); ///< after the last guess
    size_t most = 10'000;                         ///< that are remembered
  };

  explicit login_throttle(config cfg) : cfg_(cfg) {
    // nop
  }

  /// How long `who` has to wait; 0: not at all.
  caf::timespan wait(const std::string& who, caf::timespan now) const;

  /// It guesses: counted as wrong until `right`, so that guesses side by side
  /// count too.
  void guess(const std::string& who, caf::timespan now);

  void right(const std::string& who);

  size_t size() const {
    return known_.size();
  }

private:
  struct guesses {
    size_t wrong = 0;
    caf::timespan last{0};
  };

  caf::timespan pause(const guesses& x) const;

  void make_room(caf::timespan now);

  config cfg_;
  std::map<std::string, guesses> known_;
};

} // namespace vpaas
