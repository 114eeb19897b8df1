#include "eval_options.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/ini.hpp"

#include <caf/make_message.hpp>

namespace vpaas {

namespace {

caf::error take_range(command_line& line, eval_options& x) {
  auto& range = x.range;
  if (auto err = line.take_number("every", range.every, 1, 1e6))
    return err;
  if (auto err = line.take_number("from", range.from, 0, 1))
    return err;
  if (auto err = line.take_number("to", range.to, 0, 1))
    return err;
  if (range.from >= range.to)
    return caf::make_error(ec::bad_config,
                           "--from and --to are shares, 0 to 1, in order");
  return line.take_number("frames", x.frames, 1, 1e9);
}

} // namespace

caf::expected<eval_options> eval_options::take(command_line& line) {
  eval_options result;
  result.source = line.take("source", "");
  if (auto err = take_range(line, result))
    return err;
  result.groups = line.take("groups", "labels");
  if (auto text = line.take("quality", ""); !text.empty()) {
    auto quality = parse_quality(text);
    if (!quality)
      return quality.error();
    result.quality = *quality;
  }
  return result;
}

caf::error eval_options::take_filter(command_line& line) {
  if (auto err = line.take_number("theta-cls", theta_cls, 0, 1))
    return err;
  return line.take_number("theta-loc", theta_loc, 0, 1);
}

region_filter_config eval_options::filter(const model_card& card) const {
  auto result = card.regions;
  if (theta_cls >= 0)
    result.theta_cls = theta_cls;
  if (theta_loc >= 0)
    result.theta_loc = theta_loc;
  return result;
}

caf::expected<recording> eval_options::read(const std::string& url) const {
  if (url.empty())
    return caf::make_error(ec::bad_config, "name a source with --source");
  source_config from;
  from.url = url;
  return record(from, frames);
}

json f1_of(const accuracy_report& x) {
  return {{"one_to_one", to_json_value(x.one_to_one)},
          {"anywhere", to_json_value(x.anywhere)},
          {"dds", to_json_value(x.dds)},
          {"accmpeg", to_json_value(x.accmpeg)}};
}

caf::expected<encoder_config> parse_quality(const std::string& text) {
  encoder_config result;
  double scale = 0;
  auto parts = words(text);
  if (parts.size() != 2 || !to_number(parts[0], result.qp)
      || !to_number(parts[1], scale))
    return caf::make_error(ec::bad_config, "--quality=" + text
                                             + "; write QP,SCALE as in 36,0.8");
  result.scale = float(scale);
  if (auto err = result.validate())
    return err;
  return result;
}

caf::expected<label_groups>
groups_named(const std::string& text, const std::vector<std::string>& labels) {
  if (text == "road")
    return road_users();
  if (text == "labels")
    return each_label(labels);
  if (auto result = parse_label_groups(text))
    return *result;
  return caf::make_error(ec::bad_config,
                         "--groups=" + text
                           + "; write labels, road or \"a;b=label,label\"");
}

} // namespace vpaas
