#include "eval_options.hpp"

#include "runtime/error.hpp"

#include <caf/make_message.hpp>

#include <cstdio>
#include <cstdlib>

namespace vpaas {

namespace {

double number_of(command_line& line, const std::string& name, double fallback) {
  auto text = line.take(name, "");
  return text.empty() ? fallback : std::atof(text.c_str());
}

caf::error check(const eval_options& x) {
  if (x.range.every < 1 || x.frames < 1)
    return caf::make_error(ec::bad_config,
                           "--every and --frames are at least 1");
  if (x.range.from < 0 || x.range.to > 1 || x.range.from >= x.range.to)
    return caf::make_error(ec::bad_config,
                           "--from and --to are shares, 0 to 1, in order");
  return caf::none;
}

} // namespace

caf::expected<eval_options> eval_options::take(command_line& line) {
  eval_options result;
  result.source = line.take("source", "");
  result.range.every = uint64_t(number_of(line, "every", 15));
  result.range.from = number_of(line, "from", 0);
  result.range.to = number_of(line, "to", 1);
  result.frames = uint64_t(number_of(line, "frames", 1 << 20));
  result.groups = line.take("groups", "labels");
  if (auto text = line.take("quality", ""); !text.empty()) {
    auto quality = parse_quality(text);
    if (!quality)
      return quality.error();
    result.quality = *quality;
  }
  if (auto err = check(result))
    return err;
  return result;
}

void eval_options::take_filter(command_line& line) {
  theta_cls = float(number_of(line, "theta-cls", -1));
  theta_loc = float(number_of(line, "theta-loc", -1));
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
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d,%f%c", &result.qp, &result.scale, &rest)
      != 2)
    return caf::make_error(ec::bad_config, "--quality=" + text
                                             + "; write QP,SCALE as in 36,0.8");
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
