#include "actors/fog/publisher.hpp"

#include "actors/fog/results.hpp"
#include "runtime/policy/restart.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

publisher::publisher(results_pointer owner, const results_config& cfg,
                     results_status& counters)
  : self_(owner), cfg_(cfg), counters_(counters) {
  random_.seed(static_cast<unsigned>(cfg.seed));
  if (!cfg_.writer)
    return;
  writer_id_ = ++last_id_;
  subscribers_[writer_id_];
  start_writer();
}

publisher::~publisher() {
  for (auto& [id, x] : subscribers_)
    if (x.handle)
      self_->demonitor(x.handle.address());
  if (auto i = subscribers_.find(writer_id_);
      i != subscribers_.end() && i->second.handle)
    caf::anon_send_exit(i->second.handle, caf::exit_reason::user_shutdown);
}

caf::error publisher::subscribe(const std::string& stream,
                                const caf::actor& who) {
  if (!who)
    return caf::make_error(ec::bad_input, "failed to subscribe: nobody");
  auto known = std::find_if(subscribers_.begin(), subscribers_.end(),
                            [&](auto& x) { return x.second.handle == who; });
  if (known != subscribers_.end())
    drop(known->first);
  if (subscribers_.size() >= cfg_.max_subscribers)
    return caf::make_error(ec::overload,
                           "failed to subscribe: there are "
                             + std::to_string(subscribers_.size())
                             + " already; end one, or raise subscribers");
  self_->monitor(who);
  subscribers_[++last_id_] = {who, stream, {}, {}};
  return caf::none;
}

void publisher::hand_out(const shared_result& x) {
  for (auto& [id, s] : subscribers_) {
    if (!s.stream.empty() && s.stream != x->stream)
      continue;
    s.waiting.push_back(x);
    if (s.waiting.size() > cfg_.max_queue) {
      s.waiting.pop_front();
      ++counters_.slow;
    }
    serve(s, id);
  }
}

void publisher::forget(const caf::down_msg& x) {
  auto i = std::find_if(subscribers_.begin(), subscribers_.end(), [&](auto& s) {
    return s.second.handle.address() == x.source;
  });
  if (i == subscribers_.end())
    return;
  if (i->first == writer_id_)
    writer_died();
  else
    drop(i->first);
}

bool publisher::wind_up() {
  winding_up_ = true;
  auto writer = subscribers_.find(writer_id_);
  return writer != subscribers_.end() && writer->second.handle
         && !writer->second.flying.empty();
}

size_t publisher::subscribers() const {
  return subscribers_.size();
}

size_t publisher::queued() const {
  size_t result = 0;
  for (auto& [id, x] : subscribers_)
    result += x.waiting.size() + x.flying.size();
  return result;
}

void publisher::start_writer() {
  auto& x = subscribers_[writer_id_];
  x.handle = cfg_.writer();
  self_->monitor(x.handle);
  serve(x, writer_id_);
}

void publisher::writer_died() {
  auto& x = subscribers_[writer_id_];
  x.handle = nullptr;
  x.waiting.insert(x.waiting.begin(), x.flying.begin(), x.flying.end());
  x.flying.clear();
  ++counters_.writer_deaths;
  if (winding_up_)
    return;
  if (++deaths_ > cfg_.max_writer_deaths) {
    counters_.last_error
      = "results are written to no file any more: who writes "
        "them died "
        + std::to_string(deaths_)
        + " times in a row; look at the file, and start the "
          "node anew";
    spdlog::error("{}", counters_.last_error);
    return drop(writer_id_);
  }
  if (deaths_ == 1)
    return start_writer();
  std::uniform_real_distribution<> jitter;
  clock_.set(self_,
             self_->clock().now()
               + restart_delay(cfg_.first_delay, cfg_.max_delay, deaths_ - 2,
                               jitter(random_)),
             [this] {
               if (!winding_up_)
                 start_writer();
             });
}

void publisher::serve(subscriber& x, uint64_t id) {
  if (!x.handle || !x.flying.empty() || x.waiting.empty())
    return;
  std::vector<frame_result> xs;
  while (!x.waiting.empty() && xs.size() < cfg_.max_delivery) {
    xs.push_back(*x.waiting.front());
    x.flying.push_back(std::move(x.waiting.front()));
    x.waiting.pop_front();
  }
  asked_
    .send(self_, x.handle, cfg_.subscriber_timeout, result_atom_v,
          std::move(xs))
    .then([this, id, to = x.handle.address()] { served(id, to, true); },
          [this, id, to = x.handle.address()](const caf::error& err) {
            if (err != caf::sec::request_receiver_down) // its end is told too
              served(id, to, false);
          });
}

// An answer of a writer that died since is of no use: what it was sent is on
// its way to the next.
void publisher::served(uint64_t id, const caf::actor_addr& by, bool answered) {
  auto i = subscribers_.find(id);
  if (i == subscribers_.end() || i->second.handle.address() != by)
    return;
  auto& x = i->second;
  (answered ? counters_.delivered : counters_.unanswered) += x.flying.size();
  x.flying.clear();
  if (answered && id == writer_id_)
    deaths_ = 0;
  serve(x, id);
  self_->state.end_if_done();
}

void publisher::drop(uint64_t id) {
  auto i = subscribers_.find(id);
  counters_.gone += i->second.flying.size() + i->second.waiting.size();
  if (i->second.handle)
    self_->demonitor(i->second.handle.address());
  subscribers_.erase(i);
}

} // namespace vpaas
