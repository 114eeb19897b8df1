#include "actors/functions/user_function.hpp"

#include "runtime/media/keyframes.hpp"
#include "support/expect.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// A library that commits its fault at frames 2, 5, 8, ...
std::string faulty_library() {
  auto folder = std::filesystem::path{worker_program()}.parent_path();
  return (folder / "libfaulty_function.so").string();
}

struct fixture : test::functions {
  user_function_self uut;

  void start(const std::string& fault, json more = json::object()) {
    auto spec = value_of(user_function_spec(faulty_library()));
    more["options"] = fault;
    uut
      = remember(sys.spawn(user_function, user_library{faulty_library(), spec},
                           defaults(spec, more)));
  }

  /// What it says of frames 0 to n - 1: "a" for an answer, else the code of the
  /// error.
  std::string show(uint64_t n) {
    std::string result;
    for (uint64_t i = 0; i < n; ++i) {
      keyframes in{"door", {grey(64, 36, 100, i)}, {}, {}};
      auto out = ask<item>(uut, apply_atom_v, make_item("door", i, in));
      auto text = out ? std::string{"a"} : describe(out.error());
      result += (i > 0 ? " " : "") + text.substr(0, text.find(':'));
    }
    return result;
  }

  json status() {
    return value_of(ask<status_report>(uut, status_atom_v)).details.value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(user_function_tests, fixture)

BOOST_AUTO_TEST_CASE(a_library_says_what_it_is) {
  auto spec = value_of(user_function_spec(faulty_library()));
  BOOST_TEST(spec.input == "keyframes");
  BOOST_TEST(spec.output == "detections");
  BOOST_TEST(spec.blocks);
  BOOST_TEST(!spec.name.empty());
  BOOST_TEST(!user_function_spec("/etc/hostname"));
  BOOST_TEST(!user_function_spec("/no/such.so"));
}

BOOST_AUTO_TEST_CASE(what_it_found_is_said_as_a_detector_would) {
  start("");
  keyframes in{"door", {grey(64, 36, 123, 7)}, {}, {}};
  auto out = value_of(apply<detections>(uut, in));
  BOOST_TEST_REQUIRE(out.frames.size() == 1u);
  BOOST_TEST(out.frames[0].frame == 7u);
  BOOST_TEST_REQUIRE(out.frames[0].found.size() == 1u);
  auto& x = out.frames[0].found[0];
  BOOST_TEST(out.labels.at(size_t(x.label)) == "123"); // a sample that it saw
  BOOST_TEST(x.where.x1 == .5f);
  BOOST_TEST(status()["items"] == 1);
}

BOOST_AUTO_TEST_CASE(whatever_it_does_costs_its_keyframe) {
  for (auto [fault, said] : {std::pair{"abort", "io"},
                             {"throw", "inference"},
                             {"kind", "inference"},
                             {"box", "inference"}}) {
    BOOST_TEST_CONTEXT(fault) {
      start(fault);
      BOOST_TEST(show(5) == std::string{"a a "} + said + " a a");
      auto x = status();
      BOOST_TEST(x["items"] == 4);
      BOOST_TEST(x["failed"] == 1);
      BOOST_TEST(x["worker"]["starts"] == (said == std::string{"io"} ? 2 : 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(one_that_hangs_is_ended_at_its_limit) {
  start("hang", {{"limit", "500ms"}});
  BOOST_TEST(show(4) == "a a deadline a");
  BOOST_TEST(status()["worker"]["late"] == 1);
}

BOOST_AUTO_TEST_CASE(one_that_leaks_is_started_again) {
  start("leak", {{"memory", "300MiB"}});
  auto said = show(4);
  BOOST_TEST(said.substr(0, 4) == "a a ");
  BOOST_TEST(said.substr(said.size() - 2) == " a");
  BOOST_TEST(status()["worker"]["starts"] == 2);
}

BOOST_AUTO_TEST_CASE(what_is_no_keyframe_is_refused) {
  start("");
  auto out = ask<item>(uut, apply_atom_v, make_item("door", 1, chunks{}));
  BOOST_TEST(why(out).find("takes keyframes") != std::string::npos);
  out = ask<item>(uut, apply_atom_v,
                  make_item("door", 1, keyframes{"door", {}, {}, {}}),
                  document{{{"options", "x"}}});
  BOOST_TEST(why(out).find("configure") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(other_options_make_another_process) {
  start("throw");
  BOOST_TEST(show(3) == "a a inference");
  BOOST_TEST(
    bool(ask<document>(uut, configure_atom_v, document{{{"options", ""}}})));
  BOOST_TEST(show(3) == "a a a");
  BOOST_TEST(!ask<document>(uut, configure_atom_v, document{{{"limit", 0}}}));
}

BOOST_AUTO_TEST_CASE(a_library_that_was_registered_is_changed_between_items) {
  auto spec = value_of(user_function_spec(faulty_library()));
  auto find = [&](const std::string& reference) -> caf::expected<user_library> {
    if (reference == "faulty@3")
      return caf::make_error(ec::not_found, "there is no faulty@3");
    auto found = spec;
    found.version = reference == "faulty@2" ? 2 : 1;
    return user_library{faulty_library(), found};
  };
  auto all = registered_spec(spec);
  uut = remember(
    sys.spawn(registered_function, library_finder{find},
              defaults(all, {{"library", "faulty@1"}, {"options", "throw"}})));
  BOOST_TEST(show(3) == "a a inference");
  auto set = [&](const char* library) {
    return ask<document>(uut, configure_atom_v,
                         document{{{"library", library}}});
  };
  BOOST_TEST(bool(set("faulty@2")));
  BOOST_TEST(value_of(ask<function_spec>(uut, describe_atom_v)).version == 2u);
  BOOST_TEST(show(3) == "a a inference"); // its options stay
  BOOST_TEST((set("faulty@3").error() == ec::not_found));
  auto now = value_of(ask<document>(uut, configure_atom_v, document{}));
  BOOST_TEST(now.get<std::string>("library") == "faulty@2");
  auto starts = status()["worker"]["starts"];
  BOOST_TEST(bool(ask<document>(uut, configure_atom_v, document{})));
  BOOST_TEST(status()["worker"]["starts"] == starts);
}

BOOST_AUTO_TEST_SUITE_END()
