#pragma once

#include "runtime/control/sites.hpp"
#include "runtime/control/supply.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace vpaas {

/// Who sits where: streams on fogs and clouds, what that takes of each, and
/// which of them would give up quality for least. It decides nothing; see
/// `placement`. Whatever is done costs as much as a stream has ways to be
/// treated, and the logarithm of the streams of a node.
class seating {
public:
  /// A way to treat a stream.
  struct option {
    seat at;
    double value = 0;
    demand needs;
  };

  /// What is taken of one supply.
  struct part {
    supply* of = nullptr; ///< null: of nothing
    double amount = 0;
  };

  using parts = std::array<part, 3>;

  /// Who sat where before, and what that was worth.
  struct step {
    uint32_t stream = 0;
    seat was;
    double value = 0;
  };

  /// In the order of changes.
  using journal = std::vector<step>;

  struct fog_node {
    fog_site site;
    bool up = true;
    supply processors, link;
    std::set<uint32_t> streams;
  };

  struct cloud_node {
    bool up = true;
    supply devices;
    std::set<uint32_t> streams;
  };

  struct stream {
    stream_wants wants;
    seat at;
    double value = 0; ///< of that
    /// Where it bids, whether as a giver, and what.
    std::vector<std::pair<supply*, std::pair<bool, double>>> bids;
  };

  seating(std::vector<ladder> ladders, worths worth)
    : ladders_(std::move(ladders)), worth_(worth) {
    // nop
  }

  uint32_t add_fog(fog_site x);

  uint32_t add_cloud(cloud_site x);

  /// It is there or gone, and what it has. Streams stay in their seats.
  void set_fog(uint32_t id, bool up, fog_site x);

  void set_cloud(uint32_t id, bool up, cloud_site x);

  uint32_t add(stream_wants x);

  void remove(uint32_t id);

  void set_load(uint32_t id, double load);

  void sit(uint32_t id, const seat& to);

  /// All that the stream allows, on any of its fogs.
  std::vector<option> options_anywhere(uint32_t id) const;

  /// Those for which it moves to no other node: on its fog, with the cloud that
  /// it has, with none, or with any where it has none.
  std::vector<option> options_here(uint32_t id) const;

  /// What the stream would take in this seat. @pre it is taken
  parts parts_of(const seat& at, const demand& x);

  parts parts_of(uint32_t id);

  /// @param share of each supply that may be used
  bool fits(uint32_t id, const option& x, double share = 1);

  /// Makes others poorer, in their seats, until `x` has so much left.
  /// @param self is left alone
  /// @returns whether it has
  bool relieve(supply& x, double amount, uint32_t self, journal& done);

  void roll_back(const journal& done);

  /// Who sat where at the last call, of those who do not sit there any more.
  std::vector<std::pair<uint32_t, seat>> take_changes();

  const stream& at(uint32_t id) const {
    return *streams_[id];
  }

  size_t size() const {
    return streams_.size();
  }

  bool has(uint32_t id) const {
    return id < streams_.size() && streams_[id];
  }

  fog_node& fog(uint32_t id) {
    return fogs_[id];
  }

  cloud_node& cloud(uint32_t id) {
    return clouds_[id];
  }

private:
  void add_options(const stream& x, uint32_t fog, uint32_t cloud, double ms,
                   std::vector<option>& out) const;

  void use(const stream& x, int sign);

  void bid(uint32_t id);

  /// The cheapest way to take less of `x`, without more than there is of
  /// anything else.
  std::optional<option> poorer(uint32_t id, const supply& x);

  std::vector<ladder> ladders_;
  worths worth_;
  std::deque<fog_node> fogs_; ///< deques: others point to what they have
  std::deque<cloud_node> clouds_;
  std::vector<std::optional<stream>> streams_;
  std::vector<uint32_t> free_ids_;
  std::map<uint32_t, seat> before_; ///< of those who changed
};

/// What of `x` these parts take.
double amount_of(const supply& x, const seating::parts& xs);

} // namespace vpaas
