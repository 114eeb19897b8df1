#include "runtime/http/otlp.hpp"

#include "runtime/utf8.hpp"

#include <otlp_trace.pb.h>

#include <algorithm>
#include <map>
#include <utility>

namespace vpaas {

namespace {

constexpr int error_code = 2;        // STATUS_CODE_ERROR
constexpr unsigned sampled_flag = 1; // of W3C's trace context

std::string big_endian(uint64_t x) {
  std::string result(8, '\0');
  for (size_t i = 0; i < 8; ++i)
    result[i] = static_cast<char>(x >> (56 - 8 * i));
  return result;
}

uint64_t nanoseconds(caf::timestamp x) {
  return static_cast<uint64_t>(
    std::max<int64_t>(x.time_since_epoch().count(), 0));
}

/// Protobuf takes well-formed text only.
std::string well_formed(std::string x) {
  for (auto i = ill_formed_at(x); i != std::string::npos; i = ill_formed_at(x))
    x[i] = '?';
  return x;
}

void set(otlp::KeyValue& to, const std::string& key, const span::value& x) {
  to.set_key(key);
  if (auto text = std::get_if<std::string>(&x))
    to.mutable_value()->set_string_value(well_formed(*text));
  else if (auto number = std::get_if<int64_t>(&x))
    to.mutable_value()->set_int_value(*number);
  else
    to.mutable_value()->set_bool_value(std::get<bool>(x));
}

void write(otlp::Span& to, const span& x) {
  to.set_trace_id(big_endian(x.trace.high) + big_endian(x.trace.low));
  to.set_span_id(big_endian(x.id));
  if (x.parent != 0)
    to.set_parent_span_id(big_endian(x.parent));
  to.set_name(x.name);
  to.set_kind(static_cast<int>(x.kind));
  to.set_start_time_unix_nano(nanoseconds(x.start));
  to.set_end_time_unix_nano(nanoseconds(x.end));
  for (auto& [key, value] : x.attributes)
    set(*to.add_attributes(), key, value);
  if (!x.error.empty()) {
    to.mutable_status()->set_message(well_formed(x.error));
    to.mutable_status()->set_code(error_code);
  }
  to.set_flags(sampled_flag);
}

} // namespace

std::string otlp_request(const std::vector<span>& xs,
                         const std::string& version) {
  otlp::Request result;
  std::map<std::pair<std::string, std::string>, otlp::ScopeSpans*> nodes;
  for (auto& x : xs) {
    auto& node = nodes[{x.tier, x.node}];
    if (!node) {
      auto& all = *result.add_resource_spans();
      auto& resource = *all.mutable_resource();
      set(*resource.add_attributes(), "service.namespace", "vpaas");
      set(*resource.add_attributes(), "service.name", "vpaas-" + x.tier);
      set(*resource.add_attributes(), "service.instance.id", x.node);
      set(*resource.add_attributes(), "service.version", version);
      node = all.add_scope_spans();
      node->mutable_scope()->set_name("vpaas");
      node->mutable_scope()->set_version(version);
    }
    write(*node->add_spans(), x);
  }
  return result.SerializeAsString();
}

std::optional<otlp_answer> read_otlp_answer(const std::string& body) {
  otlp::Response in;
  if (!in.ParseFromString(body))
    return std::nullopt;
  auto& part = in.partial_success();
  auto rejected = std::max<int64_t>(part.rejected_spans(), 0);
  return otlp_answer{static_cast<uint64_t>(rejected), part.error_message()};
}

} // namespace vpaas
