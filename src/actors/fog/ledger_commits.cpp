#include "actors/fog/ledger_commits.hpp"

#include "actors/fog/results.hpp"
#include "runtime/policy/restart.hpp"

#include <spdlog/spdlog.h>

#include <iterator>
#include <utility>

//             something waits           found
//      idle -----------------> finding -------> writing
//       ^ ^                       |                |
//       | '---- resting <---------+----------------+ failed, died, no answer
//       |    back-off is over                      |
//       '------------------------------------------' on the disk

namespace vpaas {

ledger_commits::ledger_commits(results_pointer owner, const results_config& cfg,
                               results_status& counters)
  : self_(owner), cfg_(cfg), counters_(counters) {
  random_.seed(static_cast<unsigned>(cfg.seed));
}

ledger_commits::~ledger_commits() {
  if (ledger_)
    self_->demonitor(ledger_.address());
  for (auto* waiting : {&batch_, &queue_})
    for (auto& x : *waiting)
      x.reply.deliver(stopped());
}

bool ledger_commits::full(size_t results) const {
  return counters_.waiting > 0
         && counters_.waiting + results > cfg_.max_waiting;
}

caf::result<void> ledger_commits::add(std::vector<shared_result> xs) {
  counters_.waiting += xs.size();
  queue_.push_back(
    {std::move(xs), self_->make_response_promise(), self_->clock().now()});
  flush();
  return caf::delegated<void>{};
}

void ledger_commits::flush() {
  if (busy_ || resting_ || queue_.empty())
    return;
  size_t n = 0;
  while (!queue_.empty() && n < cfg_.max_batch) {
    n += queue_.front().results.size();
    batch_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  busy_ = true;
  ++attempt_;
  if (ledger_)
    send_batch();
  else
    find_ledger();
}

void ledger_commits::hurry() {
  resting_ = false;
  flush();
}

bool ledger_commits::forget(const caf::down_msg& x) {
  if (!ledger_ || x.source != ledger_.address())
    return false;
  ledger_ = nullptr;
  if (busy_)
    fail(x.reason);
  return true;
}

bool ledger_commits::troubled() const {
  return resting_ || failures_ > 0;
}

latency ledger_commits::times() const {
  return times_.summary();
}

void ledger_commits::find_ledger() {
  asked_
    .send(self_, caf::actor_cast<node_actor>(cfg_.node), cfg_.ledger_timeout,
          resolve_atom_v, cfg_.ledger)
    .then(
      [this](const caf::actor& found) {
        ledger_ = caf::actor_cast<ledger_actor>(found);
        self_->monitor(ledger_);
        send_batch();
      },
      [this](const caf::error& err) { fail(err); });
}

void ledger_commits::send_batch() {
  std::vector<frame_result> xs;
  for (auto& x : batch_)
    for (auto& result : x.results)
      xs.push_back(*result);
  asked_.send(self_, ledger_, cfg_.ledger_timeout, record_atom_v, std::move(xs))
    .then(
      [this, id = attempt_](uint64_t) {
        if (busy_ && id == attempt_)
          committed();
      },
      [this, id = attempt_](const caf::error& err) {
        if (busy_ && id == attempt_)
          fail(err);
      });
}

void ledger_commits::committed() {
  busy_ = false;
  failures_ = 0;
  ++counters_.commits;
  for (auto& x : batch_) {
    counters_.waiting -= x.results.size();
    counters_.stored += x.results.size();
    times_.record(self_->clock().now() - x.taken);
    x.reply.deliver(caf::unit);
  }
  batch_.clear();
  flush();
  self_->state.end_if_done();
}

void ledger_commits::fail(const caf::error& reason) {
  busy_ = false;
  ++counters_.failures;
  auto text = describe(reason);
  if (text != counters_.last_error)
    spdlog::error("results wait for the ledger: {}", text);
  counters_.last_error = std::move(text);
  if (ledger_)
    self_->demonitor(ledger_.address());
  ledger_ = nullptr;
  queue_.insert(queue_.begin(), std::make_move_iterator(batch_.begin()),
                std::make_move_iterator(batch_.end()));
  batch_.clear();
  resting_ = true;
  std::uniform_real_distribution<> jitter;
  clock_.set(self_,
             self_->clock().now()
               + restart_delay(cfg_.first_delay, cfg_.max_delay, failures_++,
                               jitter(random_)),
             [this] { hurry(); });
}

} // namespace vpaas
