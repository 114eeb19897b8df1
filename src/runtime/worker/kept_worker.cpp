#include "runtime/worker/kept_worker.hpp"

#include "runtime/duration.hpp"
#include "runtime/error.hpp"
#include "runtime/policy/restart.hpp"
#include "runtime/worker/function_library.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

caf::error worker_rules::validate() const {
  if (start.library.empty() || start.memory == 0 || limit.count() <= 0
      || period.count() <= 0 || start.start_limit.count() <= 0)
    return caf::make_error(ec::bad_config, "worker: name a library; memory and "
                                           "times must be positive");
  return caf::none;
}

kept_worker::kept_worker(worker_rules rules, time_source now)
  : rules_(std::move(rules)), now_(std::move(now)) {
  // nop
}

std::vector<caf::expected<worker_answer>>
kept_worker::apply(const std::vector<vpaas_frame>& frames) {
  std::vector<caf::expected<worker_answer>> result;
  for (size_t next = 0; result.size() < frames.size();) {
    next = std::max(next, result.size());
    if (auto err = ensure()) {
      result.push_back(std::move(err));
    } else if (auto err = fill(frames, next)) {
      ++counters_.crashed;
      drop();
      result.push_back(std::move(err));
    } else {
      result.push_back(take());
    }
    if (!result.back())
      counters_.last_problem = describe(result.back().error());
    if (!process_)
      next = result.size(); // those behind it are to be asked again
  }
  return result;
}

caf::error kept_worker::ensure() {
  if (process_)
    return caf::none;
  if (gives_up(ends_, now_(), rules_.intensity, rules_.period)) {
    ++counters_.refused;
    return caf::make_error(
      ec::io, "failed to apply " + rules_.start.library
                + ": it ended more than " + std::to_string(rules_.intensity)
                + " times in " + format_duration(rules_.period) + "; mend it");
  }
  ++counters_.starts;
  auto started = worker_process::start(rules_.start);
  if (!started) {
    ++counters_.crashed;
    drop();
    return std::move(started.error());
  }
  process_ = std::move(*started);
  return caf::none;
}

caf::error kept_worker::fill(const std::vector<vpaas_frame>& frames,
                             size_t& next) {
  while (next < frames.size() && process_->busy() < worker_process::depth) {
    auto err = process_->send(frames[next]);
    if (err && process_->busy() > 0)
      return caf::none; // the answers to those before it say why
    if (err)
      return err;
    ++next;
  }
  return caf::none;
}

caf::expected<worker_answer> kept_worker::take() {
  auto output = process_->hello().output;
  auto answer = process_->receive(rules_.limit);
  if (!answer) {
    ++(answer.error() == ec::deadline ? counters_.late : counters_.crashed);
    drop();
    return answer;
  }
  if (auto err = check_answer(*answer, output)) {
    switch (answer->verdict) {
      case worker_verdict::answered:
        ++counters_.wrong;
        break;
      case worker_verdict::failed:
        ++counters_.failed;
        break;
      case worker_verdict::out_of_memory:
        ++counters_.out_of_memory;
        drop();
    }
    return err;
  }
  ++counters_.answered;
  return answer;
}

void kept_worker::drop() {
  process_.reset();
  ends_.push_back(now_());
  if (ends_.size() > rules_.intensity + 1)
    ends_.pop_front();
}

} // namespace vpaas
