#include "actors/learning/heads_in_use.hpp"

#include "actors/learning/collector.hpp"
#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/private_folder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

constexpr size_t files_kept = 3;
constexpr uint64_t stream_lasts = 30; // looks without a keyframe

} // namespace

heads_in_use::heads_in_use(collector_pointer owner, const collector_config& cfg,
                           collector_status& counts)
  : self_(owner), cfg_(cfg), counts_(counts), trial_(cfg.trial_share) {
  version_ = newest_version();
}

void heads_in_use::note(const caf::error& x) {
  if (cause_of(x) != counts_.last_error)
    spdlog::warn("collector: {}", cause_of(x));
  counts_.last_error = cause_of(x);
}

void heads_in_use::report(collector_status& x) const {
  x.trial = trial_.version();
  if (on_trial())
    x.trial_streams = trial_.streams();
  x.evidence = trial_.evidence();
}

// -- files --------------------------------------------------------------------

std::string heads_in_use::file_of(const std::string& version) const {
  return (fs::path{cfg_.folder} / (version + ".json")).string();
}

std::string heads_in_use::newest_version() const {
  std::error_code failed;
  fs::path result;
  fs::file_time_type newest;
  for (auto& x : fs::directory_iterator{cfg_.folder, failed}) {
    std::error_code gone;
    auto written = fs::last_write_time(x.path(), gone);
    if (x.path().extension() == ".json" && !gone
        && !is_trial(x.path().filename().string())
        && (result.empty() || written > newest)) {
      result = x.path();
      newest = written;
    }
  }
  return result.stem().string();
}

void heads_in_use::remove_old_files() const {
  std::error_code failed;
  std::vector<std::pair<fs::file_time_type, fs::path>> all;
  for (auto& x : fs::directory_iterator{cfg_.folder, failed})
    if (x.path() != file_of(version_)
        && x.path() != file_of(trial_.version())) {
      std::error_code gone;
      all.emplace_back(fs::last_write_time(x.path(), gone), x.path());
    }
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i + files_kept < all.size(); ++i)
    fs::remove(all[i].second, failed);
}

caf::error heads_in_use::write(const std::string& version,
                               const one_vs_all& x) const {
  if (!is_name(version))
    return caf::make_error(ec::bad_input, "\"" + version
                                            + "\" is no version of heads; "
                                              "write "
                                            + name_rule);
  if (auto problem = x.validate())
    return caf::make_error(ec::bad_input, "failed to use heads " + version
                                            + ": " + *problem
                                            + "; make them again");
  if (auto code = make_private_folder(cfg_.folder))
    return caf::make_error(ec::io, "failed to make " + cfg_.folder + ": "
                                     + std::strerror(code)
                                     + "; check the folder");
  return cfg_.write(x, file_of(version));
}

// -- the classifier -----------------------------------------------------------

void heads_in_use::ask_classifier(
  const document& changes,
  const std::function<void(caf::expected<document>)>& then) {
  auto failed = [then](const caf::error& x) { then(x); };
  auto here = caf::actor_cast<node_actor>(cfg_.node);
  asking_.send(self_, here, cfg_.patience, resolve_atom_v, cfg_.classifier)
    .then(
      [this, changes, then, failed](const caf::actor& found) {
        asking_
          .send(self_, caf::actor_cast<function_actor>(found), cfg_.patience,
                configure_atom_v, changes)
          .then([then](const document& x) { then(x); }, failed);
      },
      failed);
}

void heads_in_use::look() {
  ++looks_;
  trial_.forget_before(looks_ - std::min(looks_, stream_lasts));
  if (on_trial())
    hear_results();
  ask_classifier(document{}, [this](const caf::expected<document>& x) {
    if (x)
      compare(*x);
  });
}

document heads_in_use::wanted_for(const std::string& version) const {
  document result;
  if (is_trial(version)) {
    result.set("trial", file_of(version));
    result.set("trial_streams", trial_.streams());
    return result;
  }
  if (!version.empty())
    result.set("heads", file_of(version));
  if (!on_trial() || !version.empty()) {
    result.set("trial", "");
    result.set("trial_streams", std::vector<std::string>{});
  }
  return result;
}

