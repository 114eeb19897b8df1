#pragma once

#include "actors/learning/collector_config.hpp"
#include "actors/requests.hpp"
#include "runtime/learning/trial_watch.hpp"

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

/// The heads of a fog's classifier, a part of the actor `collector`: those that
/// name, and those that some streams try. On disk whole, then in use; what the
/// classifier uses is looked at again and again, so that one that was started
/// anew gets them. Heads that somebody configured by hand stay.
class heads_in_use {
public:
  /// @param owner, cfg, counts outlive this
  heads_in_use(collector_pointer owner, const collector_config& cfg,
               collector_status& counts);

  heads_in_use(const heads_in_use&) = delete;

  heads_in_use& operator=(const heads_in_use&) = delete;

  /// Whether the classifier uses what it should.
  void look();

  caf::result<document> describe();

  /// Writes heads, and gives them to the classifier.
  caf::result<void> use(const std::string& version, const one_vs_all& x);

  /// A keyframe of this stream came; `named` are its crops that the fog named.
  void saw(const std::string& stream, uint64_t frame,
           std::vector<taught_crop> named);

  void judge(const std::vector<frame_result>& xs);

  bool on_trial() const {
    return !trial_.version().empty();
  }

  void report(collector_status& x) const;

  void note(const caf::error& x);

private:
  using done_fun = std::function<void(const caf::error&)>;

  void compare(const document& in_use);

  /// What the classifier uses where the heads of this version are as they
  /// should be.
  document wanted_for(const std::string& version) const;

  /// Gives the classifier the heads of this version; empty: none on trial.
  void configure(const std::string& version, const done_fun& done);

  /// Asks the classifier for its parameters, or changes some.
  void ask_classifier(const document& changes,
                      const std::function<void(caf::expected<document>)>& then);

  caf::expected<document> described(const std::string& in_use,
                                    const std::string& model);

  caf::error write(const std::string& version, const one_vs_all& x) const;

  /// The classifier uses them.
  void settle(const std::string& version, const one_vs_all& x);

  void hear_results();

  /// The newest of the folder; empty: none.
  std::string newest_version() const;

  std::string file_of(const std::string& version) const;

  void remove_old_files() const;

  collector_pointer self_;
  const collector_config& cfg_;
  collector_status& counts_;
  std::string version_; ///< that is to be used; empty: the first ones
  trial_watch trial_;
  uint64_t looks_ = 0;
  caf::actor_addr heard_; ///< whose results come
  requests asking_;
};

} // namespace vpaas
