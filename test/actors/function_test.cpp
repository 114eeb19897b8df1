#include "actors/function.hpp"

#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

struct scaler_status {
  uint64_t failed = 0;
  std::string last_problem;

  static constexpr auto type_name = "scaler_status";

  static constexpr auto fields() {
    using self = scaler_status;
    return std::make_tuple(field("failed", &self::failed),
                           field("last_problem", &self::last_problem));
  }
};

/// Multiplies the corners of a box; refuses the factor 9.
struct scaler {
  static constexpr auto name = "scaler";
  static constexpr auto verb = "scale";

  static function_spec spec() {
    function_spec result;
    result.name = name;
    result.input = "box";
    result.output = "box";
    result.parameters = {integer("factor", 2, 0, 9, "of each corner"),
                         integer("shift", 0, 0, 9, "of each corner")};
    result.options = {"factor"};
    return result;
  }

  scaler(caf::scheduled_actor*, const document&) {
    // nop
  }

  static bool takes(const item& x) {
    return x.value.get<box>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how) {
    auto y = *x.value.get<box>();
    if (y.x0 < 0)
      return caf::make_error(ec::inference, "it is negative");
    y.x0 = y.x0 * how.get<float>("factor") + how.get<float>("shift");
    return make_item(x.stream, x.seq, y);
  }

  caf::error configure(const document&, const document& to) {
    return to.get<int>("shift") == 9 ? caf::make_error(ec::bad_config, "no 9")
                                     : caf::error{};
  }

  scaler_status status() const {
    return counters;
  }

  scaler_status counters;
};

struct fixture : test::functions {
  function_actor uut
    = remember(sys.spawn(function_of<scaler>, defaults(scaler::spec())));

  float apply_to(float x, json options = json::object()) {
    auto out = ask<item>(uut, apply_atom_v, make_item("s", 1, box{x, 0, 1, 1}),
                         document{std::move(options)});
    BOOST_REQUIRE(out);
    return out->value.get<box>()->x0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(function_skeleton_tests, fixture)

BOOST_AUTO_TEST_CASE(options_hold_for_one_item) {
  BOOST_TEST(apply_to(1) == 2);
  BOOST_TEST(apply_to(1, {{"factor", 5}}) == 5);
  BOOST_TEST(apply_to(1, {{"factor", 5}}) == 5);
  BOOST_TEST(apply_to(1) == 2);
  BOOST_TEST((test::value_of(apply<box>(uut, box{1, 0, 1, 1})).x0 == 2));
}

BOOST_AUTO_TEST_CASE(only_some_parameters_come_with_an_item) {
  auto x = make_item("s", 1, box{});
  auto shift = ask<item>(uut, apply_atom_v, x, document{{{"shift", 1}}});
  BOOST_REQUIRE(!shift);
  BOOST_TEST(describe(shift.error())
             == "bad_config: scaler: no option \"shift\" comes with an item; "
                "configure it");
  auto range = ask<item>(uut, apply_atom_v, x, document{{{"factor", 10}}});
  BOOST_REQUIRE(!range);
  BOOST_TEST((range.error() == ec::bad_config));
  BOOST_TEST(apply_to(1) == 2); // it lives on
  BOOST_TEST(status(uut)["failed"] == 2u);
}

BOOST_AUTO_TEST_CASE(options_lie_over_what_is_configured) {
  apply_to(1, {{"factor", 5}});
  auto now = test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"shift", 1}}}));
  BOOST_TEST(now.get<int>("factor") == 2);
  BOOST_TEST(apply_to(1, {{"factor", 5}}) == 6);
  BOOST_TEST(apply_to(1) == 3);
  auto refused = ask<document>(uut, configure_atom_v, document{{{"shift", 9}}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST(apply_to(1) == 3);
}

BOOST_AUTO_TEST_CASE(another_kind_is_refused_and_counted) {
  auto out = apply<box>(uut, detections{}, 3);
  BOOST_REQUIRE(!out);
  BOOST_TEST(describe(out.error())
             == "bad_input: failed to scale detections 3 of s: it holds no "
                "box; send what the function takes");
  BOOST_TEST(!apply<box>(uut, box{-1, 0, 0, 0}));
  auto x = status(uut);
  BOOST_TEST(x["failed"] == 2u);
  BOOST_TEST(x["last_problem"] == "inference: it is negative");
}

BOOST_AUTO_TEST_CASE(it_describes_itself) {
  auto spec = test::value_of(ask<function_spec>(uut, describe_atom_v));
  BOOST_TEST(spec.options.at(0) == "factor");
  BOOST_TEST(test::value_of(ask<status_report>(uut, status_atom_v)).kind
             == "scaler");
}

BOOST_AUTO_TEST_SUITE_END()
