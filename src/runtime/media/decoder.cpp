#include "runtime/media/decoder.hpp"

#include "runtime/media/picture_decoder.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace vpaas {

namespace {

// Packets after which a picture that did not come out never will: codecs
// reorder over at most 16 others, threads hold back one each.
constexpr int64_t patience = 32;

// Bounds what waits for a clean start in a stream with rare intra frames.
constexpr size_t max_deferred = 512;

std::string name_of(const segment& x) {
  return x.stream + ", segment " + std::to_string(x.number) + "."
         + std::to_string(x.part);
}

caf::error unusable(const segment& x, const std::string& cause) {
  return caf::make_error(ec::codec, "failed to decode " + name_of(x) + ": "
                                      + cause
                                      + "; wait for the next intra frame");
}

// Returns positions of packets in display order; empty without usable times.
std::vector<size_t> display_order(const std::vector<packet>& packets) {
  std::vector<size_t> result(packets.size());
  std::iota(result.begin(), result.end(), size_t{0});
  auto time = [&](size_t i) { return packets[i].pts_us; };
  std::sort(result.begin(), result.end(),
            [&](size_t a, size_t b) { return time(a) < time(b); });
  auto same = [&](size_t a, size_t b) { return time(a) == time(b); };
  if (packets.empty() || time(result.front()) == no_time
      || std::adjacent_find(result.begin(), result.end(), same) != result.end())
    result.clear();
  return result;
}

} // namespace

decoder::decoder(decoder_config config) : config_(config) {
  config_.every = std::max<uint64_t>(config_.every, 1);
}

decoder::decoder(decoder&&) noexcept = default;

decoder& decoder::operator=(decoder&&) noexcept = default;

decoder::~decoder() = default;

decoded decoder::decode(const segment& x) {
  decoded out;
  auto err = check(x);
  if (!err)
    err = prepare(x, out);
  auto end = x.first_frame + x.packets.size();
  for (auto n = (x.first_frame + config_.every - 1) / config_.every
                * config_.every;
       n < end && end > x.first_frame; n += config_.every)
    due_.insert(n);
  if (err) {
    drain(out);
    note(err, out);
    return out;
  }
  size_t offset = 0;
  auto about = tickets(x);
  for (size_t i = 0; i < x.packets.size(); ++i) {
    auto& p = x.packets[i];
    auto facts = rules_.look(x.bytes.data() + offset, p.size, p.key);
    about[i].leaf = facts.droppable;
    step({x.bytes, offset, p.size, about[i], facts.clean_start}, out);
    offset += p.size;
  }
  return out;
}

decoded decoder::finish() {
  decoded out;
  drain(out);
  return out;
}

// Parts of a segment come in order, and segments without a gap.
bool decoder::follows(const segment& x) const {
  auto next_part = x.number == number_ && x.part == part_ + 1;
  auto next_segment = x.number == number_ + 1 && x.part == 0;
  return running_ && !x.discontinuity && (next_part || next_segment);
}

caf::error decoder::check(const segment& x) const {
  if (x.packets.empty())
    return unusable(x, "it is empty");
  if (x.first_frame > uint64_t{1} << 62 || x.packets.size() > 1u << 20)
    return unusable(x, "its frame numbers are out of range");
  size_t size = 0;
  for (auto& p : x.packets) {
    if (p.size == 0 || p.size > 1u << 30)
      return unusable(x, "a packet has no size");
    size += p.size;
  }
  if (size != x.bytes.size())
    return unusable(x, "the sizes of its packets do not add up");
  return caf::none;
}

caf::error decoder::prepare(const segment& x, decoded& out) {
  auto reopen = !pictures_ || codec_ != x.codec;
  if (!follows(x) || reopen) {
    drain(out);
    if (x.part != 0)
      return unusable(x, "the part before it is missing");
    if (reopen) {
      auto opened = picture_decoder::open(x.codec, config_.threads);
      if (!opened)
        return unusable(x, describe(opened.error()));
      pictures_ = std::make_unique<picture_decoder>(std::move(*opened));
      codec_ = x.codec;
      rules_ = bitstream_rules{codec_};
    }
    running_ = true;
    tainted_ = false;
    counting_ = false;
  }
  number_ = x.number;
  part_ = x.part;
  pictures_->name(name_of(x));
  auto unordered = display_order(x.packets).empty();
  if (unordered && !counting_)
    next_shown_ = x.first_frame;
  counting_ = unordered;
  return caf::none;
}

