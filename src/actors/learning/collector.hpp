#pragma once

#include "actors/alarm.hpp"
#include "actors/learning/heads_in_use.hpp"

#include <optional>
#include <string>

namespace vpaas {

struct collector_state {
  static inline const char* name = "collector";

  explicit collector_state(collector_pointer self);

  ~collector_state();

  /// @pre `!x.validate()`
  void begin(collector_config x);

  void keep(const item& asked, const namings& said);

  document crops_after(uint64_t position, uint64_t most) const;

  caf::result<blob> picture(const std::string& id) const;

  status_report status() const;

  collector_pointer self;
  collector_config cfg;
  crop_ring ring;
  collector_status counts;
  std::optional<heads_in_use> heads;

private:
  void look();

  alarm clock_;
};

collector_actor::behavior_type collector(collector_pointer self,
                                         collector_config cfg);

} // namespace vpaas
