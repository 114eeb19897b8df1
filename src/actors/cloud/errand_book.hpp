#pragma once

#include "actors/pieces.hpp"
#include "messages/protocol.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

using errand_steps = std::shared_ptr<const std::vector<errand_step>>;

/// What others want done with their chunks, and what of it is kept because a
/// later errand about the same keyframes needs it.
class errand_book {
public:
  /// What the steps of one errand have made so far, by their ids; under "" what
  /// was sent.
  struct work {
    std::string stream;
    std::vector<uint64_t> frames;
    std::map<std::string, item> made;
  };

  /// @param most results that are kept; the oldest go
  explicit errand_book(size_t most = 0) : most_(most) {
    // nop
  }

  void limit(size_t most);

  /// What is to be done with a part. The first part of a chunk says it for all
  /// of them; where it does not: decode, detect and filter [IV-B].
  errand_steps todo_for(const item& x, const chunk& part);

  /// What a step takes.
  /// @returns ec::not_found where something is not kept any more
  caf::expected<item> input_of(const work& x, const errand_step& step) const;

  void note(work& x, const errand_step& step, item made);

  size_t kept() const {
    return kept_.size();
  }

private:
  /// What a step made of these keyframes, in this errand or an earlier one.
  std::vector<item> made_by(const work& x, const std::string& step) const;

  struct kept_item {
    std::string stream; ///< without the round
    std::string step;
    item what;
  };

  size_t most_;
  std::map<std::string, std::pair<uint64_t, errand_steps>> errands_;
  std::deque<kept_item> kept_; ///< oldest first
};

/// The part in an item; null: it holds none.
const chunk* part_in(const item& x);

} // namespace vpaas
