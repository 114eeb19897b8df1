#include "runtime/http/trace_collector.hpp"

#include "runtime/error.hpp"
#include "runtime/http/otlp.hpp"

#include <charconv>
#include <utility>

namespace vpaas {

namespace {

/// Whether the OTLP specification lets a client send the same again.
bool is_temporary(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

/// Seconds; a date is left to the usual delay.
std::optional<caf::timespan> delay_of(const std::string& header) {
  uint32_t seconds = 0;
  auto end = header.data() + header.size();
  auto read = std::from_chars(header.data(), end, seconds);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return std::chrono::seconds{seconds};
}

} // namespace

caf::expected<trace_collector> trace_collector::open(post_target to,
                                                     std::string version) {
  auto opened = poster::open(std::move(to));
  if (!opened)
    return std::move(opened.error());
  return trace_collector{std::move(*opened), std::move(version)};
}

trace_collector::trace_collector(poster to, std::string version)
  : to_(std::move(to)), path_(to_.path()), version_(std::move(version)) {
  while (!path_.empty() && path_.back() == '/')
    path_.pop_back();
  path_ += "/v1/traces";
}

export_answer trace_collector::send(const std::vector<span>& xs) {
  export_answer result;
  auto answer = to_.post(path_, {}, otlp_request(xs, version_),
                         "application/x-protobuf");
  if (!answer) {
    result.what = export_answer::verdict::later;
    result.problem = cause_of(answer.error());
    return result;
  }
  auto status = answer->status;
  if (status >= 200 && status <= 299) {
    if (auto read = read_otlp_answer(answer->body)) {
      result.rejected = read->rejected;
      result.problem = read->problem;
    }
    return result;
  }
  result.what = is_temporary(status) ? export_answer::verdict::later
                                     : export_answer::verdict::refused;
  result.retry_after = delay_of(answer->retry_after);
  result.problem = "the collector answered " + std::to_string(status)
                   + (status == 404 ? "; traces.endpoint is its address "
                                      "without /v1/traces"
                                    : "");
  return result;
}

} // namespace vpaas
