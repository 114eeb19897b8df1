#include "actors/fog/stream_log.hpp"

#include "runtime/error.hpp"
#include "runtime/node/log.hpp"

#include <chrono>
#include <utility>

namespace vpaas {

namespace {

std::string whole_seconds(caf::timespan x) {
  using std::chrono::seconds;
  return std::to_string(std::chrono::round<seconds>(x).count()) + " s";
}

std::string line_about(const fallback::turn& x) {
  if (!x.outage)
    return "the cloud answers again after " + whole_seconds(x.lasted);
  return std::string{x.linked ? "the cloud does not answer in time"
                              : "the link to the cloud is lost"}
         + "; the fog answers by itself";
}

/// A function that may fail, and the line of the log when that changes.
template <class T, class X>
std::function<caf::expected<T>(const X&)>
with_lines(std::function<caf::expected<T>(const X&)> f,
           const std::string& subject) {
  return
    [f = std::move(f), subject, problem = std::string{}](const X& x) mutable {
      auto result = f(x);
      auto before = std::exchange(problem,
                                  result ? "" : describe(result.error()));
      if (problem == before)
        return result;
      if (result)
        log_line(log_level::info, subject, subject + " works again");
      else
        log_line(log_level::warning, subject,
                 subject + " failed: " + problem
                   + "; the stream's own pipeline is used instead");
      return result;
    };
}

} // namespace

void log_outages(fallback::config& x, const std::string& stream) {
  x.told = [stream](const fallback::turn& turn) {
    log_line(turn.outage ? log_level::warning : log_level::info,
             "outage of " + stream,
             "stream " + stream + ": " + line_about(turn));
  };
}

stream_rule logged(stream_rule rule, const std::string& stream) {
  return with_lines(std::move(rule), "stream " + stream + ": its policy");
}

stream_plans logged(stream_plans plans, const std::string& stream) {
  return with_lines(std::move(plans),
                    "stream " + stream + ": what its policy decides");
}

} // namespace vpaas
