#pragma once

#include "node_finder.hpp"
#include "print_results.hpp"

#include <deque>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace vpaas {

/// Prints what fogs find as they find it, each result in each revision once. A
/// fog that goes away is looked for until it is back; what it kept in its
/// ledger meanwhile is printed then.
class result_follower {
public:
  result_follower(const result_wishes& want, node_finder& tool,
                  caf::actor_system& sys, std::vector<found_node> fogs);

  /// Ends with an error alone: a fog that cannot be followed at all, or a
  /// closed output.
  caf::error run();

private:
  using result_key = std::tuple<std::string, uint64_t, uint32_t>;

  struct followed {
    found_node node;
    results_actor results; ///< null while it is away
    caf::timestamp since;  ///< what it found from then on is wanted
    std::set<result_key> seen;
    std::deque<result_key> order; ///< of those that were seen
  };

  /// Subscribes, then prints what was found before that.
  caf::error join(followed& x);

  /// Takes note of what is in the ledger, and prints it where it should.
  caf::error catch_up(followed& x, const results_actor& from, bool prints);

  /// @returns those that are wanted and were not seen
  std::vector<frame_result> remember(followed& x,
                                     const std::vector<frame_result>& found);

  void lose(const caf::down_msg& x);

  void look_for_lost();

  void print(const followed& x, const std::vector<frame_result>& fresh);

  const result_wishes& want_;
  node_finder& tool_;
  caf::scoped_actor self_;
  std::vector<followed> fogs_;
  bool closed_ = false; ///< the output
};

} // namespace vpaas
