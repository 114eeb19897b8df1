// Who (no certificate, wrong authority, expired, certificate of another name,
// certified peer, local user) does what to a node's port: what becomes of it,
// and that the node lives, within its memory, and serves everyone else.

#include "runtime/node/process.hpp"
#include "support/authority.hpp"
#include "support/customer.hpp"
#include "support/programs.hpp"
#include "support/wire.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <atomic>
#include <map>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using test::fate;
using test::hostile_peer;
using test::proof;

namespace {

constexpr auto patience = 8s; // those who prove nothing are put out after 5 s

/// Bytes that a node may take for what someone does to its port.
constexpr int64_t memory_bound = 160 << 20;

/// Someone at the port of a node.
struct visitor {
  std::string who;
  proof shows;
  /// What `vpaas` is told of it.
  std::string options;
  credentials_ptr own; ///< null: no honest program would use these
  std::string name;    ///< as what it introduces itself; empty: it commands
};

struct place {
  std::string address;
  uint16_t port;
};

// -- what someone does, and what becomes of it --------------------------------

fate connects_and_waits(const visitor& x, const place& node) {
  hostile_peer peer{x.shows, node.port};
  auto first = peer.listen_briefly(patience);
  return first == fate::allowed ? peer.listen(200ms) : first;
}

/// Half of them say nothing for a while. Some are allowed; who has too many is
/// cut off.
fate connects_many(const visitor& x, const place& node) {
  std::vector<std::unique_ptr<hostile_peer>> crowd;
  auto more = [&] {
    return crowd
      .emplace_back(std::make_unique<hostile_peer>(x.shows, node.port))
      .get();
  };
  std::map<fate, int> fates;
  for (auto i = 0; i < 100; ++i)
    more();
  for (auto i = 0; i < 100; ++i)
    ++fates[more()->listen_briefly(patience)];
  for (auto i = 0; i < 100; ++i)
    ++fates[crowd[i]->listen_briefly(patience)];
  BOOST_TEST(fates[fate::waits] == 0);
  BOOST_TEST(fates[fate::allowed] <= 64);
  if (fates[fate::allowed] == 0)
    return fate::refused;
  return fates[fate::refused] > 0 ? fate::cut_off : fate::allowed;
}

fate claims_much(const visitor& x, const place& node) {
  hostile_peer peer{x.shows, node.port};
  peer.say(test::header_of(2, 512u << 20), patience);
  return peer.listen(patience);
}

/// The best that happened to any.
fate sends_every_kind(const visitor& x, const place& node) {
  auto result = fate::refused;
  for (auto kind = 0; kind < 10; ++kind) {
    hostile_peer peer{x.shows, node.port};
    peer.say(test::header_of(static_cast<uint8_t>(kind), 64)
               + std::string(64, static_cast<char>(kind * 37)),
             patience);
    auto one = peer.listen_briefly(patience);
    result = one == fate::refused ? result : fate::allowed;
  }
  return result;
}

fate tool_says(const visitor& x, const place& node, const std::string& verb) {
  auto said = test::run("vpaas", verb + " --tool.timeout=3s --nodes="
                                   + node.address + " " + x.options);
  return said.status == 0 ? fate::allowed : fate::refused;
}

/// Who has a name of its own commands under another.
fate commands(const visitor& x, const place& node) {
  if (x.name.empty())
    return tool_says(x, node, "configure cloud-1/region_filter theta_cls=0.5");
  test::customer peer{x.own, node.port};
  return peer.introduce(x.name) == "welcome" ? fate::allowed : fate::refused;
}

fate reads(const visitor& x, const place& node) {
  return tool_says(x, node, "inspect cloud-1 --json");
}

struct attempt {
  const char* what;
  fate (*run)(const visitor&, const place&);
};

const attempt attempts[] = {
  {"connect and wait", connects_and_waits},
  {"connect many", connects_many},
  {"claim much", claims_much},
  {"send every kind", sends_every_kind},
  {"command", commands},
  {"read", reads},
};

// -- the table ----------------------------------------------------------------

constexpr auto no = fate::refused;
constexpr auto cut = fate::cut_off;
constexpr auto yes = fate::allowed;

/// In the order of `attempts`.
const std::map<std::string, std::array<fate, 6>> with_certificates{
  {"no certificate", {no, no, no, no, no, no}},
  {"wrong authority", {no, no, no, no, no, no}},
  {"expired", {no, no, no, no, no, no}},
  {"another name", {yes, cut, cut, yes, no, yes}},
  {"certified peer", {yes, cut, cut, yes, yes, yes}},
  {"local user", {no, no, no, no, no, no}},
};

const std::map<std::string, std::array<fate, 6>> on_loopback{
  {"no certificate", {no, no, no, no, no, no}},
  {"wrong authority", {no, no, no, no, no, no}},
  {"another user", {no, no, no, no, no, no}},
};

std::string words(const std::vector<std::string>& xs) {
  std::string result;
  for (auto& x : xs)
    result += " " + x;
  return result;
}

/// Serves a customer all the while, and says how long that took.
class served {
public:
  explicit served(test::customer& x) : customer_(x) {
    thread_ = std::thread{[this] {
      while (!done_ || times_.size() < enough)
        times_.push_back(customer_.ask());
    }};
  }

