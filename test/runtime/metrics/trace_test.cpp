#include "runtime/metrics/trace.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

caf::timestamp at(caf::timespan x) {
  return caf::timestamp{1'800'000'000s + x};
}

frame_result result_of(uint64_t frame, uint32_t revision = 0) {
  frame_result x;
  x.stream = "door";
  x.frame = frame;
  x.captured = at(1s);
  x.pipeline = "high_low";
  x.revision = revision;
  return x;
}

trace_step step(trace_step::kind what, const std::string& name,
                caf::timespan begin, caf::timespan end) {
  trace_step x;
  x.what = what;
  x.name = name;
  x.begin = begin;
  x.end = end;
  return x;
}

/// Filmed at 1 s, done at 2 s of the wall, which is 102 s of the fog's clock.
keyframe_trace example() {
  using kind = trace_step::kind;
  keyframe_trace x;
  x.result = result_of(30);
  x.fog = "fog-1";
  x.now = 102s;
  x.wall = at(2s);
  auto camera = step(kind::camera, "camera", 0s, 101200ms);
  camera.by.node = "client-1";
  camera.received = 5000;
  auto cloud = step(kind::cloud, "runner", 101400ms, 101900ms);
  cloud.sent = 700;
  cloud.received = 90;
  cloud.by = {"cloud-1", 100ms, 200ms};
  x.steps = {camera, step(kind::local, "decoder", 101200ms, 101300ms), cloud};
  return x;
}

/// The only span called so.
span find(const std::vector<span>& xs, const std::string& name,
          const std::string& tier) {
  std::vector<span> found;
  std::copy_if(xs.begin(), xs.end(), std::back_inserter(found),
               [&](auto& x) { return x.name == name && x.tier == tier; });
  BOOST_REQUIRE_MESSAGE(found.size() == 1, name << " of " << tier);
  return found.front();
}

int64_t number(const span& x, const std::string& key) {
  for (auto& [name, value] : x.attributes)
    if (name == key)
      return std::get<int64_t>(value);
  return -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(trace_tests)

BOOST_AUTO_TEST_CASE(who_has_a_result_knows_its_trace) {
  auto a = trace_of(result_of(15)), b = trace_of(result_of(15, 1));
  BOOST_TEST(a.high == b.high);
  BOOST_TEST(a.low == b.low);
  BOOST_TEST(a.low != trace_of(result_of(30)).low);
  BOOST_TEST(a.high != a.low);
  auto later = result_of(15); // the same number after a restart
  later.captured += 1h;
  BOOST_TEST(a.low != trace_of(later).low);
  BOOST_TEST(root_of(result_of(15)) != root_of(result_of(15, 1)));
}

BOOST_AUTO_TEST_CASE(a_share_is_sampled_and_a_larger_one_has_it_too) {
  size_t few = 0, many = 0;
  for (uint64_t n = 0; n < 10000; ++n) {
    auto x = trace_of(result_of(n));
    auto in_few = sampled(x, .1);
    few += in_few;
    many += sampled(x, .5);
    BOOST_TEST((!in_few || sampled(x, .5)));
    BOOST_TEST(!sampled(x, 0));
    BOOST_TEST(sampled(x, 1));
  }
  // Five deviations of a binomial distribution: 30 and 50.
  BOOST_TEST((few > 850 && few < 1150), few);
  BOOST_TEST((many > 4750 && many < 5250), many);
  BOOST_TEST(sampled({1, uint64_t{1} << 63}, .01)); // the top bit is left out
}

BOOST_AUTO_TEST_CASE(spans_form_one_tree_in_order) {
  auto xs = spans_of(example());
  BOOST_TEST(xs.size() == 7u);
  std::set<uint64_t> ids;
  for (auto& x : xs) {
    BOOST_TEST(x.trace.low == trace_of(result_of(30)).low);
    BOOST_TEST(ids.insert(x.id).second);
    BOOST_TEST((x.start <= x.end), x.name);
  }
  auto root = find(xs, "keyframe", "fog");
  BOOST_TEST(root.parent == 0u);
  BOOST_TEST(root.id == root_of(result_of(30)));
  BOOST_TEST((root.start == at(1s) && root.end == at(2s)));
  BOOST_TEST(number(root, "vpaas.frame") == 30);
  auto camera = find(xs, "camera", "client");
  BOOST_TEST(camera.node == "client-1");
  BOOST_TEST(camera.parent == root.id);
  BOOST_TEST((camera.start == at(1s) && camera.end == at(1200ms)));
  BOOST_TEST(number(camera, "vpaas.response.size") == 5000);
  auto decoder = find(xs, "decoder", "fog");
  BOOST_TEST((decoder.start == at(1200ms) && decoder.end == at(1300ms)));
}

BOOST_AUTO_TEST_CASE(what_the_cloud_did_stands_amid_the_question) {
  auto xs = spans_of(example());
  auto question = find(xs, "runner", "fog"), all = find(xs, "runner", "cloud");
  BOOST_TEST((question.kind == span_kind::client));
  BOOST_TEST((all.kind == span_kind::server));
  BOOST_TEST(all.parent == question.id);
  BOOST_TEST(number(question, "vpaas.request.size") == 700);
  BOOST_TEST(number(question, "vpaas.response.size") == 90);
  BOOST_TEST((all.start == at(1500ms) && all.end == at(1800ms)));
  auto decoding = find(xs, "chunk_decoder", "cloud");
  auto detecting = find(xs, "detector", "cloud");
  BOOST_TEST(decoding.parent == all.id);
  BOOST_TEST((decoding.start == at(1500ms) && decoding.end == at(1600ms)));
  BOOST_TEST((detecting.start == at(1600ms) && detecting.end == at(1800ms)));
}

BOOST_AUTO_TEST_CASE(a_cloud_cannot_say_that_it_took_longer_than_it_did) {
  auto x = example();
  x.steps.back().by.decoding = 300ms;
  x.steps.back().by.detecting = 9h;
  auto xs = spans_of(x);
  auto detecting = find(xs, "detector", "cloud");
  BOOST_TEST((detecting.start == at(1700ms) && detecting.end == at(1900ms)));
}

BOOST_AUTO_TEST_CASE(nothing_arrives_before_it_was_filmed) {
  auto x = example();
  x.result.captured = at(1500ms); // the camera's clock is ahead
  auto xs = spans_of(x);
  auto camera = find(xs, "camera", "client");
  BOOST_TEST((camera.start == at(1200ms) && camera.end == at(1200ms)));
  BOOST_TEST(number(camera, "vpaas.clock.ahead_ns") == 300'000'000);
  BOOST_TEST((find(xs, "keyframe", "fog").start == at(1200ms)));
}

BOOST_AUTO_TEST_CASE(a_question_without_an_answer_is_an_error) {
  auto x = example();
  x.steps.back().failed = true;
  auto xs = spans_of(x);
  BOOST_TEST(xs.size() == 4u);
  BOOST_TEST(find(xs, "runner", "fog").error == "runner did not answer");
  x.error = "cloud";
  BOOST_TEST(find(spans_of(x), "keyframe", "fog").error == "cloud");
}

BOOST_AUTO_TEST_CASE(a_correction_hangs_below_what_it_corrects) {
  auto x = example();
  x.result.revision = 1;
  x.began = 101400ms;
  x.steps.erase(x.steps.begin(), x.steps.begin() + 2);
  auto root = find(spans_of(x), "keyframe correction", "fog");
  BOOST_TEST(root.parent == root_of(result_of(30)));
  BOOST_TEST((root.start == at(1400ms)));
}

BOOST_AUTO_TEST_CASE(a_backend_knows_where_its_span_belongs) {
  auto x = shown_span(result_of(30), "backend", "backend-1", at(3s), at(4s), 2);
  BOOST_TEST(x.parent == find(spans_of(example()), "keyframe", "fog").id);
  BOOST_TEST(x.tier == "backend");
  BOOST_TEST((x.kind == span_kind::consumer));
  BOOST_TEST(number(x, "vpaas.readers") == 2);
  x = shown_span(result_of(30), "backend", "b", at(3s), at(2s), 0);
  BOOST_TEST((x.start == x.end)); // its clock was set back
}

BOOST_AUTO_TEST_SUITE_END()
