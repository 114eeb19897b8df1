// The pipelines that ship, taken by the engine through the functions
// themselves: real video, and networks that are none.

#include "actors/cloud/runner.hpp"
#include "actors/functions/chunk_decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/null_detector.hpp"
#include "actors/functions/paster.hpp"
#include "actors/functions/region_filter.hpp"
#include "actors/functions/super_resolver.hpp"
#include "actors/pieces.hpp"
#include "actors/pool.hpp"
#include "support/expect.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"
#include "support/shipped_plans.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// Names every region "bird".
caf::behavior birds() {
  return {[](apply_atom, const item& x) {
    namings out;
    out.classes = {"bird"};
    out.regions.resize(x.value.get<regions>()->places.size(), {0, .9f});
    return make_item(x.stream, x.seq, std::move(out));
  }};
}

/// Names every region "fox" that it has a budget for.
caf::behavior foxes() {
  return {[](apply_atom, const item& x, const document& options) {
    auto in = x.value.get<regions>();
    detections out{"fox@1", {"fox"}, {}, {{in->picture.number(), {}}}};
    if (options.get<int64_t>("budget") > 0)
      for (auto& y : in->places)
        out.frames[0].found.push_back({y.where, 0, .9f, .9f});
    return make_item(x.stream, x.seq, std::move(out));
  }};
}

super_resolver_world doubling() {
  super_resolver_world result;
  result.load
    = [](const document&) -> caf::expected<super_resolver_world::loaded> {
    return super_resolver_world::loaded{
      "twice@1", [](const keyframes& in) -> caf::expected<std::vector<frame>> {
        std::vector<frame> result;
        for (auto& f : in.frames)
          result.push_back(grey(2 * f.width(), 2 * f.height(), 90, f.number()));
        return result;
      }};
  };
  return result;
}

/// A fog and a cloud, and who carries asks from one to the other.
struct fixture : test::functions {
  std::map<std::string, caf::actor> directory;
  std::map<uint64_t, verdict> verdicts;
  std::map<uint64_t, merged> results;
  std::vector<size_t> bytes; ///< of chunks, in the order of sending
  uint64_t crossings = 0;
  runner_actor cloud;

  fixture() {
    hire("encoder", sys.spawn(function_of<encoder_function>,
                              defaults(encoder_function::spec(),
                                       {{"backend", "libx264"}})));
    hire("chunk_decoder-1",
         sys.spawn(function_of<chunk_decoder_function>,
                   defaults(chunk_decoder_function::spec())));
    hire("region_filter", sys.spawn(function_of<region_filter_function>,
                                    defaults(region_filter_function::spec())));
    hire("paster", sys.spawn(function_of<paster_function>,
                             defaults(paster_function::spec())));
    hire("super_resolver",
         sys.spawn(
           batched_function,
           super_resolver(defaults(super_resolver_spec(), {{"max_batch", 1}}),
                          doubling())));
    auto nobody = defaults(detector_spec(),
                           {{"model", null_model}, {"max_batch", 1}});
    hire("backup_detector",
         sys.spawn(batched_function, detector(nobody, with_null_model())));
    hire(
      "detectors",
      sys.spawn(pool, pool_config{}, worker_factory{[this, nobody] {
                  return caf::expected<caf::actor>{
                    caf::actor_cast<caf::actor>(sys.spawn(
                      batched_function, detector(nobody, with_null_model())))};
                }}));
    hire("classifier", sys.spawn(birds));
    hire("second_look", sys.spawn(foxes));
    auto node = [](caf::event_based_actor*, fixture* f) -> caf::behavior {
      return {
        [=](resolve_atom, const std::string& name) -> caf::result<caf::actor> {
          auto i = f->directory.find(name);
          if (i == f->directory.end())
            return caf::make_error(ec::not_found, "no actor " + name);
          return i->second;
        }};
    };
    cloud = remember(sys.spawn(runner, defaults(runner_spec()),
                               remember(sys.spawn(node, this))));
  }

  template <class Handle>
  void hire(const std::string& name, const Handle& x) {
    directory[name] = caf::actor_cast<caf::actor>(remember(x));
  }

  static plan_ptr plan_of(const std::string& name, json values) {
    auto plan = shipped_plan({name, document{std::move(values)}});
    BOOST_TEST_REQUIRE(why(plan) == "");
    return *plan;
  }

  /// Takes so many keyframes of a stream through a pipeline.
  pipeline_counts take(const std::string& name, uint64_t n,
                       json values = json::object()) {
    pipeline_run engine{plan_of(name, std::move(values))};
    std::deque<pipeline_ask> asks;
    auto tell = [&](const pipeline_event& x) {
      auto step = engine.next(x);
      asks.insert(asks.end(), step.asks.begin(), step.asks.end());
      for (auto& y : step.verdicts) {
        results[y.frame] = merge(claims_of(engine.plan(), y),
                                 engine.plan().merge);
        verdicts[y.frame] = y;
      }
    };
    for (uint64_t i = 0; i < n; ++i) {
      keyframes one{"door", {grey(160, 96, uint8_t(40 + 9 * i), i)}, {}, {}};
      pieces_arrived event;
      event.frames = pieces_of(make_item("door", i, one));
      tell(event);
      for (; !asks.empty(); asks.pop_front())
        tell(answer_to(engine.plan(), asks.front()));
    }
    BOOST_TEST(engine.idle());
    tell(keyframes_ended{});
    for (; !asks.empty(); asks.pop_front())
      tell(answer_to(engine.plan(), asks.front()));
    return engine.counts();
  }

