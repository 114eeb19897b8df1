#include "rollout_watch.hpp"

#include "runtime/error.hpp"
#include "runtime/printable.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

namespace vpaas {

namespace {

constexpr auto look_every = std::chrono::milliseconds(200);

struct outcome {
  std::string node;
  std::string state; ///< empty: it has not heard of it
  std::string problem;
  bool done = false;
  bool refused = false;
};

outcome outcome_on(const dispatched_node& node, const deployment& what) {
  outcome result{node.name, "", node.problem, what.artifact.empty(), false};
  for (auto& x : node.slots) {
    if (x.function != what.function || x.parameter != what.parameter)
      continue;
    result.state = to_string(x.state);
    if (!x.problem.empty())
      result.problem = x.problem;
    auto is_it = x.artifact == what.artifact;
    result.refused = is_it && x.state == slot_state::refused;
    result.done = is_it // who goes back to his own reports it no more
                  && (x.state == slot_state::serving
                      || x.state == slot_state::held);
  }
  return result;
}

std::vector<outcome> outcomes(const std::vector<dispatched_node>& nodes,
                              const rollout& how) {
  auto& what = how.what;
  std::vector<outcome> result;
  for (auto& x : nodes)
    if (x.name == what.target
        || (x.tier == what.target
            && std::count(how.exempt.begin(), how.exempt.end(), x.name) == 0))
      result.push_back(outcome_on(x, what));
  return result;
}

void print(const std::vector<outcome>& all, const rollout& x) {
  auto is_function = kind_for(x.what.parameter) == artifact_kind::function;
  auto what = !x.what.artifact.empty() ? x.what.artifact
              : is_function            ? "no version"
                                       : "its own";
  if (!x.as_json) {
    for (auto& y : all)
      std::cout << printable(y.node) << ": " << what << ' '
                << (y.done      ? "serves"
                    : y.refused ? "was refused"
                                : "is not there yet")
                << (y.problem.empty() || y.done ? ""
                                                : ": " + printable(y.problem))
                << '\n';
    return;
  }
  auto nodes = json::array();
  for (auto& y : all)
    nodes.push_back({{"node", y.node},
                     {"done", y.done},
                     {"refused", y.refused},
                     {"problem", y.problem}});
  std::cout << as_text(json{{"artifact", x.what.artifact},
                            {"target", x.what.target},
                            {"function", x.what.function},
                            {"nodes", nodes}})
            << '\n';
}

} // namespace

std::vector<dispatched_node> nodes_of(node_finder& tool,
                                      const found_node& backend) {
  auto report = tool.ask<status_report>(backend.handle, status_atom_v,
                                        std::string{dispatcher_state::name});
  std::vector<dispatched_node> result;
  if (report)
    from_json_value(report->details.value().value("nodes", json::array()),
                    result, "nodes");
  return result;
}

caf::error await_rollout(node_finder& tool, const found_node& backend,
                         const rollout& x) {
  using clock = std::chrono::steady_clock;
  auto end = clock::now() + x.wait;
  auto is_over = [](const outcome& y) { return y.done || y.refused; };
  auto all = outcomes(nodes_of(tool, backend), x);
  while (!std::all_of(all.begin(), all.end(), is_over) && clock::now() < end) {
    std::this_thread::sleep_for(look_every);
    all = outcomes(nodes_of(tool, backend), x);
  }
  print(all, x);
  for (auto& y : all)
    if (y.refused)
      return caf::make_error(
        ec::bad_input, y.node + " refused " + x.what.artifact + ": " + y.problem
                         + "; it goes on with the one before");
  for (auto& y : all)
    if (!is_over(y) && x.wait.count() > 0)
      return caf::make_error(
        ec::deadline, y.node + " has not followed yet"
                        + (y.problem.empty() ? std::string{} : ": " + y.problem)
                        + "; it will, see vpaas nodes");
  if (all.empty() && !x.as_json)
    std::cout << "no " << printable(x.what.target)
              << " is here; it follows when it joins\n";
  return caf::none;
}

} // namespace vpaas
