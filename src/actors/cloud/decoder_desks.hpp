#pragma once

#include "actors/cloud/part_lines.hpp"
#include "runtime/policy/live_first.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

/// Which decoder gets which part, and when. A chunk stays with the decoder of
/// its first part, whatever the configuration becomes meanwhile. A decoder
/// holds a part more than it works on, so that it never waits for the next one;
/// what it holds nobody overtakes.
class decoder_desks {
public:
  /// @param most streams whose chunks are open at a time
  std::string decoder_of(const chunk& x, const std::vector<std::string>& all,
                         size_t most) {
    if (open_.size() > most)
      open_.clear(); // of streams that went without an end
    auto i = open_.find(x.stream);
    if (i == open_.end() || x.part == 0) {
      auto n = std::hash<std::string>{}(x.stream) % all.size();
      i = open_.insert_or_assign(x.stream, all[n]).first;
    }
    auto result = i->second;
    if (x.last)
      open_.erase(i);
    return result;
  }

  void push(const std::string& decoder, part_lines::entry x, bool live) {
    desks_[decoder].line.push(std::move(x), live);
  }

  /// What the decoder takes next; nothing while it has enough.
  std::optional<part_lines::entry> next(const std::string& decoder) {
    auto& at = desks_[decoder];
    if (at.busy >= held || at.line.empty())
      return std::nullopt;
    return at.line.take();
  }

  void take_up(const std::string& decoder) {
    ++desks_[decoder].busy;
  }

  void lay_down(const std::string& decoder) {
    --desks_[decoder].busy;
  }

private:
  /// What a decoder works on, and what it takes up next.
  static constexpr size_t held = 2;

  struct desk {
    live_first<part_lines::entry> line;
    size_t busy = 0; ///< parts that it holds
  };

  std::map<std::string, desk> desks_;       ///< by decoder
  std::map<std::string, std::string> open_; ///< decoders, by stream
};

} // namespace vpaas
