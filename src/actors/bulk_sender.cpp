#include "actors/bulk_sender.hpp"

#include "runtime/checksum.hpp"
#include "runtime/error.hpp"

#include <caf/sec.hpp>

#include <algorithm>

namespace vpaas {

namespace {

/// The transfer may succeed later; every other error is its end.
bool passes_by_itself(const caf::error& x) {
  return x == ec::overload || x == caf::sec::request_timeout
         || x == caf::sec::request_receiver_down;
}

void erase_key(std::deque<transfer_key>& keys, const transfer_key& key) {
  auto i = std::find(keys.begin(), keys.end(), key);
  if (i != keys.end())
    keys.erase(i);
}

} // namespace

bulk_sender::bulk_sender(bulk_sender_config cfg, outlet out)
  : cfg_(cfg), out_(std::move(out)), credit_(cfg.credit) {
  // nop
}

caf::error bulk_sender::add(transfer_offer offer, blob bytes,
                            caf::timespan deadline, done_fun done) {
  offer.bytes = bytes.size();
  offer.checksum = checksum_of(bytes.data(), bytes.size());
  auto known = transfers_.find(offer.key);
  if (known != transfers_.end()) {
    if (known->second.offer != offer)
      return caf::make_error(ec::bad_input, "failed to transfer "
                                              + offer.key.stream
                                              + ": another blob has its key");
    known->second.done.push_back(std::move(done));
    return caf::none;
  }
  // What can wait fills no more than its part: a live one still finds room.
  auto room = (offer.live ? 2 : 1) * cfg_.max_queued;
  if (totals_.queued > 0 && totals_.queued + offer.bytes > room)
    return caf::make_error(ec::overload, "the link's bulk queue is full");
  totals_.queued += offer.bytes;
  wait(offer.key, offer.live);
  auto& x = transfers_[offer.key];
  x.offer = std::move(offer);
  x.bytes = std::move(bytes);
  x.deadline = deadline;
  x.done.push_back(std::move(done));
  return caf::none;
}

void bulk_sender::cancel(const transfer_key& key) {
  auto i = transfers_.find(key);
  if (i == transfers_.end())
    return;
  if (open_ && i->second.state != phase::waiting)
    out_.cancel(key);
  finish(key, caf::make_error(ec::cancelled, "the sender withdrew it"));
}

void bulk_sender::open(caf::timespan now) {
  open_ = true;
  pump(now);
}

void bulk_sender::close() {
  open_ = false;
  ++session_;
  totals_.flying = 0;
  credit_ = credit_window{cfg_.credit};
  // In front of those that have not begun: the receiver holds parts of these.
  for (auto i = active_.rbegin(); i != active_.rend(); ++i) {
    auto live = transfers_.at(*i).offer.live;
    waiting_.insert(live ? waiting_.begin() : first_that_can_wait(), *i);
  }
  active_.clear();
  for (auto& x : transfers_) {
    x.second.state = phase::waiting;
    x.second.retry_at = caf::timespan{0};
  }
}

bulk_sender::transfer* bulk_sender::find(const ticket& what) {
  auto i = transfers_.find(what.key);
  auto current = i != transfers_.end() && what.session == session_
                 && what.attempt == i->second.attempt;
  return current ? &i->second : nullptr;
}

void bulk_sender::offered(const ticket& what, uint64_t held,
                          caf::timespan now) {
  auto x = find(what);
  if (!x)
    return;
  auto confirmed = x->state == phase::confirming;
  if (held == x->offer.bytes) {
    ++totals_.delivered;
    finish(what.key, caf::none);
  } else if (held > x->offer.bytes) {
    finish(what.key, caf::make_error(ec::bad_input, "the receiver holds more "
                                                    "than there is"));
  } else {
    // An unconfirmed rest: the receiver lost what it held.
    x->sent = held;
    x->state = phase::sending;
    if (confirmed)
      retry(*x, now + cfg_.retry_delay);
  }
  pump(now);
}

void bulk_sender::acked(const ticket& what, caf::timespan now) {
  if (what.session != session_)
    return;
  credit_.on_ack(what.bytes, now - what.sent, totals_.flying, now);
  totals_.flying -= what.bytes;
  pump(now);
}

void bulk_sender::failed(const ticket& what, const caf::error& cause,
                         caf::timespan now) {
  if (what.session != session_)
    return;
  totals_.flying -= what.bytes;
  if (cause == caf::sec::request_timeout)
    credit_.on_timeout();
  else
    credit_.on_gone(totals_.flying);
  auto x = find(what);
  // A slice that is refused is no verdict: the next offer's answer is.
  if (x && (what.bytes > 0 || passes_by_itself(cause)))
    retry(*x, now + cfg_.retry_delay);
  else if (x)
    finish(what.key, cause);
  pump(now);
}

void bulk_sender::retry(transfer& x, caf::timespan at) {
  auto key = x.offer.key;
  x.state = phase::waiting;
  x.attempt = 0; // what is still to come of this attempt is late
  x.retry_at = at;
  erase_key(active_, key);
  wait(key, x.offer.live);
}

std::deque<transfer_key>::iterator bulk_sender::first_that_can_wait() {
  return std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& x) {
    return !transfers_.at(x).offer.live;
  });
}

