#include "runtime/policy/peer_rights.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

const peer client{"client-1", node_role::client};
const peer fog{"fog-1", node_role::fog};
const peer operate{"operator", node_role::operate};

} // namespace

BOOST_AUTO_TEST_SUITE(peer_rights_tests)

BOOST_AUTO_TEST_CASE(a_name_may_say_its_role) {
  auto said = [](const std::string& x) { return to_string(role_in_name(x)); };
  for (auto x : {"client", "fog", "cloud", "backend", "operator"}) {
    BOOST_TEST(said(x) == x);
    BOOST_TEST(said(std::string{x} + "-12") == x);
  }
  for (auto x : {"", "fog-", "fog-a", "fogs-1", "fog-1-2", "any", "none", "x"})
    BOOST_TEST(said(x) == "none", x);
}

BOOST_AUTO_TEST_CASE(a_certificate_can_have_five_roles) {
  for (auto x : {"client", "fog", "cloud", "backend", "operator"})
    BOOST_TEST(to_string(*role_called(x)) == x);
  for (auto x : {"none", "any", "", "Fog", "fog "})
    BOOST_TEST(!role_called(x), x);
}

BOOST_AUTO_TEST_CASE(what_is_not_named_is_refused) {
  BOOST_TEST(may_send(client, node_role::fog, {"node", "beat", ""}));
  BOOST_TEST(!may_send(client, node_role::fog, {"node", "beats", ""}));
  BOOST_TEST(!may_send(client, node_role::fog, {"node", "", ""}));
  BOOST_TEST(!may_send(client, node_role::cloud, {"node", "beat", ""}));
  BOOST_TEST(!may_send(client, node_role::fog, {"camera", "beat", ""}));
  BOOST_TEST(
    !may_send({"x", node_role::none}, node_role::fog, {"node", "beat", ""}));
}

BOOST_AUTO_TEST_CASE(a_right_may_hold_for_one_subject) {
  letter resolve{"node", "resolve str", "bulk_receiver"};
  BOOST_TEST(may_send(client, node_role::fog, resolve));
  resolve.about = "registry";
  BOOST_TEST(!may_send(client, node_role::fog, resolve));
  letter record{"registry", "record document", "fog-1"};
  BOOST_TEST(may_send(fog, node_role::backend, record));
  record.about = "fog-2";
  BOOST_TEST(!may_send(fog, node_role::backend, record));
}

BOOST_AUTO_TEST_CASE(an_operator_says_what_is_published_and_no_more) {
  BOOST_TEST(may_send(operate, node_role::fog,
                      {"node", "start child_spec str actor", "camera"}));
  BOOST_TEST(!may_send(operate, node_role::fog, {"node", "stop", ""}));
  BOOST_TEST(!may_send(operate, node_role::fog, {"camera", "exit", ""}));
  BOOST_TEST(may_send(operate, node_role::cloud,
                      {"what users made", "configure document", ""}));
}

BOOST_AUTO_TEST_CASE(who_knows_the_secret_says_anything) {
  BOOST_TEST(
    may_send({"", node_role::any}, node_role::fog, {"node", "stop", ""}));
}

BOOST_AUTO_TEST_CASE(only_who_steers_is_handed_on) {
  for (auto x :
       {node_role::client, node_role::fog, node_role::cloud, node_role::none})
    BOOST_TEST(!may_relay(x));
  for (auto x : {node_role::backend, node_role::operate, node_role::any})
    BOOST_TEST(may_relay(x));
}

BOOST_AUTO_TEST_CASE(a_refusal_says_who_what_and_what_to_do) {
  BOOST_TEST(
    refusal_of(client, {"node", "start child_spec str actor", "camera"})
    == "role: \"client-1\" is a client, which may not send \"start\" "
       "of \"camera\" to a node; ask with a certificate of another "
       "role (vpaas certs issue NAME --role=ROLE)");
  BOOST_TEST(refusal_of(client, {"", "beat", ""})
               .find("role: \"client-1\" is a client, for which nobody hands "
                     "messages on; ask")
             == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
