#include "run_request.hpp"

#include "actors/fog/stream.hpp"
#include "actors/functions/result_functions.hpp"
#include "eval_options.hpp"
#include "plans.hpp"
#include "run_models.hpp"
#include "runtime/media/synthetic.hpp"
#include "stream_control.hpp"
#include "written_value.hpp"

#include <sstream>
#include <utility>

namespace vpaas {

namespace {

caf::error bad(const std::string& what) {
  return caf::make_error(ec::bad_config, what + "; see vpaas run --help");
}

caf::error take_sizes(command_line& line, run_plan& x) {
  if (auto err = line.take_number("threads", x.threads, 1, 256))
    return err;
  return line.take_number("max_batch", x.max_batch, 1, 256);
}

/// Labels in no group count for nothing: nobody needs to look for them.
caf::error take_groups(command_line& line, run_request& x) {
  x.groups = line.take("groups", "labels");
  auto groups = groups_named(x.groups, {});
  if (!groups)
    return std::move(groups.error());
  for (auto& y : *groups)
    x.plan.labels.insert(x.plan.labels.end(), y.labels.begin(), y.labels.end());
  return caf::none;
}

/// A pipeline that cannot be is refused before anything is started.
caf::error check_pipeline(run_request& x) {
  if (auto err = read_scripts(x.stream))
    return err;
  auto whole = check(stream_parameters(), x.stream, "the stream");
  if (!whole)
    return std::move(whole.error());
  if (auto err = result_functions::check(*whole))
    return err;
  auto usual = usual_of(*whole);
  if (!usual)
    return std::move(usual.error());
  auto plan = plans_of_all_functions()(*usual);
  if (!plan)
    return std::move(plan.error());
  host_what_it_needs(**plan, x.plan);
  return caf::none;
}

caf::error take_link(command_line& line, run_plan& x) {
  auto text = line.take("wan", "");
  if (text.empty())
    return caf::none;
  std::istringstream in{text};
  char comma = ',';
  if (!(in >> x.wan_mbit) || x.wan_mbit < .01 || x.wan_mbit > 1e5
      || (in >> comma && (comma != ',' || !(in >> x.wan_delay_ms)))
      || x.wan_delay_ms < 0 || x.wan_delay_ms > 10'000)
    return bad("--wan=" + text + " is not allowed; write MBIT or MBIT,MS");
  x.network = "wan";
  return x.four ? caf::error{} : bad("--wan needs --nodes=four");
}

caf::expected<cost_prices> take_prices(command_line& line) {
  overrides changes;
  for (auto& spec : price_settings()) {
    auto key = "price." + spec.name;
    if (auto text = line.take(key, ""); !text.empty())
      changes.emplace_back(key, text);
  }
  auto config = read_settings(tool_file(""), tool_options(), changes);
  if (!config)
    return std::move(config.error());
  return prices_of(document{config->values().at("price")});
}

} // namespace

caf::expected<run_request> read_run_request(command_line line) {
  run_request x;
  x.camera = line.take("camera", "");
  if (x.camera.empty())
    return bad("--camera is missing");
  if (auto err = take_groups(line, x))
    return err;
  x.report = line.take("report", "");
  x.results = line.take("results", "");
  x.events = line.take("events", "");
  x.draw = line.take("draw", "");
  if (auto err = line.take_number("score-from", x.score_from, 0, 1))
    return err;
  if (auto err = take_models(line, x.plan))
    return err;
  x.truth.against
    = line.take("against", is_synthetic(x.camera) ? "truth" : x.plan.detector);
  x.truth.file = line.take("truth", "");
  auto prices = take_prices(line);
  if (!prices)
    return std::move(prices.error());
  x.prices = *prices;
  auto nodes = line.take("nodes", "one");
  if (nodes != "one" && nodes != "four")
    return bad("--nodes=" + nodes + " is not allowed; write one or four");
  x.plan.four = nodes == "four";
  if (auto err = take_link(line, x.plan))
    return err;
  x.plan.zoo_path = line.take("zoo.path", "");
  x.plan.type = line.take("type", "card");
  if (auto err = take_sizes(line, x.plan))
    return err;
  for (auto& spec : stream_parameters()) {
    auto text = line.take(spec.name, "");
    if (text.empty())
      continue;
    auto checked = check_value(spec, written_value(spec, text));
    if (!checked)
      return bad("--" + spec.name + "=" + text + " is not allowed; write "
                 + allowed(spec));
    x.stream[spec.name] = *checked;
  }
  x.stream["source"] = x.camera;
  x.plan.in_real_time = x.stream.value("real_time", false);
  if (x.plan.classifier.empty())
    x.stream["classifier"] = "";
  if (x.plan.backup.empty())
    x.stream["backup"] = "";
  if (auto err = line.finish())
    return err;
  if (auto err = check_pipeline(x))
    return err;
  if (!line.words().empty())
    return bad("unknown word \"" + line.words().front() + "\"");
  return x;
}

caf::expected<run_outcome> run_to_its_end(run_request x) {
  scratch_folder folder;
  x.plan.folder = folder.path;
  auto nodes = run_nodes::start(x.plan);
  if (!nodes)
    return std::move(nodes.error());
  return run_stream(**nodes, x.stream, x.results);
}

} // namespace vpaas
