#include "runtime/http/metrics_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace vpaas {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr size_t max_reasons = 32;
constexpr size_t max_label = 120;

/// What may become less; all else counts what happened.
constexpr std::array gauges{
  "in_flight",      "spooled",  "improvable",    "unpublished", "pixel_bytes",
  "window",         "waiting",  "waiting_bytes", "queued",      "subscribers",
  "rss_bytes",      "threads",  "descriptors",   "actors",      "names",
  "joined",         "guests",   "hung",          "deadline_ms", "settling_ms",
  "children",       "ready",    "parts",         "bytes",       "rows",
  "events_waiting", "checking", "nodes",         "silent",      "rtt_ms",
  "workers",        "idle",     "busy",          "streams",     "credit",
  "epoch"};

bool is_gauge(const std::string& field) {
  return std::find(gauges.begin(), gauges.end(), field) != gauges.end();
}

bool is_distribution(const json& x) {
  return x.is_object() && x.contains("p50") && x.contains("count");
}

} // namespace

struct metrics_text::families {
  std::map<std::string, prometheus::MetricFamily> all;
  size_t series = 0;
  size_t max_series = 0;
  size_t left_out = 0;

  /// Null where there are too many.
  ClientMetric* add(const std::string& name, MetricType type,
                    const labels& of) {
    if (series >= max_series) {
      ++left_out;
      return nullptr;
    }
    ++series;
    auto& family = all[name];
    family.name = name;
    family.type = type;
    auto& result = family.metric.emplace_back();
    for (auto& [label, value] : of)
      result.label.push_back({label, value.substr(0, max_label)});
    return &result;
  }
};

metrics_text::metrics_text(size_t max_series)
  : families_(std::make_unique<families>()) {
  families_->max_series = max_series;
}

metrics_text::~metrics_text() = default;

void metrics_text::counter(const std::string& name, const labels& of,
                           double value) {
  if (auto x = families_->add(name, MetricType::Counter, of))
    x->counter.value = value;
}

void metrics_text::gauge(const std::string& name, const labels& of,
                         double value) {
  if (auto x = families_->add(name, MetricType::Gauge, of))
    x->gauge.value = value;
}

void metrics_text::add_field(const std::string& name, const labels& of,
                             const json& value) {
  if (is_distribution(value)) {
    auto x = families_->add(name + "_seconds", MetricType::Summary, of);
    if (!x)
      return;
    x->summary.sample_count = value["count"].get<uint64_t>();
    for (auto [key, quantile] :
         {std::pair{"p50", .5}, {"p95", .95}, {"p99", .99}, {"max", 1.}})
      x->summary.quantile.push_back({quantile, value.value(key, 0.0)});
    return;
  }
  if (!value.is_number())
    return;
  auto field = name.substr(name.rfind("__") + 2);
  auto whole = name;
  whole.erase(whole.rfind("__"), 1);
  if (is_gauge(field))
    gauge(whole, of, value.get<double>());
  else
    counter(whole + "_total", of, value.get<double>());
}

void metrics_text::add(const std::string& kind, const labels& of,
                       const json& status) {
  for (auto& [key, value] : status.items()) {
    auto name = "vpaas_" + kind + "_" + key;
    if (is_distribution(value)) {
      add_field(name, of, value);
      continue;
    }
    if (value.is_number())
      add_field("vpaas_" + kind + "__" + key, of, value);
    if (!value.is_object())
      continue;
    size_t n = 0;
    for (auto& [reason, amount] : value.items())
      if (amount.is_number() && n++ < max_reasons) {
        auto with = of;
        with["reason"] = reason;
        counter(name + "_total", with, amount.get<double>());
      }
  }
}

std::string metrics_text::text() const {
  std::vector<prometheus::MetricFamily> all;
  for (auto& [name, family] : families_->all)
    all.push_back(family);
  prometheus::MetricFamily left;
  left.name = "vpaas_metrics_left_out";
  left.help = "series beyond the bound";
  left.type = MetricType::Gauge;
  left.metric.emplace_back().gauge.value = double(families_->left_out);
  all.push_back(std::move(left));
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, all);
  return out.str();
}

} // namespace vpaas
