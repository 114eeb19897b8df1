#pragma once

#include "actors/alarm.hpp"
#include "actors/learning/fog_finder.hpp"
#include "actors/requests.hpp"
#include "runtime/learning/crop_pool.hpp"
#include "runtime/learning/label_wishes.hpp"
#include "runtime/store/label_log.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The DATA COLLECTOR of the backend [V]: what fogs were not sure of, ranked by
/// what a label would teach, and the log of what people said of it. Pictures
/// stay with the fog until somebody looks at them; features come along. A crop
/// that has a label is kept for good. Where the database fails a label is
/// answered with why, and nothing of it counts. Blocks: spawn detached.
struct data_collector_config {
  caf::actor node; ///< the directory, `node_actor`
  database_config database;
  size_t max_crops = 5000; ///< that wait for a label; the oldest go first
  size_t max_pictures = 500;
  /// Labels in a time window [VI-C]; 0: any number.
  uint64_t budget = 0;
  caf::timespan window = std::chrono::hours(1);
  caf::timespan period = std::chrono::seconds(1); ///< between looks at fogs
  caf::timespan patience = std::chrono::seconds(5);
  std::function<caf::timestamp()> clock = caf::make_timestamp;

  caf::error validate() const;
};

struct data_collector_status {
  uint64_t crops = 0;    ///< that wait for a label
  uint64_t labels = 0;   ///< entries of the log that name something
  uint64_t undone = 0;   ///< of these
  uint64_t standing = 0; ///< crops that have a label
  uint64_t disputed = 0; ///< of these
  uint64_t refused = 0;  ///< labels, beyond the budget or wrong
  uint64_t failures = 0; ///< of the database
  uint64_t fogs = 0;     ///< that have answered
  uint64_t drifts = 0;   ///< cameras' scores that moved, see `drift_watch`
  std::string last_error;

  static constexpr auto type_name = "data_collector_status";

  static constexpr auto fields() {
    using self = data_collector_status;
    return std::make_tuple(
      field("crops", &self::crops), field("labels", &self::labels),
      field("undone", &self::undone), field("standing", &self::standing),
      field("disputed", &self::disputed), field("refused", &self::refused),
      field("failures", &self::failures), field("fogs", &self::fogs),
      field("drifts", &self::drifts), field("last_error", &self::last_error));
  }
};

struct data_collector_state {
  static inline const char* name = "data_collector";

  explicit data_collector_state(
    data_collector_actor::stateful_pointer<data_collector_state> self);

  /// @pre `!x.validate()`
  void begin(data_collector_config x);

  caf::result<document> ranked(const document& wish);

  caf::result<blob> picture(const std::string& id);

  caf::result<document> record(const document& wish);

  caf::result<document> take_back(const document& wish);

  caf::result<document> entries(uint64_t after, uint64_t most);

  caf::result<lesson_list> lessons();

  void subscribe(const caf::actor& who);

  /// A listener has ended.
  void forget(const caf::down_msg& x);

  status_report status() const;

  data_collector_actor::stateful_pointer<data_collector_state> self;
  data_collector_config cfg;
  data_collector_status counts;

private:
  /// The log, opened and read where it was not.
  caf::error open();

  void look();

  void take(const std::string& node, const collector_actor& from);

  void take_crops(const std::string& node, const document& x);

  /// Whether so many labels are too many now.
  caf::error check_budget(size_t more) const;

  caf::result<document> write(std::vector<label_entry> xs);

  void changed();

  std::vector<float> features_of(const std::string& crop) const;

  caf::error noted(caf::error x);

  struct fog {
    collector_actor handle;
    uint64_t position = 0; ///< of the last crop that came
    bool asked = false;
  };

  std::optional<label_log> log_;
  std::vector<label_entry> entries_;         ///< all of them
  std::map<std::string, kept_crop> labeled_; ///< with an entry
  crop_pool waiting_;
  std::map<std::string, blob> pictures_;
  std::deque<std::string> picture_order_;
  std::map<std::string, fog> fogs_;
  std::set<caf::actor> listeners_;
  fog_finder finder_;
  requests asking_;
  alarm clock_;
};

data_collector_actor::behavior_type data_collector(
  data_collector_actor::stateful_pointer<data_collector_state> self,
  data_collector_config cfg);

} // namespace vpaas