  double p99() {
    done_ = true;
    thread_.join();
    return test::p99(times_);
  }

private:
  static constexpr size_t enough = 300;

  test::customer& customer_;
  std::atomic<bool> done_{false};
  std::vector<double> times_;
  std::thread thread_;
};

int64_t memory_of(const test::running_node& x) {
  return static_cast<int64_t>(
    usage_of_process(std::to_string(x.process.pid())).rss_bytes);
}

/// Below a millisecond it is the scheduler that is measured.
double twice(double quiet) {
  return 2 * std::max(quiet, .001);
}

/// One cell: its result, and what everyone else notices of it.
void check_cell(const test::running_node& node, test::customer& honest,
                const credentials_ptr& own, const visitor& x,
                const attempt& what, fate wanted) {
  auto name = x.who + ": " + what.what;
  place where{node.address, static_cast<uint16_t>(std::stoi(node.address.substr(
                              node.address.rfind(':') + 1)))};
  auto before = memory_of(node);
  auto quiet = 0., attacked = 0.;
  auto result = fate::waits;
  {
    quiet = served{honest}.p99();
    served others{honest};
    result = what.run(x, where);
    attacked = others.p99();
  }
  BOOST_TEST(to_string(result) == to_string(wanted), name);
  // What else the machine does at that moment is in both: a figure to read.
  BOOST_WARN_MESSAGE(attacked <= twice(quiet),
                     name << ": p99 " << 1e3 * attacked << " ms, quiet "
                          << 1e3 * quiet << " ms");
  BOOST_TEST(memory_of(node) - before < memory_bound, name);
  test::customer newcomer{own, where.port};
  BOOST_TEST(newcomer.is_answered(), name);
  std::printf("%-34s %-8s p99 %6.2f ms, quiet %6.2f ms, %+4lld MB\n",
              name.c_str(), to_string(result).c_str(), 1e3 * attacked,
              1e3 * quiet,
              static_cast<long long>((memory_of(node) - before) >> 20));
  std::fflush(stdout);
}

/// Everyone who comes to a node with certificates.
std::vector<visitor> visitors(const test::authority& ca,
                              const test::authority& other,
                              const test::temp_dir& home) {
  ca.issue("client-2");
  ca.issue("yesterday", -1);
  auto tls = [](const test::authority& x, const std::string& name) {
    return words(test::tls_options(x.dir.path(), name));
  };
  auto alone = "--node.secret=" + home.path("secret");
  return {
    {"no certificate", {}, alone, nullptr, ""},
    {"wrong authority", other.shown("operator"), tls(other, "operator"),
     nullptr, ""},
    {"expired", ca.shown("yesterday"), tls(ca, "yesterday"), nullptr, ""},
    {"another name", ca.shown("client-2"), tls(ca, "client-2"),
     ca.of("client-2"), "client-1"},
    {"certified peer", ca.shown("client-1"), tls(ca, "client-1"),
     ca.of("client-1"), ""},
    {"local user",
     {"", "", test::visitor_config::secret_of_user()},
     "",
     nullptr,
     ""},
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(matrix_tests)

BOOST_AUTO_TEST_CASE(with_certificates_each_gets_what_the_table_says) {
  test::authority ca, other;
  test::temp_dir home;
  test::running_node cloud{"cloud",
                           test::tls_options(ca.dir.path(), "cloud-1")};
  auto port = std::stoi(cloud.address.substr(cloud.address.rfind(':') + 1));
  auto own = ca.of("operator");
  test::customer honest{own, static_cast<uint16_t>(port)};
  BOOST_TEST_REQUIRE(honest.is_answered());
  for (auto& x : visitors(ca, other, home))
    for (size_t i = 0; i < std::size(attempts); ++i)
      check_cell(cloud, honest, own, x, attempts[i],
                 with_certificates.at(x.who)[i]);
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_CASE(on_loopback_each_gets_what_the_table_says) {
  test::authority other;
  test::temp_dir home;
  test::running_node cloud{"cloud", {}};
  auto port = std::stoi(cloud.address.substr(cloud.address.rfind(':') + 1));
  auto own = test::visitor_config::secret_of_user();
  test::customer honest{own, static_cast<uint16_t>(port)};
  BOOST_TEST_REQUIRE(honest.is_answered());
  auto path = home.path("secret");
  auto theirs = *credentials::from_secret(*read_secret(path));
  auto tls = words(test::tls_options(other.dir.path(), "operator"));
  const visitor all[] = {
    {"no certificate", {}, "--node.secret=" + home.path("none"), nullptr, ""},
    {"wrong authority", other.shown("operator"), tls, nullptr, ""},
    {"another user", {"", "", theirs}, "--node.secret=" + path, nullptr, ""},
  };
  for (auto& x : all)
    for (size_t i = 0; i < std::size(attempts); ++i)
      check_cell(cloud, honest, own, x, attempts[i], on_loopback.at(x.who)[i]);
  visitor same{"the same user", {"", "", own}, "", own, ""};
  BOOST_TEST(to_string(commands(same, {cloud.address, uint16_t(port)}))
             == "allowed");
  BOOST_TEST(to_string(reads(same, {cloud.address, uint16_t(port)}))
             == "allowed");
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
