// Chunks to answers through the cloud's own actors, with real video and a
// detector that is none.

#include "actors/cloud/runner.hpp"
#include "actors/functions/chunk_decoder.hpp"
#include "actors/functions/null_detector.hpp"
#include "actors/functions/region_filter.hpp"
#include "actors/pool.hpp"
#include "support/chunks.hpp"
#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture : test::functions {
  std::map<std::string, caf::actor> directory; ///< of the node
  bool broken = false;                         ///< the network throws
  runner_actor uut;

  ~fixture() {
    end_all();
  }

  fixture() {
    hire_decoder();
    hire("detectors", sys.spawn(pool, pool_config{},
                                worker_factory{[this] { return worker(); }}));
    hire("region_filter", sys.spawn(function_of<region_filter_function>,
                                    defaults(region_filter_function::spec())));
    auto node = [](caf::event_based_actor*, fixture* f) -> caf::behavior {
      return {[=](resolve_atom, const std::string& name) {
        return f->directory.at(name);
      }};
    };
    uut = remember(sys.spawn(runner, defaults(runner_spec()),
                             remember(sys.spawn(node, this))));
  }

  template <class Handle>
  void hire(const std::string& name, const Handle& x) {
    directory[name] = caf::actor_cast<caf::actor>(remember(x));
  }

  void hire_decoder() {
    hire("chunk_decoder-1",
         sys.spawn(function_of<chunk_decoder_function>,
                   defaults(chunk_decoder_function::spec())));
  }

  caf::expected<caf::actor> worker() {
    auto world = with_null_model();
    auto load = world.load;
    world.load
      = [=](const document& x) -> caf::expected<detector_world::loaded> {
      auto result = load(x);
      if (!result)
        return result;
      auto detect = result->detect;
      result->detect = [=](const std::vector<item>& xs) {
        if (broken)
          throw std::runtime_error("the network broke");
        return detect(xs);
      };
      return result;
    };
    auto parameters = defaults(detector_spec(),
                               {{"model", null_model}, {"max_batch", 1}});
    auto quiet
      = [](batched_function_self::stateful_pointer<batched_function_state> me,
           batched_function_config cfg) {
          me->set_exception_handler([](std::exception_ptr&) -> caf::error {
            return caf::sec::runtime_error;
          });
          return batched_function(me, std::move(cfg));
        };
    return caf::actor_cast<caf::actor>(
      sys.spawn(quiet, detector(parameters, world)));
  }

  caf::expected<chunk_answer> answer_to(const chunk& x) {
    return apply<chunk_answer>(uut, x, x.seq);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(analysis_tests, fixture)

BOOST_AUTO_TEST_CASE(every_keyframe_of_a_chunk_is_answered) {
  for (auto& x : test::encoded("cam", 15, 5)) {
    auto out = test::value_of(answer_to(x));
    BOOST_TEST(out.model == "null@1");
    BOOST_TEST(out.names == (std::vector<std::string>{"person", "car"}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(out.frames.size() == 1u);
    auto& f = out.frames[0];
    BOOST_TEST(f.frame == 15 + x.part);
    BOOST_REQUIRE((f.labels.size() == 1 && f.regions.size() == 1));
    BOOST_TEST(f.labels[0].label == 0);
    BOOST_TEST(f.regions[0].hint == 1);
  }
  auto whole = test::value_of(answer_to(join(test::encoded("cam", 30, 4))));
  BOOST_TEST(whole.frames.size() == 4u);
  BOOST_TEST(status(uut)["frames"] == 9u);
}

BOOST_AUTO_TEST_CASE(bytes_may_come_in_any_order) {
  auto parts = test::encoded("cam", 0, 4);
  std::vector<size_t> frames; // of each answer, in their order
  for (auto& x : parts) {
    auto bare = x;
    bare.bytes = blob{};
    sys.spawn([=, &frames](caf::event_based_actor* fog) {
      fog->request(uut, caf::infinite, apply_atom_v, make_item("cam", 0, bare))
        .then(
          [=, &frames](const item& y) {
            frames.push_back(y.value.get<chunk_answer>()->frames.at(0).frame);
          },
          [](const caf::error& e) { BOOST_ERROR(describe(e)); });
    });
    run();
  }
  for (size_t i : {2, 0, 3, 1}) {
    self->send(uut, deliver_atom_v,
               delivery{bytes_key(parts[i]), parts[i].bytes});
    run();
  }
  BOOST_TEST(frames == (std::vector<size_t>{0, 1, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_corrupt_part_costs_the_rest_of_its_chunk) {
  auto bad = test::encoded("cam", 0, 3);
  bad[1].bytes = blob{blob::buffer(bad[1].bytes.size(), 0x55)};
  BOOST_TEST(test::value_of(answer_to(bad[0])).frames.size() == 1u);
  BOOST_TEST((answer_to(bad[1]).error() == ec::codec));
  BOOST_TEST((answer_to(bad[2]).error() == ec::codec));
  for (auto& x : test::encoded("cam", 3, 3))
    BOOST_TEST(test::value_of(answer_to(x)).frames.size() == 1u);
  auto x = status(uut);
  BOOST_TEST(x["answered"] == 4u);
  BOOST_TEST(x["failed"] == 2u);
}

BOOST_AUTO_TEST_CASE(after_a_decoders_death_the_next_chunk_works) {
  auto lost = test::encoded("cam", 0, 3);
  test::value_of(answer_to(lost[0]));
  self->send_exit(directory["chunk_decoder-1"], caf::exit_reason::kill);
  run();
  hire_decoder();
  BOOST_TEST((answer_to(lost[1]).error() == ec::codec));
  for (auto& x : test::encoded("cam", 3, 2))
    BOOST_TEST(test::value_of(answer_to(x)).frames.size() == 1u);
  BOOST_TEST(status(uut)["lost"] == 1u);
}

BOOST_AUTO_TEST_CASE(a_network_that_kills_its_workers_fails_the_part_alone) {
  auto parts = test::encoded("cam", 0, 3);
  broken = true;
  caf::expected<item> out{caf::sec::none};
  auto reply = self->request(uut, caf::infinite, apply_atom_v,
                             make_item("cam", 0, parts[0]));
  run();
  advance(1s); // until the second worker
  reply.receive([&](item& x) { out = std::move(x); },
                [&](caf::error& x) { out = std::move(x); });
  BOOST_REQUIRE(!out);
  BOOST_TEST((out.error() == ec::inference));
  broken = false;
  advance(1s);
  BOOST_TEST(test::value_of(answer_to(parts[1])).frames.size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_networks_there_is_the_null_model_only) {
  auto load = with_null_model().load;
  auto none = load(defaults(detector_spec()));
  BOOST_REQUIRE(!none);
  BOOST_TEST((none.error() == ec::model_missing));
  BOOST_TEST(load(defaults(detector_spec(), {{"model", "null"}}))->version
             == "null@1");
}

BOOST_AUTO_TEST_SUITE_END()
