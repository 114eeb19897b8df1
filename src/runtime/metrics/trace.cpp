#include "runtime/metrics/trace.hpp"

#include "runtime/checksum.hpp"

#include <algorithm>
#include <limits>

namespace vpaas {

namespace {

uint64_t hash_of(const std::string& text) {
  checksum sum;
  sum.update(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return std::max<uint64_t>(sum.value(), 1);
}

std::string text_of(trace_id x) {
  return std::to_string(x.high) + " " + std::to_string(x.low);
}

int64_t number(uint64_t x) {
  constexpr auto most = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::min<uint64_t>(x, most));
}

/// One revision's spans, as they are made.
class tree {
public:
  explicit tree(const keyframe_trace& x)
    : x_(x), trace_(trace_of(x.result)), root_(root_of(x.result)) {
    // nop
  }

  std::vector<span> grow() {
    auto& top = add("keyframe", 0, "fog", x_.fog);
    top.id = root_;
    top.start = x_.began.count() > 0 ? wall(x_.began) : x_.result.captured;
    top.end = x_.wall;
    describe_root(top);
    for (auto& y : x_.steps)
      if (y.what == trace_step::kind::camera)
        add_camera(y);
      else if (y.what == trace_step::kind::cloud)
        add_cloud(y);
      else
        add_step(y, "fog", x_.fog);
    auto& start = result_.front().start;
    for (auto& y : result_)
      start = std::min(start, y.start);
    return std::move(result_);
  }

private:
  caf::timestamp wall(caf::timespan steady) const {
    return x_.wall - std::max(x_.now - steady, caf::timespan{0});
  }

  span& add(const std::string& name, uint64_t parent, const std::string& tier,
            const std::string& node) {
    span y;
    y.trace = trace_;
    y.id = span_of(trace_, std::to_string(root_) + " "
                             + std::to_string(result_.size()));
    y.parent = parent;
    y.name = name;
    y.tier = tier;
    y.node = node;
    result_.push_back(std::move(y));
    return result_.back();
  }

  void describe_root(span& top) const {
    auto& r = x_.result;
    if (r.revision > 0) {
      top.parent = span_of(trace_, "keyframe 0");
      top.name = "keyframe correction";
    }
    top.error = x_.error;
    top.attributes = {{"vpaas.stream", r.stream},
                      {"vpaas.frame", number(r.frame)},
                      {"vpaas.chunk", number(r.chunk)},
                      {"vpaas.pipeline", r.pipeline}};
    if (!x_.error.empty())
      return;
    top.attributes.insert(
      top.attributes.end(),
      {{"vpaas.located_by", std::string{to_string(r.located)}},
       {"vpaas.objects", number(r.objects.size())},
       {"vpaas.regions", number(r.regions)},
       {"vpaas.revision", number(r.revision)},
       {"vpaas.kept", x_.kept}});
  }

  span& add_step(const trace_step& y, const std::string& tier,
                 const std::string& node) {
    auto& result = add(y.name, root_, tier, node);
    result.start = wall(y.begin);
    result.end = std::max(wall(y.end), result.start);
    if (y.failed)
      result.error = y.name + " did not answer";
    if (y.sent > 0)
      result.attributes.emplace_back("vpaas.request.size", number(y.sent));
    if (y.received > 0)
      result.attributes.emplace_back("vpaas.response.size", number(y.received));
    return result;
  }

  /// Clocks of cameras may be ahead of the fog's: nothing arrives before it is
  /// filmed.
  void add_camera(const trace_step& y) {
    auto& result = add_step(y, "client", y.by.node);
    result.kind = span_kind::producer;
    auto ahead = x_.result.captured - result.end;
    if (ahead.count() > 0)
      result.attributes.emplace_back("vpaas.clock.ahead_ns", ahead.count());
    result.start = std::min(x_.result.captured, result.end);
  }

  void add_cloud(const trace_step& y) {
    auto& question = add_step(y, "fog", x_.fog);
    question.kind = span_kind::client;
    auto from = question.start, to = question.end;
    auto id = question.id;
    if (y.failed || y.by.node.empty())
      return;
    auto decoding = std::min(y.by.decoding, to - from);
    auto detecting = std::min(y.by.detecting, to - from - decoding);
    from += (to - from - decoding - detecting) / 2;
    auto part = [&](const char* name, uint64_t parent, caf::timespan takes) {
      auto& result = add(name, parent, "cloud", y.by.node);
      result.start = from;
      result.end = from + takes;
      return result.id;
    };
    auto all = part(y.name.c_str(), id, decoding + detecting);
    result_.back().kind = span_kind::server;
    part("chunk_decoder", all, decoding);
    from += decoding;
    part("detector", all, detecting);
  }

  const keyframe_trace& x_;
  trace_id trace_;
  uint64_t root_;
  std::vector<span> result_;
};

} // namespace

trace_id trace_of(const frame_result& x) {
  auto time = x.captured.time_since_epoch().count();
  auto text = x.stream + "\n" + std::to_string(x.frame) + "\n"
              + std::to_string(time);
  return {hash_of("high\n" + text), hash_of("low\n" + text)};
}

bool sampled(trace_id x, double ratio) {
  constexpr auto all = uint64_t{1} << 63;
  return ratio >= 1
         || static_cast<double>(x.low & (all - 1))
              < ratio * static_cast<double>(all);
}

uint64_t span_of(trace_id x, const std::string& what) {
  return hash_of(text_of(x) + "\n" + what);
}

uint64_t root_of(const frame_result& x) {
  return span_of(trace_of(x), "keyframe " + std::to_string(x.revision));
}

std::vector<span> spans_of(const keyframe_trace& x) {
  return tree{x}.grow();
}

span shown_span(const frame_result& x, const std::string& tier,
                const std::string& node, caf::timestamp heard,
                caf::timestamp shown, uint64_t readers) {
  span result;
  result.trace = trace_of(x);
  result.id = span_of(result.trace,
                      "feed " + node + " " + std::to_string(x.revision));
  result.parent = root_of(x);
  result.name = "feed";
  result.kind = span_kind::consumer;
  result.tier = tier;
  result.node = node;
  result.start = heard;
  result.end = std::max(heard, shown);
  result.attributes = {{"vpaas.stream", x.stream},
                       {"vpaas.frame", number(x.frame)},
                       {"vpaas.readers", number(readers)}};
  return result;
}

} // namespace vpaas
