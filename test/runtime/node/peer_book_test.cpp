#include "runtime/node/peer_book.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(peer_book_tests)

BOOST_AUTO_TEST_CASE(a_peer_gets_so_many_connections) {
  peer_book x{{2, 100, 150}};
  BOOST_TEST(x.enter(1, "a") == "");
  BOOST_TEST(x.enter(2, "a") == "");
  BOOST_TEST(x.enter(3, "a") == "it has 2 connections already");
  BOOST_TEST(x.enter(4, "b") == "");
  x.leave(1);
  BOOST_TEST(x.enter(5, "a") == "");
}

BOOST_AUTO_TEST_CASE(a_message_has_a_greatest_size) {
  peer_book x{{2, 100, 150}};
  x.enter(1, "a");
  BOOST_TEST(x.announce(1, 100) == "");
  BOOST_TEST(x.announce(1, 101)
             == "it announces a message of 101 bytes; at most 100 are taken");
}

BOOST_AUTO_TEST_CASE(all_connections_of_a_peer_have_one_account) {
  peer_book x{{2, 100, 150}};
  x.enter(1, "a");
  x.enter(2, "a");
  x.enter(3, "b");
  BOOST_TEST(x.announce(1, 90) == "");
  BOOST_TEST(x.announce(1, 32) == ""); // the memory stays with it
  BOOST_TEST(x.announce(2, 61)
             == "its connections announce 151 bytes at once; at most 150 are "
                "taken");
  BOOST_TEST(x.announce(2, 60) == "");
  BOOST_TEST(x.announce(3, 100) == "");
  x.leave(1);
  BOOST_TEST(x.announce(2, 100) == "");
}

BOOST_AUTO_TEST_CASE(a_process_has_the_name_that_its_connection_proved) {
  peer_book x;
  x.enter(1, "client-1");
  BOOST_TEST(!x.find("p"));
  BOOST_TEST(x.introduce(1, "p") == "");
  BOOST_TEST(x.find("p")->name == "client-1");
  x.leave(1);
  BOOST_TEST(!x.find("p"));
}

BOOST_AUTO_TEST_CASE(nobody_poses_as_the_process_of_another) {
  peer_book x;
  x.enter(1, "client-1");
  x.enter(2, "client-2");
  x.introduce(1, "p");
  BOOST_TEST(x.introduce(2, "p") == "it poses as a process of \"client-1\"");
  BOOST_TEST(x.introduce(1, "q") == "it introduces itself as a second process");
  BOOST_TEST(!x.may_speak_for(2, "p"));
  BOOST_TEST(x.may_speak_for(1, "p"));
  BOOST_TEST(x.may_speak_for(2, "unheard of"));
}

BOOST_AUTO_TEST_CASE(a_second_connection_outlives_the_first) {
  peer_book x;
  x.enter(1, "a");
  x.enter(2, "a");
  x.introduce(1, "p");
  BOOST_TEST(x.introduce(2, "p") == "");
  x.leave(2);
  BOOST_TEST(x.find("p")->name == "a");
}

BOOST_AUTO_TEST_CASE(a_process_has_the_role_that_its_connection_proved) {
  peer_book x;
  x.enter(1, "fog-1", node_role::fog);
  x.introduce(1, "p");
  BOOST_TEST(to_string(x.find("p")->role) == "fog");
  BOOST_TEST(x.refusals() == 0u);
  x.note_refusal();
  BOOST_TEST(x.refusals() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
