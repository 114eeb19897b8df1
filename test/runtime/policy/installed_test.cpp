#include "runtime/policy/installed.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

artifact make(artifact_kind kind, uint64_t version) {
  artifact result;
  result.kind = kind;
  result.name = "face";
  result.version = version;
  result.id = to_string(kind) + "/" + result.reference();
  result.digest = "digest of " + result.reference();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(installed_tests)

BOOST_AUTO_TEST_CASE(versions_of_a_model_are_known_side_by_side) {
  installed_artifacts uut;
  auto first = make(artifact_kind::model, 1);
  auto second = make(artifact_kind::model, 2);
  uut.add(first);
  BOOST_TEST(uut.has(first));
  BOOST_TEST(!uut.has(second));
  uut.add(second);
  BOOST_TEST(uut.has(first));
  auto other = first; // of another backend
  other.digest = "another";
  BOOST_TEST(!uut.has(other));
}

BOOST_AUTO_TEST_CASE(the_name_of_a_function_is_that_of_its_last_version) {
  installed_artifacts uut;
  auto first = make(artifact_kind::function, 1);
  auto second = make(artifact_kind::function, 2);
  uut.add(first);
  uut.add(second);
  BOOST_TEST(!uut.has(first));
  BOOST_TEST(uut.has(second));
}

BOOST_AUTO_TEST_CASE(functions_that_nobody_wants_are_forgotten) {
  installed_artifacts uut;
  auto model = make(artifact_kind::model, 1);
  auto function = make(artifact_kind::function, 1);
  uut.add(model);
  uut.add(function);
  uut.keep_functions({"face"});
  BOOST_TEST(uut.has(function));
  uut.keep_functions({});
  BOOST_TEST(!uut.has(function));
  BOOST_TEST(uut.has(model));
}

BOOST_AUTO_TEST_SUITE_END()
