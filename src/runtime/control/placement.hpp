#pragma once

#include "runtime/control/seating.hpp"

namespace vpaas {

/// Places streams on fogs and clouds, and picks a step of each one's ladder, by
/// what they take and what the nodes have [III-B]: as much quality, and as
/// little lag, as there is room for. Each event is one decision, which costs
/// about the same among few streams and among many. Where there is too little
/// of something, those become poorer who lose least by it, and only where all
/// are as poor as they allow, a stream waits for its turn. They become richer
/// again where there is room, with some to spare. Nobody is moved to another
/// node but with `settle`, or where a node was lost, or has too little even for
/// the poorest copies. Holds no clock.
class placement {
public:
  struct config {
    worths worth;
    double spare = .03;     ///< of a supply, that nobody gets richer with
    double exchange = 1.1;  ///< times the loss of others, that one must gain
    double move_gain = .02; ///< that a move must bring, for a weight of 1
  };

  struct change {
    uint32_t stream = 0;
    seat from, to;
  };

  placement(config cfg, std::vector<ladder> ladders)
    : cfg_(cfg), seats_(std::move(ladders), cfg.worth) {
    // nop
  }

  uint32_t add_fog(fog_site x) {
    return seats_.add_fog(std::move(x));
  }

  uint32_t add_cloud(cloud_site x) {
    return seats_.add_cloud(x);
  }

  /// What it has was measured anew, or it is back.
  void set_fog(uint32_t id, fog_site x);

  void set_cloud(uint32_t id, cloud_site x);

  void lose_fog(uint32_t id);

  void lose_cloud(uint32_t id);

  /// @pre its ladder and its fogs are known, and it has at least one fog
  /// @returns its number, used again once it was removed
  uint32_t add(stream_wants x);

  void remove(uint32_t id);

  void set_load(uint32_t id, double load);

  /// Lets the next `n` streams move to where they are better off.
  void settle(size_t n);

  const seat& where(uint32_t id) const {
    return seats_.at(id).at;
  }

  /// What its seat is worth; 0: it waits.
  double value(uint32_t id) const {
    return seats_.at(id).value;
  }

  size_t waiting() const {
    return waiting_.size();
  }

  /// Since the last call, one a stream that is elsewhere now.
  std::vector<change> take_changes();

  /// What each node has and what is used of it.
  seating& nodes() {
    return seats_;
  }

private:
  void place(uint32_t id);

  /// Makes others poorer for it, where what it gains is more than what they
  /// lose, and more than that. @returns whether it sits there
  bool squeeze_in(uint32_t id, const seating::option& x, double least_gain);

  /// What others would lose for it, about.
  double price_of(uint32_t id, const seating::option& x);

  void place_again(std::vector<uint32_t> ids);

  /// Sends away who cannot stay; then somebody gets richer where there is room.
  void balance(supply& x, const std::set<uint32_t>& streams, int tries);

  /// Who is worth least there goes first.
  void send_away(supply& x, const std::set<uint32_t>& streams);

  void balance_fog(uint32_t id, int tries);

  void balance_cloud(uint32_t id, int tries);

  /// Takes the best of these seats that is to be had. @returns whether one was
  bool better(uint32_t id, std::vector<seating::option> options,
              double least_gain);

  /// Lets those that wait try again.
  void call(size_t n);

  config cfg_;
  seating seats_;
  std::set<std::pair<double, uint32_t>> waiting_; ///< by the negative weight
  uint32_t next_ = 0;                             ///< whose turn it is to move
};

} // namespace vpaas
