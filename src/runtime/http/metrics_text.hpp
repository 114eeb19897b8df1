#pragma once

#include "runtime/json.hpp"

#include <map>
#include <memory>
#include <string>

namespace vpaas {

/// Collects numbers and writes them in the text format of Prometheus. Bounded:
/// beyond `max_series` a number is left out and counted in
/// vpaas_metrics_left_out.
class metrics_text {
public:
  using labels = std::map<std::string, std::string>;

  explicit metrics_text(size_t max_series = 50'000);

  metrics_text(const metrics_text&) = delete;

  metrics_text& operator=(const metrics_text&) = delete;

  ~metrics_text();

  void counter(const std::string& name, const labels& of, double value);

  void gauge(const std::string& name, const labels& of, double value);

  /// All numbers of an actor's status, as vpaas_KIND_FIELD: numbers, durations
  /// in seconds, distributions as summaries, and maps of numbers with a label
  /// `reason` (32 of one map at most). Texts and lists are left out.
  void add(const std::string& kind, const labels& of, const json& status);

  std::string text() const;

private:
  struct families;

  void add_field(const std::string& name, const labels& of, const json& value);

  std::unique_ptr<families> families_;
};

} // namespace vpaas
