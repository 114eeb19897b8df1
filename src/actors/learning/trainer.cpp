#include "actors/learning/trainer.hpp"

#include "messages/report.hpp"
#include "runtime/checksum.hpp"
#include "runtime/error.hpp"
#include "runtime/learning/kept_crop.hpp"
#include "runtime/learning/trial_watch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

namespace vpaas {

namespace {

constexpr uint64_t missed_looks = 5; // by a fog that has left

/// The same for the same heads after the same labels.
std::string version_of(const one_vs_all& x, uint64_t last,
                       const char* kind = "learnt") {
  checksum sum;
  auto add = [&](const std::vector<float>& xs) {
    sum.update(reinterpret_cast<const uint8_t*>(xs.data()),
               xs.size() * sizeof(float));
  };
  add(x.weights);
  add(x.thresholds);
  char text[64];
  std::snprintf(text, sizeof text, "%s-%llu-%08llx", kind,
                static_cast<unsigned long long>(last),
                static_cast<unsigned long long>(sum.value() & 0xFFFFFFFF));
  return text;
}

std::vector<taught_crop> crops_for(const std::string& backbone,
                                   const std::vector<lesson_list::lesson>& xs) {
  std::vector<taught_crop> result;
  for (auto& x : xs)
    if (x.backbone == backbone)
      result.push_back(x.crop);
  return result;
}

} // namespace

caf::error trainer_config::validate() const {
  if (period.count() <= 0 || how.snapshots == 0 || batch == 0
      || trial.lead == 0)
    return caf::make_error(ec::bad_config,
                           "trainer: period, snapshots, batch and lead must be "
                           "positive");
  return caf::none;
}

trainer_state::trainer_state(
  trainer_actor::stateful_pointer<trainer_state> self)
  : self(self) {
  // nop
}

void trainer_state::begin(trainer_config x) {
  cfg = std::move(x);
  look();
}

void trainer_state::look() {
  ++looks_;
  for (auto i = fogs_.begin(); i != fogs_.end();)
    i = i->second.seen + missed_looks < looks_ ? fogs_.erase(i) : std::next(i);
  finder_.look(self, cfg.node, cfg.patience,
               [this](const std::string& node, const collector_actor& from) {
                 take(node, from);
               });
  judge_trials();
  come_due();
  clock_.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void trainer_state::take(const std::string& node, const collector_actor& from) {
  auto& x = fogs_[node];
  if (x.handle != from)
    x = fog{};
  x.handle = from;
  x.seen = looks_;
  if (x.asked)
    return;
  x.asked = true;
  asking_.send(self, from, cfg.patience, read_atom_v)
    .then([this, node](const document& found) { take_heads(node, found); },
          [this, node](const caf::error& cause) {
            fogs_[node].asked = false;
            counts.last_error = node + ": " + describe(cause);
          });
}

void trainer_state::take_heads(const std::string& node, const document& x) {
  auto& from = fogs_[node];
  from.asked = false;
  auto& in = x.value();
  auto first = from_json<one_vs_all>(in.value("first", json{}));
  auto live = from_json<one_vs_all>(in.value("live", json{}));
  auto model = in.value("model", std::string{});
  if (!first || !live || first->validate() || live->validate()
      || model.empty()) {
    counts.last_error = node + ": it has no heads to learn with";
    return;
  }
  from.backbone = backbone_of(model);
  from.version = in.value("version", std::string{});
  from.by_hand = in.value("by_hand", false);
  from.trial = in.value("trial", std::string{});
  auto evidence = from_json<trial_evidence>(in.value("evidence", json{}));
  from.evidence = evidence ? *evidence : trial_evidence{};
  if (groups_.count(from.backbone) == 0) {
    groups_.emplace(from.backbone,
                    group{training{*first, *live}, "", 0, {}, 0});
    come_due();
  }
  publish();
}

// -- learning -----------------------------------------------------------------

void trainer_state::come_due() {
  if (asking_lessons_) {
    due_again_ = true;
    return;
  }
  asking_lessons_ = true;
  auto done = [this] {
    asking_lessons_ = false;
    if (std::exchange(due_again_, false))
      come_due();
  };
  auto failed = [this, done](const caf::error& cause) {
    counts.last_error = describe(cause);
    done();
  };
  auto here = caf::actor_cast<node_actor>(cfg.node);
  asking_.send(self, here, cfg.patience, resolve_atom_v, cfg.labels)
    .then(
      [this, done, failed](const caf::actor& found) {
        auto from = caf::actor_cast<data_collector_actor>(found);
        if (subscribed_ != found.address()) {
          subscribed_ = found.address();
          caf::anon_send(from, subscribe_atom_v,
                         caf::actor_cast<caf::actor>(self));
        }
        asking_.send(self, from, cfg.patience, read_atom_v)
          .then(
            [this, done](const lesson_list& xs) {
              take_lessons(xs);
              done();
            },
            failed);
      },
      failed);
}

void trainer_state::take_lessons(const lesson_list& xs) {
  counts.labels = xs.all->size();
  for (auto& [backbone, x] : groups_)
    if (x.may_learn(xs, cfg.batch)) {
      judge_by_people(backbone, x, xs);
      train(backbone, x, xs);
    }
  publish();
}

void trainer_state::train(const std::string& backbone, group& of,
                          const lesson_list& xs) {
  auto began = self->clock().now();
  auto labels = crops_for(backbone, *xs.all);
  of.learnt = xs.last;
  auto before = of.heads.live();
  auto step = of.heads.teach(labels, cfg.how, crops_for(backbone, *xs.around));
  training_.record(self->clock().now() - began);
  if (same_heads(step.heads, before))
    return;
  ++counts.updates;
  made_heads made{version_of(step.heads, xs.last),
                  backbone,
                  cfg.clock(),
                  xs.last,
                  step.learnt,
                  step.combined,
                  std::move(step.verdict),
                  heads_fate::refused};
  counts.why = made.verdict.why;
  if (made.verdict.passed) {
    put_to_use(of, before, made);
    pending_ = xs.changed;
  } else {
    ++counts.refused;
    spdlog::info("trainer: heads {} are refused: {}", made.version,
                 made.verdict.why);
  }
  made_.push_front(std::move(made));
  while (made_.size() > cfg.history)
    made_.pop_back();
}

void trainer_state::put_to_use(group& of, const one_vs_all& before,
                               made_heads& made) {
  ++counts.passed;
  made.fate = heads_fate::live;
  if (cfg.trial.longest.count() > 0) {
    made.fate = heads_fate::on_trial;
    made.version = version_of(of.heads.live(), made.last, "trial");
    if (!of.on_trial) {
      of.on_trial = trial{of.version, before, cfg.clock(), {}};
    } else { // it goes on with newer ones
      of.on_trial->people = evidence_of(made.backbone, of);
      for (auto& x : made_)
        if (x.fate == heads_fate::on_trial && x.backbone == made.backbone)
          x.fate = heads_fate::replaced;
    }
  }
  of.version = made.version;
  counts.heads = made.version;
  counts.before = made.verdict.before;
  counts.now = made.verdict.now;
}

// -- trials -------------------------------------------------------------------

void trainer_state::judge_by_people(const std::string& backbone, group& of,
                                    const lesson_list& xs) const {
  if (!of.on_trial)
    return;
  for (auto& x : *xs.all)
    if (x.backbone == backbone && x.id > of.learnt)
      of.on_trial->people.note(x.crop.label,
                               name_by(of.on_trial->heads, x.crop),
                               name_by(of.heads.live(), x.crop));
}

trial_evidence trainer_state::evidence_of(const std::string& backbone,
                                          const group& x) const {
  auto result = x.on_trial ? x.on_trial->people : trial_evidence{};
  for (auto& y : fogs_)
    if (y.second.backbone == backbone && y.second.trial == x.version)
      result += y.second.evidence;
  return result;
}

void trainer_state::judge_trials() {
  for (auto& [backbone, x] : groups_) {
    if (!x.on_trial)
      continue;
    counts.evidence = evidence_of(backbone, x);
    auto verdict = judge_trial(counts.evidence, cfg.clock() - x.on_trial->began,
                               cfg.trial);
    if (verdict != trial_verdict::open)
      end_trial(x, verdict == trial_verdict::keep);
  }
  publish();
}

void trainer_state::end_trial(group& of, bool keep) {
  auto tried = of.version;
  if (keep) {
    of.version = version_of(of.heads.live(), of.learnt);
  } else {
    ++counts.rolled_back;
    spdlog::warn("trainer: heads {} are rolled back: of {} crops they lost {} "
                 "and gained {}",
                 tried, counts.evidence.judged, counts.evidence.lost,
                 counts.evidence.gained);
    of.heads.revert(of.on_trial->heads);
    of.version = of.on_trial->before.empty()
                   ? version_of(of.heads.live(), of.learnt)
                   : of.on_trial->before;
    of.barred = of.learnt + cfg.pause;
  }
  of.on_trial.reset();
  counts.heads = of.version;
  for (auto& x : made_)
    if (x.version == tried) {
      x.fate = keep ? heads_fate::live : heads_fate::rolled_back;
      if (keep)
        x.version = of.version;
    }
}

// -- publishing ---------------------------------------------------------------

void trainer_state::publish() {
  for (auto& [node, x] : fogs_)
    if (auto of = groups_.find(x.backbone);
        of != groups_.end() && !of->second.version.empty() && !x.by_hand
        && x.uses() != of->second.version && x.told.empty())
      tell(node, x, of->second);
}

void trainer_state::tell(const std::string& node, fog& to, const group& what) {
  to.told = what.version;
  asking_
    .send(self, to.handle, cfg.patience, configure_atom_v, what.version,
          what.heads.live())
    .then(
      [this, node, version = what.version] {
        fogs_[node].told.clear();
        auto& x = fogs_[node];
        x.trial = is_trial(version) ? version : "";
        if (!is_trial(version))
          x.version = version;
        x.evidence = {};
        settle();
        publish(); // there may be newer ones
      },
      [this, node](const caf::error& cause) {
        fogs_[node].told.clear(); // the next look tells it again
        counts.last_error = node + ": " + describe(cause);
      });
}

void trainer_state::settle() {
  for (auto& x : fogs_)
    if (auto of = groups_.find(x.second.backbone);
        of != groups_.end() && !x.second.by_hand
        && x.second.uses() != of->second.version)
      return;
  if (pending_ == caf::timestamp{})
    return;
  live_.record(cfg.clock() - pending_);
  pending_ = {};
}

document trainer_state::heads() const {
  auto all = json::array();
  for (auto& x : made_)
    all.push_back(to_json_value(x));
  std::set<std::string> classes;
  for (auto& x : groups_)
    for (auto& y : x.second.heads.live().classes)
      classes.insert(y);
  return document{{{"heads", std::move(all)}, {"classes", classes}}};
}

status_report trainer_state::status() const {
  auto x = counts;
  x.fogs = fogs_.size();
  for (auto& y : fogs_)
    if (auto of = groups_.find(y.second.backbone); of != groups_.end())
      x.behind += !of->second.version.empty()
                  && y.second.uses() != of->second.version;
  x.training = training_.summary();
  x.click_to_live = live_.summary();
  return report(self, groups_.empty() ? "waiting" : "ready", x);
}

trainer_actor::behavior_type
trainer(trainer_actor::stateful_pointer<trainer_state> self,
        trainer_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // It learns as soon as there is a fog.
    },
    [self](due_atom) { self->state.come_due(); },
    [self](fetch_atom) { return self->state.heads(); },
  };
}

} // namespace vpaas
