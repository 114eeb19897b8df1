// Who (no certificate, wrong authority, expired, certificate of another name,
// of a client, of an operator, local user) does what to a node's port: what
// becomes of it, and that the node lives, within its memory, and serves
// everyone else.

#include "runtime/node/process.hpp"
#include "support/visitors.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace vpaas;
using test::attempts;
using test::fate;

namespace {

/// Bytes that a node may take for what someone does to its port.
constexpr int64_t memory_bound = 160 << 20;

/// Asks all the while. How long that takes is bench_hostile_matrix's.
class served {
public:
  explicit served(test::customer& x) : customer_(x) {
    thread_ = std::thread{[this] {
      do
        all_ = customer_.is_answered() && all_;
      while (!done_);
    }};
  }

  bool always() {
    done_ = true;
    thread_.join();
    return all_;
  }

private:
  test::customer& customer_;
  std::atomic<bool> done_{false};
  bool all_ = true;
  std::thread thread_;
};

int64_t memory_of(const test::running_node& x) {
  return static_cast<int64_t>(
    usage_of_process(std::to_string(x.process.pid())).rss_bytes);
}

/// One cell: its result, and what everyone else notices of it.
void check_cell(const test::running_node& node, test::customer& honest,
                const credentials_ptr& own, const test::visitor& x,
                const test::attempt& what, fate wanted) {
  auto name = x.who + ": " + what.what;
  auto where = test::place_of(node.address);
  auto before = memory_of(node);
  served others{honest};
  auto result = what.run(x, where);
  BOOST_TEST(others.always(), name);
  BOOST_TEST(to_string(result) == to_string(wanted), name);
  BOOST_TEST(memory_of(node) - before < memory_bound, name);
  test::customer newcomer{own, where.port};
  BOOST_TEST(newcomer.is_answered(), name);
  std::printf("%-34s %-8s %+4lld MB\n", name.c_str(), to_string(result).c_str(),
              static_cast<long long>((memory_of(node) - before) >> 20));
  std::fflush(stdout);
}

} // namespace

BOOST_AUTO_TEST_SUITE(matrix_tests)

BOOST_AUTO_TEST_CASE(with_certificates_each_gets_what_the_table_says) {
  test::authority ca, other;
  test::temp_dir home;
  test::running_node cloud{"cloud",
                           test::tls_options(ca.dir.path(), "cloud-1")};
  auto own = ca.of("operator");
  test::customer honest{own, test::place_of(cloud.address).port};
  BOOST_TEST_REQUIRE(honest.is_answered());
  for (auto& x : test::visitors(ca, other, home))
    for (size_t i = 0; i < std::size(attempts); ++i)
      check_cell(cloud, honest, own, x, attempts[i],
                 test::with_certificates.at(x.who)[i]);
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_CASE(on_loopback_each_gets_what_the_table_says) {
  test::authority other;
  test::temp_dir home;
  test::running_node cloud{"cloud", {}};
  auto where = test::place_of(cloud.address);
  auto own = test::visitor_config::secret_of_user();
  test::customer honest{own, where.port};
  BOOST_TEST_REQUIRE(honest.is_answered());
  for (auto& x : test::visitors_on_loopback(other, home))
    for (size_t i = 0; i < std::size(attempts); ++i)
      check_cell(cloud, honest, own, x, attempts[i],
                 test::on_loopback.at(x.who)[i]);
  test::visitor same{"the same user", {"", "", own}, "", own, ""};
  BOOST_TEST(to_string(test::commands(same, where)) == "allowed");
  BOOST_TEST(to_string(test::reads(same, where)) == "allowed");
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
