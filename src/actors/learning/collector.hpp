#pragma once

#include "actors/alarm.hpp"
#include "actors/learning/crop_outlet.hpp"
#include "actors/requests.hpp"
#include "runtime/learning/crop_ring.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <string>

namespace vpaas {

/// The COLLECTOR of a fog [V]: keeps the crops of which the classifier was not
/// sure, in memory, and puts heads to use that were learnt elsewhere: written
/// to disk whole, then given to the classifier. A fog that starts again takes
/// up the heads that it had, with no backend; a classifier that was started
/// again gets them anew. Heads that somebody configured by hand stay. Writes
/// pictures and files: spawn detached.
struct collector_config {
  caf::actor node;       ///< the directory, `node_actor`
  std::string node_name; ///< begins the ids of crops
  std::string classifier = "classifier";
  std::string heads;  ///< the first ones, as the classifier's configuration
  std::string folder; ///< of heads that were learnt
  crop_ring_config ring;
  float sure = 0.9f; ///< score from which a name is not asked about
  caf::timespan period = std::chrono::seconds(2); ///< between looks
  caf::timespan patience = std::chrono::seconds(5);
  std::shared_ptr<crop_outlet> from;
  /// Reads heads: a name or a file.
  std::function<caf::expected<one_vs_all>(const std::string&)> read;
  std::function<caf::error(const one_vs_all&, const std::string&)> write;

  caf::error validate() const;
};

struct collector_status {
  uint64_t crops = 0;    ///< that are there
  uint64_t bytes = 0;    ///< of these
  uint64_t sure = 0;     ///< not kept: the fog knew
  uint64_t left_out = 0; ///< keyframes that came too fast
  uint64_t failed = 0;   ///< pictures that could not be made
  crop_ring_counts ring;
  std::string heads;  ///< version of those that were learnt; empty: none
  uint64_t swaps = 0; ///< heads that were put to use
  uint64_t refused = 0;
  std::string last_error;

  static constexpr auto type_name = "collector_status";

  static constexpr auto fields() {
    using self = collector_status;
    return std::make_tuple(
      field("crops", &self::crops), field("bytes", &self::bytes),
      field("sure", &self::sure), field("left_out", &self::left_out),
      field("failed", &self::failed), field("ring", &self::ring),
      field("heads", &self::heads), field("swaps", &self::swaps),
      field("refused", &self::refused), field("last_error", &self::last_error));
  }
};

struct collector_state {
  static inline const char* name = "collector";

  explicit collector_state(
    collector_actor::stateful_pointer<collector_state> self);

  ~collector_state();

  /// @pre `!x.validate()`
  void begin(collector_config x);

  void keep(const item& asked, const namings& said);

  document crops_after(uint64_t position, uint64_t most) const;

  caf::result<blob> picture(const std::string& id) const;

  caf::result<document> heads();

  /// Writes heads, and gives them to the classifier.
  caf::result<void> use(const std::string& version, const one_vs_all& x);

  status_report status() const;

  collector_actor::stateful_pointer<collector_state> self;
  collector_config cfg;
  crop_ring ring;
  collector_status counts;

private:
  /// Whether the classifier uses what it should.
  void look();

  void compare(const std::string& in_use);

  /// Gives the classifier the heads of this file.
  void configure(const std::string& path,
                 const std::function<void(const caf::error&)>& done);

  /// Asks the classifier for its parameters, or changes some.
  void ask_classifier(const document& changes,
                      const std::function<void(caf::expected<document>)>& then);

  caf::expected<document> describe_heads(const std::string& in_use,
                                         const std::string& model);

  void note(const caf::error& x);

  /// The newest of the folder; empty: none.
  std::string newest_file() const;

  std::string file_of(const std::string& version) const;

  void remove_old_files() const;

  std::string version_; ///< that is to be used; empty: the first ones
  requests asking_;
  alarm clock_;
};

collector_actor::behavior_type
collector(collector_actor::stateful_pointer<collector_state> self,
          collector_config cfg);

} // namespace vpaas
