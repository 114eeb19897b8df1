#include "actors/learning/trainer.hpp"

#include "messages/report.hpp"
#include "runtime/checksum.hpp"
#include "runtime/error.hpp"
#include "runtime/learning/kept_crop.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

namespace vpaas {

namespace {

constexpr uint64_t missed_looks = 5; // by a fog that has left

/// The same for the same heads after the same labels.
std::string version_of(const one_vs_all& x, uint64_t last) {
  checksum sum;
  auto add = [&](const std::vector<float>& xs) {
    sum.update(reinterpret_cast<const uint8_t*>(xs.data()),
               xs.size() * sizeof(float));
  };
  add(x.weights);
  add(x.thresholds);
  char text[64];
  std::snprintf(text, sizeof text, "learnt-%llu-%08llx",
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
  if (period.count() <= 0 || how.snapshots == 0 || batch == 0)
    return caf::make_error(ec::bad_config, "trainer: period, snapshots and "
                                           "batch must be positive");
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
  if (groups_.count(from.backbone) == 0) {
    groups_.emplace(from.backbone, group{training{*first, *live}, "", 0});
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
    if (xs.last >= x.learnt + cfg.batch)
      train(backbone, x, xs);
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
                  std::move(step.verdict)};
  counts.why = made.verdict.why;
  if (made.verdict.passed) {
    ++counts.passed;
    of.version = made.version;
    counts.heads = made.version;
    counts.before = made.verdict.before;
    counts.now = made.verdict.now;
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

// -- publishing ---------------------------------------------------------------

void trainer_state::publish() {
  for (auto& [node, x] : fogs_)
    if (auto of = groups_.find(x.backbone);
        of != groups_.end() && !of->second.version.empty() && !x.by_hand
        && x.version != of->second.version && x.told.empty())
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
        fogs_[node].version = version;
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
        && x.second.version != of->second.version)
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
                  && y.second.version != of->second.version;
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
