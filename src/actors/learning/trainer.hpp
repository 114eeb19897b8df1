#pragma once

#include "actors/alarm.hpp"
#include "actors/learning/fog_finder.hpp"
#include "actors/requests.hpp"
#include "runtime/learning/heads_trial.hpp"
#include "runtime/learning/training.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace vpaas {

/// The TRAINER of the backend [V]: with each label the last layer is fitted
/// anew on the newest labels and a reservoir of the earlier ones, combined with
/// its snapshots where that is better, and judged on labels that were held out.
/// Heads that are no worse go to all fogs of that backbone; others are kept and
/// shown. Fogs are asked again and again what they use, so that one that was
/// away gets the heads when it is back. Where there are trials, fogs use new
/// heads on a share of their streams first; those that people or the cloud
/// contradict are rolled back by themselves, and made again after some more
/// labels. It keeps nothing: after a restart heads are made anew of all labels,
/// and tried anew. Arithmetic of up to seconds: spawn
/// detached, with a thread that gives way to those that analyse.
struct trainer_config {
  caf::actor node; ///< the directory, `node_actor`
  std::string labels = "data_collector";
  training_config how;
  heads_trial_config trial{5, caf::timespan{0}}; ///< longest 0: no trials
  uint64_t pause = 10; ///< labels after which heads are tried again
  uint64_t batch = 1;  ///< labels that are waited for; 1: at once
  size_t history = 50; ///< heads that are shown
  caf::timespan period = std::chrono::seconds(1); ///< between looks at fogs
  caf::timespan patience = std::chrono::seconds(5);
  std::function<caf::timestamp()> clock = caf::make_timestamp;

  caf::error validate() const;
};

struct trainer_status {
  uint64_t labels = 0;      ///< crops that have one
  uint64_t updates = 0;     ///< heads that were made
  uint64_t passed = 0;      ///< of these, that went to fogs
  uint64_t refused = 0;     ///< of these, by the gate
  uint64_t rolled_back = 0; ///< of those that passed
  trial_evidence evidence;  ///< of what is on trial
  uint64_t fogs = 0;
  uint64_t behind = 0; ///< fogs that do not use what they should
  std::string heads; ///< version that went live, or on trial, last; empty: none
  double before = 0; ///< share of held-out labels that the ones before hit
  double now = 0;    ///< and those that are live
  std::string why;   ///< the last ones were refused; empty: they were not
  latency training;  ///< of one update
  latency click_to_live; ///< from the label on disk to all fogs that use it
  std::string last_error;

  static constexpr auto type_name = "trainer_status";

  static constexpr auto fields() {
    using self = trainer_status;
    return std::make_tuple(
      field("labels", &self::labels), field("updates", &self::updates),
      field("passed", &self::passed), field("refused", &self::refused),
      field("rolled_back", &self::rolled_back),
      field("evidence", &self::evidence), field("fogs", &self::fogs),
      field("behind", &self::behind), field("heads", &self::heads),
      field("before", &self::before), field("now", &self::now),
      field("why", &self::why), field("training", &self::training),
      field("click_to_live", &self::click_to_live),
      field("last_error", &self::last_error));
  }
};

/// What became of heads.
enum class heads_fate : uint8_t {
  refused,
  live,
  on_trial,
  replaced, ///< while on trial, by newer ones
  rolled_back,
};

constexpr auto names_of(heads_fate) {
  return std::array{"refused", "live", "on trial", "replaced", "rolled back"};
}

/// Heads that were made, and what became of them.
struct made_heads {
  std::string version;
  std::string backbone;
  caf::timestamp time;
  uint64_t last = 0;     ///< entry of the log that they know
  uint64_t learnt = 0;   ///< lessons
  bool combined = false; ///< of several snapshots
  gate_verdict verdict;
  heads_fate fate = heads_fate::refused;

  static constexpr auto type_name = "made_heads";

  static constexpr auto fields() {
    using self = made_heads;
    return std::make_tuple(
      field("version", &self::version), field("backbone", &self::backbone),
      field("time", &self::time), field("last", &self::last),
      field("learnt", &self::learnt), field("combined", &self::combined),
      field("verdict", &self::verdict), field("fate", &self::fate));
  }
};

struct trainer_state {
  static inline const char* name = "trainer";

  explicit trainer_state(trainer_actor::stateful_pointer<trainer_state> self);

  /// @pre `!x.validate()`
  void begin(trainer_config x);

  /// There may be other labels.
  void come_due();

  document heads() const;

  status_report status() const;

  trainer_actor::stateful_pointer<trainer_state> self;
  trainer_config cfg;
  trainer_status counts;

private:
  /// Heads that fogs try, in the place of others.
  struct trial {
    std::string before; ///< version
    one_vs_all heads;   ///< of that
    caf::timestamp began;
    trial_evidence people; ///< and what fogs said of versions before this one
  };

  /// All fogs of one backbone.
  struct group {
    training heads;
    std::string version; ///< that is live; empty: as the fogs have it
    uint64_t learnt = 0; ///< entry of the log
    std::optional<trial> on_trial;
    uint64_t barred = 0; ///< entry before which nothing is tried

    bool may_learn(const lesson_list& xs, uint64_t batch) const {
      return xs.last >= learnt + batch && xs.last >= barred;
    }
  };

  struct fog {
    collector_actor handle;
    std::string backbone;
    std::string version; ///< that it uses
    std::string trial;   ///< that some of its streams use; empty: none
    trial_evidence evidence;
    bool by_hand = false; ///< somebody chose other heads
    bool asked = false;
    std::string told;  ///< on its way; empty: nothing
    uint64_t seen = 0; ///< look that found it

    const std::string& uses() const {
      return trial.empty() ? version : trial;
    }
  };

  void look();

  void take(const std::string& node, const collector_actor& from);

  void take_heads(const std::string& node, const document& x);

  void take_lessons(const lesson_list& xs);

  void train(const std::string& backbone, group& of, const lesson_list& xs);

  /// Heads of this group go live, or on trial.
  void put_to_use(group& of, const one_vs_all& before, made_heads& made);

  /// What people say of crops that those on trial have not learnt.
  void judge_by_people(const std::string& backbone, group& of,
                       const lesson_list& xs) const;

  trial_evidence evidence_of(const std::string& backbone, const group& x) const;

  void judge_trials();

  void end_trial(group& of, bool keep);

  void publish();

  void tell(const std::string& node, fog& to, const group& what);

  /// All fogs use what was made last.
  void settle();

  std::map<std::string, group> groups_; ///< by backbone
  std::map<std::string, fog> fogs_;     ///< by node
  std::deque<made_heads> made_;
  uint64_t looks_ = 0;
  bool asking_lessons_ = false, due_again_ = false;
  caf::timestamp pending_{}; ///< label whose heads are on their way
  caf::actor_addr subscribed_;
  histogram training_, live_;
  fog_finder finder_;
  requests asking_;
  alarm clock_;
};

trainer_actor::behavior_type
trainer(trainer_actor::stateful_pointer<trainer_state> self,
        trainer_config cfg);

} // namespace vpaas