void bulk_sender::wait(const transfer_key& key, bool live) {
  waiting_.insert(live ? first_that_can_wait() : waiting_.end(), key);
}

bool bulk_sender::may_start(const transfer_key& key, caf::timespan now) const {
  const auto& x = transfers_.at(key);
  auto same = [&](const auto& y) {
    return transfers_.at(y).offer.live == x.offer.live;
  };
  auto taken = std::count_if(active_.begin(), active_.end(), same);
  return x.retry_at <= now && static_cast<size_t>(taken) < cfg_.max_active;
}

void bulk_sender::tick(caf::timespan now) {
  std::vector<transfer_key> late;
  for (const auto& x : transfers_)
    if (x.second.deadline <= now)
      late.push_back(x.first);
  for (const auto& key : late) {
    if (open_)
      out_.cancel(key);
    finish(key, caf::make_error(ec::deadline, "the transfer took too long"));
  }
  pump(now);
}

void bulk_sender::abort(const caf::error& cause) {
  open_ = false;
  while (!transfers_.empty())
    finish(transfers_.begin()->first, cause);
}

void bulk_sender::start_waiting(caf::timespan now) {
  for (;;) {
    auto i = std::find_if(waiting_.begin(), waiting_.end(),
                          [&](const auto& x) { return may_start(x, now); });
    if (i == waiting_.end())
      return;
    active_.push_back(std::move(*i));
    waiting_.erase(i);
    send_offer(transfers_.at(active_.back()), phase::offered, now);
  }
}

void bulk_sender::pump(caf::timespan now) {
  if (!open_)
    return;
  start_waiting(now);
  if (send_slices(true, now))
    send_slices(false, now);
}

bool bulk_sender::send_slices(bool live, caf::timespan now) {
  for (size_t idle = 0; idle < active_.size();) {
    auto& x = transfers_.at(active_.front());
    auto left = x.offer.bytes - x.sent;
    auto size = std::min<uint64_t>(credit_.slice_bytes(), left);
    if (x.state != phase::sending || x.offer.live != live)
      ++idle;
    else if (totals_.flying + size > credit_.window())
      return false;
    else {
      idle = 0;
      send_slice(x, static_cast<uint32_t>(size), now);
    }
    std::rotate(active_.begin(), active_.begin() + 1, active_.end());
  }
  return true;
}

void bulk_sender::send_offer(transfer& x, phase next, caf::timespan now) {
  x.state = next;
  x.attempt = ++attempts_;
  out_.offer({x.offer.key, session_, x.attempt, 0, now}, x.offer);
}

void bulk_sender::send_slice(transfer& x, uint32_t size, caf::timespan now) {
  auto first = x.bytes.data() + x.sent;
  transfer_slice slice{x.offer.key, x.sent, blob{{first, first + size}}};
  x.sent += size;
  totals_.sent += size;
  totals_.flying += size;
  out_.slice({x.offer.key, session_, x.attempt, size, now}, std::move(slice));
  if (x.sent == x.offer.bytes)
    send_offer(x, phase::confirming, now);
}

void bulk_sender::finish(const transfer_key& key, const caf::error& cause) {
  auto x = transfers_.extract(key);
  erase_key(active_, key);
  erase_key(waiting_, key);
  totals_.queued -= x.mapped().offer.bytes;
  for (auto& done : x.mapped().done)
    done(cause);
}

} // namespace vpaas
