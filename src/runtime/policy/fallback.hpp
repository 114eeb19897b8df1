#pragma once

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace vpaas {

/// Who answers for a stream, see the diagram in fallback.cpp.
enum class fallback_phase : uint8_t {
  cloud,    ///< the cloud
  suspect,  ///< the fog; the cloud is asked as well, its next answer decides
  fog,      ///< the fog; the cloud is probed while there is a link
  settling, ///< the fog; the cloud answers probes, for a time in a row
};

constexpr auto names_of(fallback_phase) {
  return std::array{"cloud", "suspect", "fog", "settling"};
}

/// Decides when the fog answers in place of the cloud and when the cloud does
/// again [VI-D, Fig. 15], and how long an answer may take. Holds no clock: the
/// caller passes `now`, which never goes back.
class fallback {
public:
  using time = caf::timespan; ///< since any fixed moment

  /// An outage begins, or is over.
  struct turn {
    bool outage;
    bool linked; ///< there is a link, only no answer in time
    time lasted; ///< the outage, at its end
  };

  struct config {
    /// Of an answer: never less, not even where the cloud is always quick.
    time floor = std::chrono::seconds{1};
    /// Never more; and this before anything was measured.
    time cap = std::chrono::seconds{10};
    /// How long the cloud must answer probes before it is believed in again.
    time settle = std::chrono::seconds{2};
    time settle_cap = std::chrono::seconds{30}; ///< where it flaps
    /// After so long with the cloud an outage is a new one, not a flap.
    time stable = std::chrono::seconds{60};
    time probe_every = std::chrono::milliseconds{500};
    /// Hears of each; may be empty.
    std::function<void(const turn&)> told = nullptr;

    /// Returns ec::bad_config where a value cannot be.
    caf::error validate() const;
  };

  /// Whom to ask about the next keyframe.
  struct plan {
    bool cloud;
    bool fog;
  };

  fallback() = default;

  explicit fallback(config x) : cfg_(std::move(x)) {
    // nop
  }

  void link_up(time now);

  void link_down(time now);

  /// The cloud answered in time what was sent at `sent`.
  void answered(time sent, time now);

  /// What was sent at `sent` has no answer by now, and will have none in time.
  void missed(time sent, time now);

  /// What was missed is answered after all: teaches how long it takes, and
  /// counts as an answer where that makes `deadline()` long enough for it.
  void answered_late(time sent, time now);

  /// Decides about the next keyframe; a probe that it asks for counts as sent.
  plan next(time now);

  /// What is sent now shall be answered within this: smoothed time and four
  /// mean deviations of the answers so far, as RFC 6298 has it, within bounds.
  time deadline() const;

  /// The same without bounds; 0 before anything was measured.
  time usual_time() const {
    return measured_ ? smoothed_ + 4 * deviation_ : time{0};
  }

  fallback_phase phase() const {
    return phase_;
  }

  /// How long the cloud must answer before it is used: doubles at each outage
  /// that follows soon on a return.
  time settling_time() const {
    return settle_;
  }

  /// Times that the fog took over.
  uint64_t outages() const {
    return outages_;
  }

private:
  void measure(time took);

  void trust_more(time sent, time now);

  void enter(fallback_phase x, time now);

  void believe(time now);

  void give_up(time now);

  config cfg_;
  fallback_phase phase_ = fallback_phase::fog;
  bool up_ = false;
  bool met_ = false; ///< the link was up before
  time since_{0};    ///< of the phase
  time trusted_{0};  ///< when the cloud was last believed in
  time began_{0};    ///< the last outage
  time settle_ = cfg_.settle;
  time last_probe_{0};
  bool probed_ = false;
  bool measured_ = false;
  time smoothed_{0}, deviation_{0};
  uint64_t outages_ = 0;
};

} // namespace vpaas
