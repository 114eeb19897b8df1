#include "actors/control/data_store.hpp"

#include "runtime/error.hpp"
#include "runtime/store/password.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture : test::test_system {
  fixture() {
    cfg.database.connection = dir.path("data.db");
    cfg.clock = [this] { return time; };
    cfg.tell = [this](const std::string& name, const std::string& password) {
      first_name = name;
      first_password = password;
      ++told;
    };
    cfg.checker = [](caf::actor_system& in) {
      return in.spawn(password_checker);
    };
    start();
  }

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    run();
  }

  void start() {
    uut = sys.spawn(data_store_keeper, cfg);
    run();
  }

  template <class T, class... Ts>
  caf::expected<T> ask(const Ts&... xs) {
    caf::expected<T> result{caf::none};
    auto handle = self->request(uut, caf::infinite, xs...);
    run();
    handle.receive([&](T& x) { result = std::move(x); },
                   [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  template <class... Ts>
  caf::error tell(const Ts&... xs) {
    caf::error result;
    auto handle = self->request(uut, caf::infinite, xs...);
    run();
    handle.receive([] {}, [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  caf::expected<login> log_in(const std::string& name,
                              const std::string& password,
                              const std::string& from = "10.0.0.1") {
    return ask<login>(open_atom_v, login_wish{name, password, from});
  }

  /// A user with a password of his own.
  login admin() {
    auto x = log_in(first_name, first_password);
    auto y = ask<login>(configure_atom_v,
                        password_change{x->token, first_password, secret});
    BOOST_TEST_REQUIRE(bool(y));
    return *y;
  }

  user viewer() const {
    user result;
    result.name = "eve";
    result.password = "eve's long password";
    result.cameras = {"door"};
    return result;
  }

  const std::string secret = "correct horse battery";
  test::temp_dir dir;
  caf::timestamp time{1'700'000'000s};
  std::string first_name, first_password;
  int told = 0;
  data_store_config cfg;
  accounts_actor uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(data_store_actor_tests, fixture)

BOOST_AUTO_TEST_CASE(the_first_start_tells_a_password_that_must_be_changed) {
  BOOST_TEST(told == 1);
  auto x = log_in("admin", first_password);
  BOOST_REQUIRE(bool(x));
  BOOST_TEST(x->who.must_change);
  BOOST_TEST((x->who.may == role::admin));
  auto y = admin();
  BOOST_TEST(!y.who.must_change);
  BOOST_TEST((log_in("admin", first_password) == caf::none
              || log_in("admin", first_password).error() == ec::not_found));
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  start(); // nothing is told again
  BOOST_TEST(told == 1);
  BOOST_TEST(bool(log_in("admin", secret)));
}

BOOST_AUTO_TEST_CASE(a_wrong_name_looks_like_a_wrong_password) {
  auto x = log_in("admin", "wrong"), y = log_in("nobody", "wrong");
  BOOST_REQUIRE((!x && !y));
  BOOST_TEST((x.error() == ec::not_found));
  BOOST_TEST(cause_of(x.error()) == cause_of(y.error()));
}

BOOST_AUTO_TEST_CASE(a_new_password_ends_all_logins) {
  auto before = log_in(first_name, first_password);
  auto after = admin();
  BOOST_TEST(!ask<visitor>(find_atom_v, before->token));
  BOOST_TEST(bool(ask<visitor>(find_atom_v, after.token)));
  auto weak = ask<login>(configure_atom_v,
                         password_change{after.token, secret, "short"});
  BOOST_TEST((weak.error() == ec::bad_input));
  auto wrong = ask<login>(configure_atom_v,
                          password_change{after.token, "wrong", secret + "2"});
  BOOST_TEST((wrong.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_login_ends_by_itself) {
  auto x = admin();
  for (int i = 0; i < 13; ++i) { // used, but for more than twelve hours
    time += 55min;
    BOOST_TEST(bool(ask<visitor>(find_atom_v, x.token)));
  }
  time += 55min;
  BOOST_TEST(!ask<visitor>(find_atom_v, x.token));
  auto idle = log_in("admin", secret);
  time += 61min;
  BOOST_TEST(!ask<visitor>(find_atom_v, idle->token));
  auto ended = log_in("admin", secret);
  BOOST_TEST(!tell(release_atom_v, ended->token));
  BOOST_TEST(!ask<visitor>(find_atom_v, ended->token));
}

BOOST_AUTO_TEST_CASE(guessing_is_slowed_down) {
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((log_in("admin", "wrong").error() == ec::not_found));
  BOOST_TEST((log_in("admin", first_password).error() == ec::overload));
  time += 2s;
  BOOST_TEST(bool(log_in("admin", first_password)));
}

BOOST_AUTO_TEST_CASE(many_names_from_one_address_are_slowed_down_too) {
  for (int i = 0; i < 20; ++i)
    log_in("user-" + std::to_string(i), "wrong", "10.0.0.66");
  BOOST_TEST((log_in("user-99", "wrong", "10.0.0.66").error() == ec::overload));
  BOOST_TEST(bool(log_in("admin", first_password, "10.0.0.1")));
}

BOOST_AUTO_TEST_CASE(what_a_user_may_is_asked_each_time) {
  admin();
  BOOST_TEST(!tell(keep_atom_v, viewer()));
  auto x = log_in("eve", "eve's long password");
  BOOST_REQUIRE(bool(x));
  auto changed = viewer();
  changed.password.clear();
  changed.may = role::operate;
  changed.cameras = {"yard"};
  BOOST_TEST(!tell(keep_atom_v, changed));
  auto who = ask<visitor>(find_atom_v, x->token);
  BOOST_REQUIRE(bool(who));
  BOOST_TEST((who->cameras == std::vector<std::string>{"yard"}));
  changed.disabled = true;
  BOOST_TEST(!tell(keep_atom_v, changed));
  BOOST_TEST(!ask<visitor>(find_atom_v, x->token));
  BOOST_TEST((log_in("eve", "eve's long password").error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_token_lets_in_for_its_time_and_no_further_than_said) {
  admin();
  auto token = ask<std::string>(
    start_atom_v, token_wish{"admin", "grafana", role::viewer, 24h});
  BOOST_REQUIRE(bool(token));
  auto who = ask<visitor>(find_atom_v, *token);
  BOOST_REQUIRE(bool(who));
  BOOST_TEST((who->may == role::viewer));
  BOOST_TEST(who->csrf == "");
  time += 23h;
  BOOST_TEST(bool(ask<visitor>(find_atom_v, *token)));
  time += 2h;
  BOOST_TEST(!ask<visitor>(find_atom_v, *token));
  BOOST_TEST(
    (ask<std::string>(start_atom_v, token_wish{"admin", "x", role::viewer, 0s})
       .error()
     == ec::bad_input));
  BOOST_TEST((tell(stop_atom_v, std::string{"eve"}, std::string{"grafana"})
              == ec::not_found));
  BOOST_TEST(!tell(stop_atom_v, std::string{"admin"}, std::string{"grafana"}));
}

BOOST_AUTO_TEST_CASE(the_last_admin_stays) {
  BOOST_TEST((tell(remove_atom_v, std::string{"admin"}) == ec::bad_input));
  auto another = viewer();
  another.may = role::admin;
  BOOST_TEST(!tell(keep_atom_v, another));
  BOOST_TEST(!tell(remove_atom_v, std::string{"admin"}));
  BOOST_TEST((tell(remove_atom_v, std::string{"eve"}) == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(hashes_are_shown_to_nobody) {
  auto found = ask<std::vector<user>>(fetch_atom_v);
  BOOST_REQUIRE(bool(found));
  BOOST_TEST(found->front().password == "");
}

BOOST_AUTO_TEST_CASE(logins_are_in_the_audit_log) {
  log_in("admin", "wrong");
  log_in("admin", first_password);
  auto found = ask<std::vector<audit_entry>>(find_atom_v, uint64_t{0},
                                             uint64_t{10});
  BOOST_REQUIRE(bool(found));
  BOOST_REQUIRE(found->size() == 2u);
  BOOST_TEST((*found)[0].outcome == "done");
  BOOST_TEST((*found)[1].outcome == "wrong");
  BOOST_TEST((*found)[1].from == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_database_that_is_away_is_tried_again) {
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  cfg.database.connection = "/proc/none/data.db";
  start();
  BOOST_TEST((log_in("admin", "x").error() == ec::io));
  auto x = ask<status_report>(status_atom_v);
  BOOST_TEST(x->state == "away");
}

BOOST_AUTO_TEST_SUITE_END()
