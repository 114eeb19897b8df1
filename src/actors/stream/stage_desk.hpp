#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/frame.hpp"
#include "runtime/pipeline/run.hpp"

#include <caf/actor_clock.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// Who asks the functions of this node for a stream's stages, once the pictures
/// that these need are at hand, and tells `analysis` what became of it. Part of
/// a coordinator.
class stage_desk {
public:
  using numbers = std::vector<uint64_t>;

  /// An ask of a line of `analysis`.
  struct address {
    uint64_t line;
    uint64_t ask;
  };

  explicit stage_desk(coordinator_state& all) : all_(all) {
    // nop
  }

  /// Asks for the first stage of an errand.
  /// @param stream that the line's chunks have
  void ask(address to, const plan_ptr& plan, const std::string& stream,
           const pipeline_ask& x);

  /// These need not be fetched until they are put away.
  void lay_out(const std::vector<frame>& xs);

  void put_away(const std::vector<frame>& xs);

  /// Items that an encoder has.
  size_t at_encoder() const {
    return at_encoder_;
  }

  /// Keyframes that the fog's own detector has.
  size_t standing_in() const {
    return standing_in_;
  }

private:
  using time_point = caf::actor_clock::time_point;

  /// What somebody is asked, while its pictures are fetched.
  struct job {
    address to;
    plan_ptr plan; ///< that holds the stage
    const planned_stage* stage;
    std::string stream; ///< of its items
    numbers frames;
    bool ends = false;                     ///< it is to give what it holds back
    std::vector<std::vector<item>> inputs; ///< of the stage
    std::vector<item> pictures;
  };

  void start(std::shared_ptr<job> x);

  /// Whether the fog's own detector shall not be asked, and under which reason.
  bool refuses(const job& x, std::string& reason);

  /// Fetches the pictures from the given one on, then applies the function.
  void fetch(std::shared_ptr<job> x, size_t from);

  void picture_gone(job& x, uint64_t number);

  void apply(std::shared_ptr<job> x);

  void applied(const job& x, const numbers& frames, time_point asked,
               const caf::expected<item>& y);

  /// Traces what a function was asked.
  void trace(const job& x, const numbers& frames, time_point asked,
             const caf::expected<item>& y);

  coordinator_state& all_;
  std::map<uint64_t, frame> at_hand_; ///< pictures of what begins now
  size_t at_encoder_ = 0, standing_in_ = 0;
};

} // namespace vpaas
