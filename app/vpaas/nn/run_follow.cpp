#include "run_follow.hpp"

#include "runtime/node/process.hpp"
#include "stream_control.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include <unistd.h>

namespace vpaas {

namespace {

void show_progress(const coordinator_status& x, double seconds) {
  if (isatty(STDERR_FILENO) == 0)
    return;
  auto fresh = std::chrono::duration<double>(x.freshness.p50).count();
  std::fprintf(stderr,
               "\r%llu keyframes, %.1f/s, %.2f Mbit/s to the cloud, %.2f s "
               "fresh   ",
               static_cast<unsigned long long>(x.answered),
               double(x.answered) / seconds,
               double(x.bytes_to_cloud) * 8e-6 / seconds, fresh);
}

/// Follows the stream to its end.
class follower {
public:
  follower(run_nodes& nodes, const std::string& lines, const each_moment& then)
    : nodes_(nodes), then_(then), self_(nodes.system()), fog_(nodes.fog()),
      start_(std::chrono::steady_clock::now()) {
    if (!lines.empty())
      lines_.open(lines);
  }

  caf::error run(node_finder& tool, const json& stream) {
    auto from = tool.actor<results_actor>(fog_, "results");
    if (!from)
      return std::move(from.error());
    if (auto err = tool.tell(*from, subscribe_atom_v, std::string{},
                             caf::actor_cast<caf::actor>(self_)))
      return err;
    if (auto err = add_stream(tool, fog_, nodes_.client(), stream_name, stream))
      return err;
    while (!over()) {
      if (auto err = then_ ? then_(seconds()) : caf::error{})
        return err;
      take_results();
      auto report = look_at_stream(tool, fog_, stream_name);
      if (!report)
        return std::move(report.error());
      auto counts = from_json<coordinator_status>(report->details.value());
      if (!counts)
        return std::move(counts.error());
      out.counts = *counts;
      if (report->state != "ended")
        last_news_ = seconds();
      ended_ = report->state == "ended";
      show_progress(out.counts, seconds());
      if (auto err = look_for_failure(tool))
        return err;
    }
    if (isatty(STDERR_FILENO) != 0)
      std::fputc('\n', stderr);
    out.seconds = seconds();
    for (auto& [name, pid] : nodes_.processes())
      out.peak_rss_mb[name]
        = double(usage_of_process(std::to_string(pid)).peak_bytes) / (1 << 20);
    return caf::none;
  }

  run_outcome out;

private:
  static constexpr const char* stream_name = "camera";

  /// All that the coordinator published is here, or the rest does not come: a
  /// reader that is slow is left out of results.
  bool over() const {
    constexpr double patience = 30; // seconds since the last result
    return ended_
           && (out.results.size() >= out.counts.answered
               || seconds() - last_news_ > patience);
  }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now()
                                         - start_)
      .count();
  }

  void take_results() {
    auto waiting = true;
    self_->receive_while(waiting)(
      [&](result_atom, const std::vector<frame_result>& xs) {
        for (auto& x : xs) {
          if (lines_.is_open())
            lines_ << as_text(to_json_value(x), -1) << '\n';
          take(x);
        }
      },
      caf::after(std::chrono::milliseconds{100}) >> [&] { waiting = false; });
  }

  /// A later revision takes the place of an earlier one.
  void take(const frame_result& x) {
    last_news_ = seconds();
    auto [i, fresh] = at_.emplace(x.frame, out.results.size());
    if (fresh)
      out.results.push_back(x);
    else if (x.revision > out.results[i->second].revision)
      revise(out.results[i->second], x);
    else
      ++out.twice;
  }

  /// What the camera says of itself.
  caf::expected<json> look_at_camera(node_finder& tool) {
    auto client = nodes_.client();
    auto report = tool.ask<status_report>(
      client ? client->handle : fog_.handle, status_atom_v,
      client ? std::string{"cameras/"} + stream_name
             : std::string{"streams/"} + stream_name + "/camera");
    if (!report)
      return std::move(report.error());
    return report->details.value();
  }

  /// A source that cannot be opened would be tried for ever.
  caf::error look_for_failure(node_finder& tool) {
    if (out.counts.segments > 0)
      return caf::none;
    auto camera = look_at_camera(tool);
    if (!camera)
      return caf::none;
    out.camera_error = camera->value("last_error", std::string{});
    if (camera->value("failures", 0) < 2)
      return caf::none;
    return caf::make_error(ec::io,
                           "failed to read the camera: " + out.camera_error);
  }

  /// It keeps the times of the first answer.
  static void revise(frame_result& x, const frame_result& by) {
    auto first = std::exchange(x, by);
    x.answered = first.answered;
    x.processing = first.processing;
  }

  run_nodes& nodes_;
  const each_moment& then_;
  caf::scoped_actor self_;
  found_node fog_;
  std::chrono::steady_clock::time_point start_;
  std::ofstream lines_;
  std::map<uint64_t, size_t> at_; ///< of a frame, among the results
  double last_news_ = 0;          ///< when the last result came, or the end
  bool ended_ = false;
};

/// All events that the ledger keeps.
caf::error read_events(node_finder& tool, const found_node& fog,
                       std::vector<event>& to) {
  auto from = tool.actor<events_actor>(fog, "ledger");
  if (!from)
    return std::move(from.error());
  for (event_query query;; query.after = to.back().id) {
    auto page = tool.ask<std::vector<event>>(*from, find_atom_v, query);
    if (!page)
      return std::move(page.error());
    if (page->empty())
      return caf::none;
    to.insert(to.end(), page->begin(), page->end());
  }
}

} // namespace

scratch_folder::scratch_folder() {
  char name[] = "/tmp/vpaas-run-XXXXXX";
  path = mkdtemp(name) ? name : "/tmp";
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  if (path != "/tmp")
    std::filesystem::remove_all(path, ignored);
}

caf::expected<run_outcome> run_stream(run_nodes& nodes, const json& stream,
                                      const std::string& lines,
                                      const each_moment& then) {
  auto config = read_settings("", tool_options(), {{"tool.timeout", "60s"}});
  if (!config)
    return std::move(config.error());
  tool_setup setup{std::move(*config), nullptr};
  node_finder tool{setup, nodes.system()};
  follower run{nodes, lines, then};
  if (auto err = run.run(tool, stream))
    return err;
  if (stream.contains("functions"))
    if (auto err = read_events(tool, nodes.fog(), run.out.events))
      return err;
  return std::move(run.out);
}

} // namespace vpaas
