#include "actors/cloud/errand_book.hpp"

#include "runtime/media/keyframes.hpp"
#include "runtime/media/overlay.hpp"
#include "support/expect.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

chunk part(uint64_t seq, uint16_t number, bool last = false) {
  chunk result;
  result.stream = "door";
  result.seq = seq;
  result.part = number;
  result.last = last;
  return result;
}

item call(const chunk& x, const std::string& function) {
  errand_step step;
  step.id = step.function = function;
  return make_item("", x.seq, errand_call{{step}, x});
}

std::string first(const errand_steps& xs) {
  return xs->front().function;
}

frame picture(uint64_t number) {

  return test::grey(32, 32, 90, number);
}

item pictures(const std::string& stream, std::vector<uint64_t> numbers) {
  keyframes result;
  result.stream = stream;
  for (auto n : numbers)
    result.frames.push_back(picture(n));
  return make_item(stream, numbers.front(), std::move(result));
}

item regions_on(std::vector<uint64_t> numbers) {
  chunk_answer result;
  result.names = {"car"};
  for (auto n : numbers)
    result.frames.push_back({n, {}, {{{.1f, .1f, .2f, .2f}, .5f, 0, .3f}}});
  return make_item("door", numbers.front(), std::move(result));
}

errand_step step(std::string id, std::vector<std::string> inputs,
                 std::string takes = "") {
  errand_step result;
  result.id = std::move(id);
  result.inputs = std::move(inputs);
  result.takes = std::move(takes);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(errand_book_tests)

BOOST_AUTO_TEST_CASE(the_first_part_of_a_chunk_says_it_for_all) {
  errand_book uut;
  auto plain = [&](const chunk& x) {
    return first(uut.todo_for(make_item("", x.seq, x), x));
  };
  BOOST_TEST(plain(part(0, 0)) == "chunk_decoder");
  BOOST_TEST(first(uut.todo_for(call(part(15, 0), "f"), part(15, 0))) == "f");
  BOOST_TEST(plain(part(15, 1)) == "f");
  BOOST_TEST(plain(part(15, 2, true)) == "f");
  BOOST_TEST(plain(part(15, 3)) == "chunk_decoder"); // it was the last
  uut.todo_for(call(part(30, 0), "f"), part(30, 0));
  BOOST_TEST(plain(part(45, 0)) == "chunk_decoder"); // another chunk
  auto whole = part(60, 0, true);
  uut.todo_for(call(whole, "f"), whole);
  BOOST_TEST(plain(part(60, 1)) == "chunk_decoder");
}

BOOST_AUTO_TEST_CASE(the_usual_steps_follow_each_other) {
  errand_book uut;
  auto x = part(0, 0);
  auto todo = uut.todo_for(make_item("", 0, x), x);
  BOOST_TEST_REQUIRE(todo->size() == 3u);
  BOOST_TEST((*todo)[0].inputs.empty());
  BOOST_TEST((*todo)[1].inputs.at(0) == "chunk_decoder");
  BOOST_TEST((*todo)[2].inputs.at(0) == "detector");
}

BOOST_AUTO_TEST_CASE(a_step_takes_what_was_sent_or_what_another_made) {
  errand_book uut;
  errand_book::work x{"door", {7}, {{"", pictures("door", {7})}}};
  BOOST_TEST(uut.input_of(x, step("a", {}))->kind == "keyframes");
  uut.note(x, step("a", {}), regions_on({7}));
  BOOST_TEST(uut.input_of(x, step("b", {"a"}))->kind == "chunk_answer");
  auto gone = uut.input_of(x, step("c", {"b"}, "keyframes"));
  BOOST_REQUIRE(!gone);
  BOOST_TEST((gone.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_found_by_a_later_errand) {
  errand_book uut{8};
  auto keeps = [](std::string id) {
    auto result = step(std::move(id), {});
    result.kept = true;
    return result;
  };
  errand_book::work one{"door", {7, 22}, {}};
  uut.note(one, keeps("first"), pictures("door", {7, 22}));
  uut.note(one, keeps("known"), regions_on({7, 22}));
  uut.note(one, step("other", {}), regions_on({7, 22})); // is not kept
  BOOST_TEST(uut.kept() == 2u);
  errand_book::work two{"door:fine", {22}, {{"", {}}}};
  uut.note(two, step("finer", {}), pictures("door:fine", {22}));
  auto input
    = uut.input_of(two, step("pasted", {"first", "finer", "known"}, "layers"));
  BOOST_TEST_REQUIRE(test::why(input) == "");
  auto& layer = input->value.get<layers>()->pictures;
  BOOST_TEST_REQUIRE(layer.size() == 1u);
  BOOST_TEST(layer[0].base.number() == 22u);
  BOOST_TEST(layer[0].places.size() == 1u);
  errand_book::work stranger{"gate", {22}, {}};
  BOOST_TEST(!uut.input_of(stranger, step("x", {"first"}, "keyframes")));
}

BOOST_AUTO_TEST_CASE(the_oldest_goes) {
  errand_book uut{1};
  auto keeps = step("first", {});
  keeps.kept = true;
  errand_book::work x{"door", {7}, {}}, y{"door", {22}, {}};
  uut.note(x, keeps, pictures("door", {7}));
  uut.note(y, keeps, pictures("door", {22}));
  BOOST_TEST(uut.kept() == 1u);
  errand_book::work later{"door", {7}, {}};
  BOOST_TEST(!uut.input_of(later, step("z", {"first"}, "keyframes")));
  uut.limit(0);
  BOOST_TEST(uut.kept() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