std::vector<decoder::ticket> decoder::tickets(const segment& x) const {
  std::vector<ticket> result;
  for (auto& p : x.packets)
    result.push_back({0, p.pts_us, p.captured, counting_, false, false, false});
  auto order = display_order(x.packets);
  for (size_t rank = 0; rank < order.size(); ++rank) {
    auto& t = result[order[rank]];
    t.number = x.first_frame + rank;
    t.wanted = t.number % config_.every == 0;
  }
  return result;
}

// While a keyframe is on its way out, every picture is decoded, because the
// next ones push it out. Otherwise a picture waits until a keyframe turns out
// to depend on it.
void decoder::step(deferred x, decoded& out) {
  ++counters_.packets;
  if (x.clean_start)
    drop_deferred();
  if (!config_.skip || counting_ || x.about.wanted || waiting_ > 0) {
    feed_deferred(out);
    feed(x, out);
  } else if (x.about.leaf) {
    ++counters_.skipped;
  } else {
    deferred_.push_back(std::move(x));
    if (deferred_.size() > max_deferred)
      feed_deferred(out);
  }
}

void decoder::feed_deferred(decoded& out) {
  for (auto& x : std::exchange(deferred_, {}))
    feed(x, out);
}

void decoder::drop_deferred() {
  counters_.skipped += deferred_.size();
  deferred_.clear();
}

void decoder::feed(const deferred& x, decoded& out) {
  auto id = next_id_++;
  if (x.clean_start)
    tainted_ = false;
  auto& about = inside_.emplace(id, x.about).first->second;
  about.tainted = tainted_;
  waiting_ += about.wanted;
  if (auto err = pictures_->send(x.bytes.data() + x.offset, x.size, id))
    note(err, out);
  receive(out);
  auto i = inside_.begin();
  while (i != inside_.end() && i->first < id - patience - config_.threads) {
    waiting_ -= i->second.wanted;
    if (i->second.wanted && due_.erase(i->second.number) > 0)
      lose(i->second.number, out);
    i = inside_.erase(i);
  }
}

void decoder::receive(decoded& out) {
  // A decoder that reports errors without end is left alone.
  for (auto errors = 0; errors < 16;) {
    auto picture = pictures_->receive();
    if (!picture) {
      ++errors;
      note(picture.error(), out);
      continue;
    }
    if (!*picture)
      return;
    auto i = inside_.find(picture_decoder::id_of(***picture));
    if (i == inside_.end())
      continue; // shown twice: the first time counts
    auto about = i->second;
    waiting_ -= about.wanted;
    inside_.erase(i);
    auto broken = picture_decoder::damaged(***picture);
    if (broken && !about.leaf)
      taint();
    if (about.counted) {
      about.number = next_shown_++;
      about.wanted = about.number % config_.every == 0;
    }
    if (!about.wanted || due_.erase(about.number) == 0)
      continue;
    frame_info info{about.number, about.pts_us, about.captured, {}, false};
    info.damaged = about.tainted || broken;
    auto x = pictures_->convert(std::move(**picture), info);
    if (!x) {
      lose(about.number, out);
      note(x.error(), out);
      continue;
    }
    hand_on(std::move(*x), out);
  }
}

void decoder::hand_on(frame x, decoded& out) {
  ++counters_.keyframes;
  counters_.damaged += x.info().damaged;
  out.frames.push_back(std::move(x));
}

void decoder::lose(uint64_t number, decoded& out) {
  ++counters_.lost;
  out.lost.push_back(number);
}

void decoder::note(const caf::error& cause, decoded& out) {
  taint();
  if (!out.problem)
    out.problem = cause;
}

// What is predicted from a picture with an error has one too, up to the next
// clean start.
void decoder::taint() {
  tainted_ = true;
  for (auto& x : inside_)
    x.second.tainted = true;
}

void decoder::drain(decoded& out) {
  drop_deferred();
  if (running_) {
    pictures_->drain();
    receive(out);
    pictures_->reset();
  }
  running_ = false;
  inside_.clear();
  waiting_ = 0;
  for (auto number : std::exchange(due_, {}))
    lose(number, out);
}

} // namespace vpaas
