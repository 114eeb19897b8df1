#pragma once

// Whether each keyframe that a fog accepted came to exactly one end: pure
// functions over what ledger and coordinators say.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vpaas::bench {

/// A row of the ledger. No two pictures of a stream have the same `key`, the
/// nanosecond of their capture.
struct kept_keyframe {
  uint64_t frame = 0;
  int64_t key = 0;
};

/// Pictures that are kept more than once, under several numbers.
inline uint64_t doubles(const std::vector<kept_keyframe>& xs) {
  std::set<int64_t> keys;
  for (auto& x : xs)
    keys.insert(x.key);
  return xs.size() - keys.size();
}

/// Numbers between the first and the last that are not kept.
/// @param every one of so many frames is a keyframe
inline uint64_t gaps(const std::vector<kept_keyframe>& xs, uint64_t every) {
  std::set<uint64_t> numbers;
  for (auto& x : xs)
    numbers.insert(x.frame);
  if (numbers.empty())
    return 0;
  return (*numbers.rbegin() - *numbers.begin()) / every + 1 - numbers.size();
}

/// Pictures that carry a number which another picture has too: of two of them
/// the ledger keeps one.
inline uint64_t reused_numbers(const std::vector<kept_keyframe>& xs) {
  std::map<uint64_t, std::set<int64_t>> keys;
  for (auto& x : xs)
    keys[x.frame].insert(x.key);
  uint64_t result = 0;
  for (auto& x : keys)
    result += x.second.size() - 1;
  return result;
}

/// What a coordinator's status says, in keyframes.
struct keyframe_counts {
  uint64_t received = 0;
  uint64_t answered = 0;
  uint64_t in_flight = 0;
  uint64_t spooled = 0;
  uint64_t dropped = 0;   ///< for any reason
  uint64_t recovered = 0; ///< of `received`: an earlier life accepted them

  explicit keyframe_counts(const nlohmann::json& x)
    : received(x.value("received", 0ull)), answered(x.value("answered", 0ull)),
      in_flight(x.value("in_flight", 0ull)), spooled(x.value("spooled", 0ull)),
      recovered(x.value("recovered", 0ull)) {
    if (x.contains("dropped"))
      for (auto& y : x.at("dropped").items())
        dropped += y.value().get<uint64_t>();
  }

  bool lawful() const {
    return received == answered + in_flight + spooled + dropped;
  }
};

/// The lives of one stream's coordinator, each known by its last status.
class stream_account {
public:
  /// @param rate keyframes a second that come at most
  explicit stream_account(double rate) : rate_(rate) {
    // nop
  }

  /// @param life differs after each restart of coordinator or process
  /// @param now seconds
  void sample(double now, const std::string& life, nlohmann::json status) {
    keyframe_counts x{status};
    broken_ += x.lawful() ? 0 : 1;
    if (!status_.is_null()
        && (life != life_ || x.received < keyframe_counts{status_}.received))
      end(now);
    life_ = life;
    status_ = std::move(status);
    seen_ = now;
  }

  /// This life ends now, at the latest.
  void dies(double now) {
    died_ = std::min(died_, now);
  }

  /// Samples that broke `received = answered + in_flight + spooled + dropped`.
  uint64_t broken() const {
    return broken_;
  }

  uint64_t lives() const {
    return earlier_.size() + (status_.is_null() ? 0 : 1);
  }

  /// Keyframes that may have come after the last look at lives that ended.
  uint64_t uncertain() const {
    return uncertain_;
  }

  /// The sum of a counter over all lives.
  uint64_t total(uint64_t keyframe_counts::*which) const {
    uint64_t result = status_.is_null() ? 0 : keyframe_counts{status_}.*which;
    for (auto& x : earlier_)
      result += keyframe_counts{x}.*which;
    return result;
  }

  /// All whole numbers of the statuses, added up over lives.
  std::map<std::string, uint64_t> counters() const {
    std::map<std::string, uint64_t> result;
    auto add = [&](const nlohmann::json& status) {
      auto flat = status.flatten();
      for (auto& [path, x] : flat.items())
        if (x.is_number_unsigned()
            && (status.contains(path.substr(1))
                || path.rfind("/dropped/", 0) == 0))
          result[path.substr(1)] += x.get<uint64_t>();
    };
    for (auto& x : earlier_)
      add(x);
    if (!status_.is_null())
      add(status_);
    return result;
  }

  /// Those that were dropped, by reason, over all lives.
  std::map<std::string, uint64_t> dropped() const {
    std::map<std::string, uint64_t> result;
    const std::string group = "dropped/";
    for (auto& [name, n] : counters())
      if (name.rfind(group, 0) == 0)
        result[name.substr(group.size())] += n;
    return result;
  }

  /// Those that the present life has not answered yet.
  uint64_t open() const {
    if (status_.is_null())
      return 0;
    keyframe_counts x{status_};
    return x.in_flight + x.spooled;
  }

  /// Accepted keyframes that are neither kept nor counted nor under way; the
  /// truth is within `uncertain()` of it.
  /// @param kept rows of the ledger
  int64_t missing(uint64_t kept) const {
    auto of = [this](uint64_t keyframe_counts::*x) {
      return static_cast<int64_t>(total(x));
    };
    return of(&keyframe_counts::received) - of(&keyframe_counts::recovered)
           - of(&keyframe_counts::dropped) - static_cast<int64_t>(open())
           - static_cast<int64_t>(kept);
  }

  /// What the last look at the present life showed; null before one.
  const nlohmann::json& status() const {
    return status_;
  }

private:
  void end(double now) {
    auto blind = std::max(std::min(died_, now) - seen_, 0.);
    uncertain_ += static_cast<uint64_t>(std::ceil(blind * rate_)) + 1;
    earlier_.push_back(std::move(status_));
    died_ = never;
  }

  static constexpr double never = 1e300;

  double rate_;
  std::string life_;
  nlohmann::json status_;
  std::vector<nlohmann::json> earlier_;
  double seen_ = 0;
  double died_ = never;
  uint64_t uncertain_ = 0;
  uint64_t broken_ = 0;
};

} // namespace vpaas::bench
