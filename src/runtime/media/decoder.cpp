#include "runtime/media/decoder.hpp"

#include "runtime/media/picture_decoder.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace vpaas {

namespace {

// Packets after which a picture that did not come out never will: codecs
// reorder over at most 16 others, threads hold back one each.
constexpr int64_t patience = 32;

// Beyond this no number is meant.
constexpr uint64_t last_frame = uint64_t{1} << 62;

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

// More than codecs reorder over.
constexpr size_t max_reorder = 32;

// Decoding times that grow, without a jump; `last_us` is that before them.
bool regular(const std::vector<packet>& packets, int64_t last_us) {
  constexpr int64_t jump_us = 10'000'000;
  for (auto& x : packets) {
    if (x.dts_us == no_time)
      continue;
    if (last_us != no_time
        && (x.dts_us <= last_us || x.dts_us - last_us > jump_us))
      return false;
    last_us = x.dts_us;
  }
  return true;
}

// Whether the times of presentation are those of decoding although pictures are
// reordered: who wrote the file had no others.
bool copied(const segment& x) {
  return x.codec.reorder_depth > 0
         && std::all_of(x.packets.begin(), x.packets.end(),
                        [](auto& p) { return p.pts_us == p.dts_us; });
}

// Returns positions of the pictures that are shown, in display order; empty
// where their times do not give it.
std::vector<size_t> display_order(const segment& x, int64_t last_us) {
  std::vector<size_t> shown;
  for (size_t i = 0; i < x.packets.size(); ++i)
    if (!x.packets[i].hidden)
      shown.push_back(i);
  auto time = [&](size_t i) { return x.packets[i].pts_us; };
  auto result = shown;
  std::sort(result.begin(), result.end(),
            [&](size_t a, size_t b) { return time(a) < time(b); });
  auto same = [&](size_t a, size_t b) { return time(a) == time(b); };
  if (result.empty() || time(result.front()) == no_time
      || !regular(x.packets, last_us) || copied(x)
      || std::adjacent_find(result.begin(), result.end(), same) != result.end())
    return {};
  for (size_t i = 0; i < result.size(); ++i)
    if (std::max(shown[i], result[i]) - std::min(shown[i], result[i])
        > max_reorder)
      return {};
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
  try {
    decode(x, out);
  } catch (const std::bad_alloc&) {
    note(av::failed(ec::codec, "decode " + name_of(x), AVERROR(ENOMEM),
                    "free some memory"),
         out);
    pictures_.reset();
    drain(out);
  }
  return out;
}

void decoder::decode(const segment& x, decoded& out) {
  auto err = check(x);
  if (!err)
    err = prepare(x, out);
  if (x.first_frame <= last_frame)
    for (auto n : keyframes_of(x.first_frame, frames_in(x), config_.every))
      due_.insert(n);
  if (err) {
    drain(out);
    note(err, out);
    return;
  }
  // Pictures of a segment whose times do not tell may still come out.
  auto counting = x.part > 0 && count_.running();
  auto order = counting ? std::vector<size_t>{}
                        : display_order(x, x.part > 0 ? last_dts_us_ : no_time);
  count_.run(order.empty(), x.first_frame, base_);
  auto about = tickets(x, order);
  size_t offset = 0;
  for (size_t i = 0; i < x.packets.size(); ++i) {
    auto& p = x.packets[i];
    auto facts = rules_.look(x.bytes.data() + offset, p.size, p.key);
    about[i].leaf = facts.droppable;
    step({x.bytes, offset, p.size, p.dts_us, about[i], facts}, out);
    offset += p.size;
    if (p.dts_us != no_time)
      last_dts_us_ = p.dts_us;
  }
}

decoded decoder::finish() {
  decoded out;
  drain(out);
  return out;
}

// Parts of a segment come in order, and segments without a gap.
bool decoder::follows(const segment& x) const {
  auto next_part = x.number == last_.number && x.part == last_.part + 1;
  auto next_segment = x.number == last_.number + 1 && x.part == 0;
  return running_ && (!x.discontinuity || x.connected)
         && (next_part || next_segment);
}

caf::error decoder::check(const segment& x) const {
  if (x.packets.empty())
    return unusable(x, "it is empty");
  if (x.first_frame > last_frame || x.packets.size() > 1u << 20)
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
    if (reopen)
      if (auto err = open(x))
        return err;
    rules_ = bitstream_rules{codec_};
    running_ = true;
  }
  if (x.part == 0)
    base_ = x.first_frame;
  last_ = key_of(x);
  pictures_->name(name_of(x));
  return caf::none;
}