  pipeline_event answer_to(const pipeline_plan& plan, const pipeline_ask& x) {
    auto& what = plan.errands[x.errand];
    auto& first = plan.stages[what.stages.front()];
    return what.tier == home_tier ? here(x, first) : there(plan, x);
  }

  pipeline_event here(const pipeline_ask& x, const planned_stage& stage) {
    std::vector<std::vector<item>> inputs(x.inputs.size());
    for (size_t i = 0; i < x.inputs.size(); ++i)
      for (auto& y : x.inputs[i])
        inputs[i].push_back(item_of(*y));
    // The second encoder of a pipeline makes a round of its own.
    auto round = stage.spec.id == "fine" ? "door:fine" : "door";
    auto joined = join_inputs(stage.takes, round, x.frames, inputs);
    BOOST_TEST_REQUIRE(why(joined) == "");
    stage_answered result;
    result.ask = x.id;
    for (auto& input : *joined) {
      auto who
        = caf::actor_cast<function_actor>(directory.at(stage.spec.function));
      auto out = stage.spec.options.value().empty()
                   ? ask<item>(who, apply_atom_v, input)
                   : ask<item>(who, apply_atom_v, input, stage.spec.options);
      BOOST_TEST_REQUIRE(why(out) == "");
      for (auto& y : pieces_of(*out))
        result.made.emplace_back("", y);
    }
    return result;
  }

