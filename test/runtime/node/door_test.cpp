#include "runtime/node/door.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/wire.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

const std::string one_secret(64, 'a');

/// A door, and who came in through it.
struct house {
  explicit house(credentials_ptr own, admission_limits limits = {}) {
    auto x = door::open("127.0.0.1", 0, std::move(own), limits);
    BOOST_REQUIRE(x);
    front = std::move(*x);
    front->start([this](std::unique_ptr<tls_session> guest) {
      std::lock_guard<std::mutex> guard{mutex};
      names.push_back(guest->peer());
      inside.push_back(std::move(guest));
      changed.notify_all();
    });
  }

  bool await_guests(size_t n) {
    std::unique_lock<std::mutex> guard{mutex};
    return changed.wait_for(guard, 10s, [&] { return inside.size() >= n; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<tls_session>> inside;
  std::vector<std::string> names;
  std::unique_ptr<door> front;
};

struct authority {
  authority() {
    BOOST_REQUIRE(!make_authority(dir.path(), 30));
    issue("fog-1");
  }

  void issue(const std::string& name) {
    std::filesystem::remove(dir.path(name + ".key"));
    std::filesystem::remove(dir.path(name + ".pem"));
    BOOST_REQUIRE(!issue_certificate(dir.path(), name, 30));
  }

  tls_files files(const std::string& name) const {
    return {dir.path(name + ".pem"), dir.path(name + ".key"),
            dir.path("ca.pem")};
  }

  credentials_ptr of(const std::string& name) {
    if (!std::filesystem::exists(dir.path(name + ".pem")))
      issue(name);
    return *credentials::load(files(name));
  }

  test::temp_dir dir;
};

} // namespace

BOOST_AUTO_TEST_SUITE(door_tests)

BOOST_AUTO_TEST_CASE(who_knows_the_secret_comes_in) {
  house x{*credentials::from_secret(one_secret)};
  test::certified_stranger guest{*credentials::from_secret(one_secret),
                                 x.front->port()};
  BOOST_TEST(guest.accepted());
  BOOST_TEST(x.await_guests(1));
  BOOST_TEST(x.names[0] == "");
}

BOOST_AUTO_TEST_CASE(who_does_not_stays_outside) {
  house x{*credentials::from_secret(one_secret)};
  test::certified_stranger guest{
    *credentials::from_secret(std::string(64, 'b')), x.front->port()};
  BOOST_TEST(!guest.accepted());
  authority other;
  test::certified_stranger certified{other.of("fog-1"), x.front->port()};
  BOOST_TEST((!certified.accepted() || certified.is_ended(10s)));
  x.front->stop();
  BOOST_TEST(x.inside.empty());
  BOOST_TEST(x.front->counters().refused == 2u);
}

BOOST_AUTO_TEST_CASE(a_port_that_only_poses_as_one_of_ours_is_refused) {
  authority other; // someone who has certificates, and not the secret
  house x{other.of("fog-1")};
  test::certified_stranger guest{*credentials::from_secret(one_secret),
                                 x.front->port()};
  BOOST_TEST(!guest.accepted());
}

BOOST_AUTO_TEST_CASE(a_certificate_gives_its_name) {
  authority x;
  house here{x.of("fog-1")};
  test::certified_stranger guest{x.of("client-7"), here.front->port()};
  BOOST_TEST(guest.accepted());
  BOOST_TEST_REQUIRE(here.await_guests(1));
  BOOST_TEST(here.names[0] == "client-7");
}

BOOST_AUTO_TEST_CASE(who_says_nothing_is_put_out_in_time) {
  house x{*credentials::from_secret(one_secret), {64, 16, 100ms}};
  test::stranger silent{x.front->port()};
  BOOST_TEST_REQUIRE(silent.connected());
  BOOST_TEST(silent.is_ended(10s));
  x.front->stop();
  BOOST_TEST(x.front->counters().late == 1u);
}

BOOST_AUTO_TEST_CASE(who_talks_slowly_is_put_out_too) {
  house x{*credentials::from_secret(one_secret), {64, 16, 300ms}};
  test::stranger slow{x.front->port()};
  auto ended = false;
  for (auto i = 0; i < 200 && !ended; ++i) {
    slow.say(std::string(1, i == 0 ? '\x16' : '\x03'));
    ended = slow.is_ended(50ms);
  }
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(many_who_wait_keep_nobody_out) {
  house x{*credentials::from_secret(one_secret), {8, 8, 60s}};
  std::vector<test::stranger> crowd;
  for (auto i = 0; i < 40; ++i)
    crowd.emplace_back(x.front->port());
  test::certified_stranger guest{*credentials::from_secret(one_secret),
                                 x.front->port()};
  BOOST_TEST(guest.accepted());
  BOOST_TEST(x.await_guests(1));
  x.front->stop();
  BOOST_TEST(x.front->counters().displaced >= 32u);
}

BOOST_AUTO_TEST_CASE(garbage_is_refused_at_once) {
  house x{*credentials::from_secret(one_secret)};
  test::stranger rude{x.front->port()};
  rude.say("GET / HTTP/1.1\r\n\r\n");
  BOOST_TEST(rude.is_ended(10s));
}

BOOST_AUTO_TEST_CASE(a_renewed_certificate_is_taken_when_it_is_whole) {
  authority x;
  house here{x.of("fog-1")};
  auto client = x.of("client-1");
  auto before = x.dir.path("before");
  std::filesystem::create_directory(before);
  // The node answers with what it has while its files are gone or do not fit.
  std::filesystem::rename(x.dir.path("fog-1.key"), before + "/fog-1.key");
  test::certified_stranger without{client, here.front->port()};
  BOOST_TEST(without.accepted());
  std::filesystem::rename(before + "/fog-1.key", x.dir.path("fog-1.key"));
  auto old = std::filesystem::file_size(x.dir.path("fog-1.pem"));
  std::filesystem::resize_file(x.dir.path("fog-1.pem"), old / 2);
  test::certified_stranger torn{client, here.front->port()};
  BOOST_TEST(torn.accepted());
}

BOOST_AUTO_TEST_CASE(credentials_change_as_a_whole_or_not_at_all) {
  authority x;
  auto own = x.of("fog-1");
  auto first = own->current();
  BOOST_TEST(!own->changed());
  test::temp_dir other;
  BOOST_REQUIRE(!make_authority(other.path(), 30));
  BOOST_REQUIRE(!issue_certificate(other.path(), "fog-1", 30));
  using std::filesystem::copy_options;
  std::filesystem::copy_file(other.path("fog-1.pem"), x.dir.path("fog-1.pem"),
                             copy_options::overwrite_existing);
  BOOST_TEST(own->changed());
  auto err = own->reload(); // the key is still the old one
  BOOST_TEST(describe(err).find("does not belong to") != std::string::npos);
  BOOST_TEST((own->current() == first));
  BOOST_TEST(!own->changed()); // it is not tried again and again
  x.issue("fog-1");
  BOOST_TEST(own->changed());
  BOOST_TEST(!own->reload());
  BOOST_TEST((own->current() != first));
  BOOST_TEST(own->who().name == "fog-1");
  BOOST_TEST(
    (own->who().ends > caf::make_timestamp() + std::chrono::hours(24 * 29)));
}

BOOST_AUTO_TEST_SUITE_END()