caf::error decoder::open(const segment& x) {
  auto opened = picture_decoder::open(x.codec, config_.threads);
  if (!opened)
    return unusable(x, describe(opened.error()));
  pictures_ = std::make_unique<picture_decoder>(std::move(*opened));
  codec_ = x.codec;
  return caf::none;
}

std::vector<decoder::ticket>
decoder::tickets(const segment& x, const std::vector<size_t>& order) const {
  std::vector<ticket> result;
  auto timeless = copied(x);
  for (auto& p : x.packets) {
    ticket t;
    t.base = base_;
    t.pts_us = timeless ? no_time : p.pts_us;
    t.captured = p.captured;
    t.counted = count_.running() && !p.hidden;
    t.hidden = p.hidden;
    result.push_back(t);
  }
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
  if (x.facts.clean_start)
    drop_deferred();
  if (!config_.skip || count_.running() || x.about.wanted || waiting_ > 0) {
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
  taint_.feed(id, x.facts);
  inside_.emplace(id, x.about);
  waiting_ += x.about.wanted;
  if (auto err = pictures_->send(x.bytes.data() + x.offset, x.size, id,
                                 x.dts_us))
    note(err, out);
  receive(out);
  expire(id - patience - config_.threads, out);
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
    auto& x = ***picture;
    auto about = shown(picture_decoder::id_of(x), picture_decoder::damaged(x),
                       picture_decoder::dts_of(x), out);
    if (!about)
      continue;
    frame_info info{
      about->number, about->pts_us, about->captured, {}, about->damaged};
    auto made = pictures_->convert(std::move(**picture), info);
    if (!made) {
      lose(about->number, out);
      note(made.error(), out);
      continue;
    }
    ++counters_.keyframes;
    counters_.damaged += about->damaged;
    out.frames.push_back(std::move(*made));
  }
}

// Returns what is known of the picture `id` if it is a keyframe that was
// awaited.
std::optional<decoder::ticket> decoder::shown(int64_t id, bool broken,
                                              int64_t dts_us, decoded& out) {
  auto i = inside_.find(id);
  if (i == inside_.end())
    return std::nullopt; // shown twice: the first time counts
  auto result = i->second;
  waiting_ -= result.wanted;
  inside_.erase(i);
  if (broken && !result.leaf)
    taint_.damage(id);
  result.damaged = !taint_.whole(id) || broken;
  if (result.hidden || (result.counted && !count(result, out)))
    return std::nullopt;
  if (result.counted)
    result.pts_us = count_.time_of(result.number, result.pts_us, dts_us,
                                   codec_.fps);
  if (!result.wanted || due_.erase(result.number) == 0)
    return std::nullopt;
  return result;
}

// Gives `x` its number, and loses keyframes before it that did not come.
bool decoder::count(ticket& x, decoded& out) {
  auto place = count_.next(x.base);
  if (!place)
    return false;
  auto from = due_.lower_bound(place->from);
  while (from != due_.end() && *from < place->number) {
    lose(*from, out);
    from = due_.erase(from);
  }
  x.number = place->number;
  x.wanted = x.number % config_.every == 0;
  return true;
}

// Pictures that were sent before `before` and did not come never will.
void decoder::expire(int64_t before, decoded& out) {
  while (!inside_.empty() && inside_.begin()->first < before) {
    auto x = inside_.begin()->second;
    inside_.erase(inside_.begin());
    waiting_ -= x.wanted;
    if (x.counted && !count(x, out))
      continue;
    if (x.wanted && due_.erase(x.number) > 0)
      lose(x.number, out);
  }
}

void decoder::lose(uint64_t number, decoded& out) {
  ++counters_.lost;
  out.lost.push_back(number);
}

// What is predicted from the picture that was sent last may be damaged too.
void decoder::note(const caf::error& cause, decoded& out) {
  taint_.damage(next_id_ - 1);
  if (!out.problem)
    out.problem = cause;
}

void decoder::drain(decoded& out) {
  drop_deferred();
  if (running_ && pictures_) {
    pictures_->drain();
    receive(out);
    pictures_->reset();
  }
  running_ = false;
  taint_ = {};
  count_.run(false, 0, 0);
  inside_.clear();
  waiting_ = 0;
  for (auto number : std::exchange(due_, {}))
    lose(number, out);
}

} // namespace vpaas
