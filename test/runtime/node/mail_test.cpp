#include "runtime/node/mail.hpp"

#include "runtime/child_spec.hpp"
#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>
#include <caf/scoped_execution_unit.hpp>

using namespace vpaas;

namespace {

namespace basp = caf::io::basp;

using start_atom = caf::atom_constant<caf::atom("start")>;

struct config : caf::actor_system_config {
  config() {
    add_message_type<child_spec>("child_spec");
    add_message_type<document>("document");
  }
};

struct fixture {
  std::vector<char> bytes(const std::vector<caf::strong_actor_ptr>& stages,
                          const caf::message& x) {
    std::vector<char> result;
    caf::binary_serializer sink{&unit, result};
    BOOST_REQUIRE(!sink(stages, x));
    return result;
  }

  letter read(const caf::message& x) {
    auto payload = bytes({}, x);
    auto result = read_mail(&unit, direct, payload.data(), payload.size());
    BOOST_REQUIRE(!!result);
    return result->says;
  }

  config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_execution_unit unit{&sys};
  basp::header direct{basp::message_type::direct_message,      0, 0,
                      caf::make_message_id(7).integer_value(), 5, 9};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mail_tests, fixture)

BOOST_AUTO_TEST_CASE(verb_types_and_subject_are_read) {
  auto x = read(
    caf::make_message(start_atom::value, std::string{"door"}, uint64_t{3}));
  BOOST_TEST(x.what == "start str u64");
  BOOST_TEST(x.about == "door");
  child_spec camera;
  camera.name = "door";
  camera.kind = "camera";
  x = read(caf::make_message(start_atom::value, camera));
  BOOST_TEST(x.what == "start child_spec");
  BOOST_TEST(x.about == "camera");
  x = read(
    caf::make_message(start_atom::value, document{json{{"fog", "fog-1"}}}));
  BOOST_TEST(x.about == "fog-1");
  x = read(caf::make_message(start_atom::value, document{json{{"fog", 1}}}));
  BOOST_TEST(x.about == "");
  BOOST_TEST(read(caf::make_message(std::string{"x"})).what == "str");
  BOOST_TEST(read(caf::make_message()).what == "");
  BOOST_TEST(read(caf::make_message(caf::exit_msg{})).what == "exit");
}

BOOST_AUTO_TEST_CASE(an_answer_that_goes_on_to_others_is_seen) {
  auto somebody = caf::actor_cast<caf::strong_actor_ptr>(
    sys.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](start_atom) {}};
    }));
  auto payload = bytes({somebody}, caf::make_message(start_atom::value));
  auto x = read_mail(&unit, direct, payload.data(), payload.size());
  BOOST_TEST((x && x->goes_on));
  caf::anon_send_exit(somebody, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_CASE(damage_is_no_mail) {
  auto payload = bytes({}, caf::make_message(start_atom::value, 1));
  for (size_t size = 0; size + 4 < payload.size(); ++size)
    BOOST_TEST(!read_mail(&unit, direct, payload.data(), size));
}

BOOST_AUTO_TEST_CASE(a_refusal_answers_the_request) {
  auto bytes = make_refusal(&unit, direct, {},
                            caf::make_error(ec::bad_config, "no"));
  caf::binary_deserializer source{&unit, bytes};
  basp::header header;
  std::vector<caf::strong_actor_ptr> stages;
  caf::message text;
  BOOST_REQUIRE(!source(header, stages, text));
  auto asked = caf::make_message_id(7);
  BOOST_TEST(header.dest_actor == 5u);
  BOOST_TEST(header.operation_data == asked.response_id().integer_value());
  BOOST_TEST(header.payload_len + basp::header_size == bytes.size());
  BOOST_TEST(describe(text.get_as<caf::error>(0)) == "bad_config: no");
}

BOOST_AUTO_TEST_SUITE_END()