  pipeline_event there(const pipeline_plan& plan, const pipeline_ask& x) {
    auto sent = item_of(
      *x.inputs
         .at(plan.stages[plan.errands[x.errand].stages.front()].from.size() - 1)
         .at(0));
    auto part = *sent.value.get<chunk>();
    part.epoch = 1;
    ++crossings;
    bytes.push_back(part.bytes.size());
    auto call = part.part == 0 ? make_item(
                  "", part.seq, errand_call{steps_of(plan, x.errand), part})
                               : make_item("", part.seq, part);
    auto out = ask<item>(cloud, apply_atom_v, call);
    BOOST_TEST_REQUIRE(why(out) == "");
    stage_answered result;
    result.ask = x.id;
    result.made.emplace_back("", pieces_of(*out).at(0));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shipped_pipelines_tests, fixture)

BOOST_AUTO_TEST_CASE(high_low_names_on_the_fog_what_the_cloud_located) {
  auto counts = take("high_low", 4, {{"look", 0}});
  BOOST_TEST(results.size() == 4u);
  for (auto& [frame, x] : results) {
    BOOST_TEST_REQUIRE(x.objects.size() == 2u);
    BOOST_TEST(x.objects[0].label == "person");
    BOOST_TEST((x.objects[0].by == named_by::cloud));
    BOOST_TEST(x.objects[1].label == "bird");
    BOOST_TEST((x.objects[1].by == named_by::fog));
  }
  BOOST_TEST(counts.billed == 4u);
  BOOST_TEST(crossings == 4u);
}

BOOST_AUTO_TEST_CASE(who_looks_twice_speaks_before_the_heads) {
  take("high_low", 1);
  auto& x = results.at(0);
  BOOST_TEST_REQUIRE(x.objects.size() == 2u);
  BOOST_TEST(x.objects[0].label == "person");
  BOOST_TEST(x.objects[1].label == "fox");
  BOOST_TEST((x.objects[1].by == named_by::fog));
}

BOOST_AUTO_TEST_CASE(cloud_only_takes_hints_that_are_sure_enough) {
  take("cloud_only", 1);
  BOOST_TEST(results.at(0).objects.size() == 1u); // the hint has 0.3
  take("cloud_only", 1, {{"hints", .3}});
  BOOST_TEST_REQUIRE(results.at(0).objects.size() == 2u);
  BOOST_TEST(results.at(0).objects[1].label == "car");
}

BOOST_AUTO_TEST_CASE(fog_only_sends_nothing) {
  auto counts = take("fog_only", 2);
  BOOST_TEST(crossings == 0u);
  BOOST_TEST(counts.billed == 0u);
  BOOST_TEST((results.at(1).objects.at(0).by == named_by::backup));
}

BOOST_AUTO_TEST_CASE(dds_looks_twice_and_its_first_round_costs_as_high_low) {
  // x264 introduces itself in its first picture, and gives IDRs a number that
  // takes one bit and three by turns: the second and the fourth are compared.
  take("high_low", 4);
  bytes.clear();
  take("high_low", 4);
  auto ours = std::exchange(bytes, {});
  take("high_low", 4);
  bytes.clear();
  crossings = 0;
  auto counts = take("dds", 4);
  BOOST_TEST(crossings == 8u);     // both rounds
  BOOST_TEST(counts.billed == 8u); // every keyframe had a region
  for (size_t i = 0; i < 4; ++i)
    BOOST_TEST(bytes.at(2 * i) == ours.at(i));
  for (auto& [frame, x] : verdicts)
    BOOST_TEST((x.how == outcome::answered), frame);
  // What the second look says is there already goes; its region is a label now.
  BOOST_TEST_REQUIRE(results.at(3).objects.size() == 2u);
  BOOST_TEST(results.at(3).objects[0].label == "person");
  BOOST_TEST(results.at(3).objects[1].label == "car");
}

// Worked by hand: of six boxes of the first round, which are labels and which
// are asked for again, under the thresholds of each publication.
BOOST_AUTO_TEST_CASE(dds_filters_as_each_of_its_publications_says) {
  const box car{.1f, .1f, .2f, .2f};
  detections low;
  low.labels = {"car", "person"};
  low.thresholds.theta_loc = .2f;
  low.frames.push_back(
    {7,
     {{car, 0, .9f, .9f},                         // accepted by all
      {{.8f, .8f, .9f, .9f}, 1, .6f, .6f},        // by two of them
      {{.5f, .5f, .58f, .58f}, 1, .35f, .35f},    // 0.64 %: a candidate
      {{.7f, .1f, .76f, .3f}, 0, .25f, .25f},     // 1.2 %
      {{0, .6f, .3f, .8f}, 0, .45f, .45f},        // 6 %: background
      {{.105f, .1f, .205f, .2f}, 1, .3f, .3f}}}); // IoU 0.90 with the car
  struct expected {
    const char* preset;
    size_t labels, regions;
  };
  for (auto& x : {expected{"text", 2, 2}, {"repo", 2, 1}, {"oneadapt", 1, 3}}) {
    auto plan = plan_of("dds", {{"preset", x.preset}});
    for (auto& y : plan->stages)
      if (y.spec.id == "known") {
        auto who
          = caf::actor_cast<function_actor>(directory.at("region_filter"));
        auto out = ask<item>(who, apply_atom_v, make_item("door", 7, low),
                             y.spec.options);
        BOOST_TEST_REQUIRE(why(out) == "");
        auto& one = out->value.get<chunk_answer>()->frames.at(0);
        BOOST_TEST(one.labels.size() == x.labels, x.preset);
        BOOST_TEST(one.regions.size() == x.regions, x.preset);
      }
  }
  auto wrong = shipped_plan({"dds", document{json{{"preset", "none"}}}});
  BOOST_TEST_REQUIRE(!wrong);
  BOOST_TEST(why(wrong).find("oneadapt, repo, text") != std::string::npos);
}

// The second look adds what has a score of 0.3 and overlaps nothing of the
// first by more than 0.3.
BOOST_AUTO_TEST_CASE(dds_merges_both_rounds_at_three_tenths) {
  auto plan = plan_of("dds", json::object());
  document sure;
  for (auto& x : plan->stages)
    if (x.spec.id == "sure")
      sure = x.spec.options;
  detections high;
  high.labels = {"car"};
  high.frames.push_back({7,
                         {{{.1f, .1f, .2f, .2f}, 0, .95f, .95f},
                          {{.15f, .1f, .25f, .2f}, 0, .8f, .8f}, // IoU 0.33
                          {{.16f, .1f, .26f, .2f}, 0, .8f, .8f}, // IoU 0.25
                          {{.5f, .5f, .6f, .6f}, 0, .31f, .31f},
                          {{.7f, .7f, .8f, .8f}, 0, .29f, .29f}}});
  auto who = caf::actor_cast<function_actor>(directory.at("region_filter"));
  auto out = ask<item>(who, apply_atom_v, make_item("door", 7, high), sure);
  BOOST_TEST_REQUIRE(why(out) == "");
  auto& second = *out->value.get<chunk_answer>();
  BOOST_TEST(second.frames.at(0).labels.size() == 4u);
  std::vector<detection> first{{{.1f, .1f, .2f, .2f}, 0, .9f, .9f}};
  claims a, b;
  a.names = b.names = &second.names;
  a.labels = &first;
  b.labels = &second.frames[0].labels;
  auto all = merge({a, b}, plan->merge);
  BOOST_TEST_REQUIRE(all.objects.size() == 3u);
  BOOST_TEST(all.objects[0].score == .9f); // the first round's stays
  BOOST_TEST(all.objects[1].where.x0 == .16f);
  BOOST_TEST(all.objects[2].score == .31f);
}

BOOST_AUTO_TEST_CASE(cloudseg_is_billed_twice_a_keyframe) {
  auto counts = take("cloudseg", 3);
  BOOST_TEST(crossings == 3u);
  BOOST_TEST(counts.billed == 6u);
  BOOST_TEST(results.at(2).objects.at(0).label == "person");
}

BOOST_AUTO_TEST_SUITE_END()