void heads_in_use::compare(const document& x) {
  auto in_use = x.value().value("heads", std::string{});
  auto ours = in_use == cfg_.heads
              || fs::path{in_use}.parent_path() == fs::path{cfg_.folder};
  counts_.heads = ours ? version_ : "";
  if (!ours)
    return;
  if (!version_.empty() && in_use != file_of(version_)) {
    counts_.heads.clear();
    configure(version_, [this](const caf::error& problem) {
      if (problem) { // it is not what it was, or does not fit any more
        note(problem);
        version_.clear();
      }
    });
    return;
  }
  auto wanted = wanted_for(trial_.version());
  for (auto& [key, value] : wanted.value().items())
    if (x.value().value(key, value) != value) {
      configure(trial_.version(), [this](const caf::error& problem) {
        if (problem) {
          note(problem);
          trial_.end();
        }
      });
      return;
    }
}

void heads_in_use::configure(const std::string& version, const done_fun& done) {
  ask_classifier(wanted_for(version),
                 [this, version, done](const caf::expected<document>& x) {
                   if (!x) {
                     done(x.error());
                     return;
                   }
                   ++counts_.swaps;
                   if (!version.empty() && !is_trial(version))
                     counts_.heads = version;
                   done(caf::none);
                 });
}

caf::result<document> heads_in_use::describe() {
  auto answer = self_->make_response_promise<document>();
  auto failed = [answer](const caf::error& x) mutable { answer.deliver(x); };
  auto here = caf::actor_cast<node_actor>(cfg_.node);
  ask_classifier(document{}, [this, answer, failed,
                              here](const caf::expected<document>& x) mutable {
    if (!x)
      return failed(x.error());
    asking_.send(self_, here, cfg_.patience, status_atom_v, cfg_.classifier)
      .then(
        [this, answer, in_use = x->value().value("heads", std::string{})](
          const status_report& says) {
          auto to = answer;
          auto found = described(
            in_use, says.details.value().value("model", std::string{}));
          if (found)
            to.deliver(std::move(*found));
          else
            to.deliver(std::move(found.error()));
        },
        failed);
  });
  return answer;
}

caf::expected<document> heads_in_use::described(const std::string& in_use,
                                                const std::string& model) {
  auto first = cfg_.read(cfg_.heads), live = cfg_.read(in_use);
  if (!first || !live)
    return first ? live.error() : first.error();
  auto learnt = !version_.empty() && in_use == file_of(version_);
  return document{{{"model", model},
                   {"version", learnt ? version_ : ""},
                   {"by_hand", in_use != cfg_.heads && !learnt},
                   {"first", to_json_value(*first)},
                   {"live", to_json_value(*live)},
                   {"trial", trial_.version()},
                   {"evidence", to_json_value(trial_.evidence())}}};
}

caf::result<void> heads_in_use::use(const std::string& version,
                                    const one_vs_all& x) {
  if (is_trial(version)
        ? version == trial_.version()
        : version == version_ && counts_.heads == version_ && !on_trial())
    return caf::unit;
  if (auto problem = write(version, x)) {
    ++counts_.refused;
    note(problem);
    return problem;
  }
  auto answer = self_->make_response_promise();
  configure(version,
            [this, answer, version, x](const caf::error& problem) mutable {
              if (problem) {
                ++counts_.refused;
                note(problem);
                std::error_code ignored;
                fs::remove(file_of(version), ignored);
                answer.deliver(problem);
                return;
              }
              settle(version, x);
              answer.deliver(caf::unit);
            });
  return caf::delegated<void>{};
}

void heads_in_use::settle(const std::string& version, const one_vs_all& x) {
  if (is_trial(version)) {
    auto live = cfg_.read(version_.empty() ? cfg_.heads : file_of(version_));
    trial_.begin(version, live ? *live : x, x);
    hear_results();
  } else {
    version_ = version;
    trial_.end();
  }
  remove_old_files();
}

// -- trials -------------------------------------------------------------------

void heads_in_use::saw(const std::string& stream, uint64_t frame,
                       std::vector<taught_crop> named) {
  trial_.heard_of(stream, looks_);
  trial_.saw(stream, frame, std::move(named));
}

void heads_in_use::judge(const std::vector<frame_result>& xs) {
  for (auto& x : xs)
    trial_.take(x);
}

void heads_in_use::hear_results() {
  auto here = caf::actor_cast<node_actor>(cfg_.node);
  auto ignore = [](const caf::error&) {
    // A node without results: nobody judges but people.
  };
  asking_.send(self_, here, cfg_.patience, resolve_atom_v, cfg_.results)
    .then(
      [this, ignore](const caf::actor& found) {
        if (heard_ == found.address())
          return;
        asking_
          .send(self_, caf::actor_cast<results_actor>(found), cfg_.patience,
                subscribe_atom_v, std::string{},
                caf::actor_cast<caf::actor>(self_))
          .then([this, at = found.address()] { heard_ = at; }, ignore);
      },
      ignore);
}

} // namespace vpaas
