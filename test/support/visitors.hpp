#pragma once

// Who (no certificate, wrong authority, expired, certificate of another name,
// of a client, of an operator, local user) does what to a node's port, and what
// becomes of it.

#include "support/authority.hpp"
#include "support/customer.hpp"
#include "support/programs.hpp"
#include "support/wire.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas::test {

using namespace std::chrono_literals;

constexpr auto patience = 8s; // those who prove nothing are put out after 5 s

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

inline place place_of(const std::string& address) {
  auto port = std::stoi(address.substr(address.rfind(':') + 1));
  return {address, static_cast<uint16_t>(port)};
}

// -- what someone does, and what becomes of it --------------------------------

inline fate connects_and_waits(const visitor& x, const place& node) {
  hostile_peer peer{x.shows, node.port};
  auto first = peer.listen_briefly(patience);
  return first == fate::allowed ? peer.listen(200ms) : first;
}

/// Half of them say nothing for a while. At most 64 are allowed; who has more
/// is cut off.
inline fate connects_many(const visitor& x, const place& node) {
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
  if (fates[fate::waits] > 0)
    return fate::waits;
  if (fates[fate::allowed] == 0)
    return fate::refused;
  if (fates[fate::allowed] > 64)
    return fate::allowed;
  return fates[fate::refused] > 0 ? fate::cut_off : fate::allowed;
}

inline fate claims_much(const visitor& x, const place& node) {
  hostile_peer peer{x.shows, node.port};
  peer.say(header_of(2, 512u << 20), patience);
  return peer.listen(patience);
}

/// The best that happened to any.
inline fate sends_every_kind(const visitor& x, const place& node) {
  auto result = fate::refused;
  for (auto kind = 0; kind < 10; ++kind) {
    hostile_peer peer{x.shows, node.port};
    peer.say(header_of(static_cast<uint8_t>(kind), 64)
               + std::string(64, static_cast<char>(kind * 37)),
             patience);
    auto one = peer.listen_briefly(patience);
    result = one == fate::refused ? result : fate::allowed;
  }
  return result;
}

inline fate tool_says(const visitor& x, const place& node,
                      const std::string& verb) {
  auto said = run("vpaas", verb + " --tool.timeout=3s --nodes=" + node.address
                             + " " + x.options);
  return said.status == 0 ? fate::allowed : fate::refused;
}

/// Who has a name of its own commands under another.
inline fate commands(const visitor& x, const place& node) {
  if (x.name.empty())
    return tool_says(x, node, "configure cloud-1/region_filter theta_cls=0.5");
  customer peer{x.own, node.port};
  return peer.introduce(x.name) == "welcome" ? fate::allowed : fate::refused;
}

inline fate reads(const visitor& x, const place& node) {
  return tool_says(x, node, "inspect cloud-1 --json");
}

struct attempt {
  const char* what;
  fate (*run)(const visitor&, const place&);
};

inline const attempt attempts[] = {
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
inline const std::map<std::string, std::array<fate, 6>> with_certificates{
  {"no certificate", {no, no, no, no, no, no}},
  {"wrong authority", {no, no, no, no, no, no}},
  {"expired", {no, no, no, no, no, no}},
  {"another name", {yes, cut, cut, yes, no, no}},
  {"client", {yes, cut, cut, yes, no, no}},
  {"operator", {yes, cut, cut, yes, yes, yes}},
  {"local user", {no, no, no, no, no, no}},
};

inline const std::map<std::string, std::array<fate, 6>> on_loopback{
  {"no certificate", {no, no, no, no, no, no}},
  {"wrong authority", {no, no, no, no, no, no}},
  {"another user", {no, no, no, no, no, no}},
};

inline std::string words(const std::vector<std::string>& xs) {
  std::string result;
  for (auto& x : xs)
    result += " " + x;
  return result;
}

/// Everyone who comes to a node with certificates.
inline std::vector<visitor>
visitors(const authority& ca, const authority& other, const temp_dir& home) {
  ca.issue("client-2");
  ca.issue("yesterday", -1);
  auto tls = [](const authority& x, const std::string& name) {
    return words(tls_options(x.dir.path(), name));
  };
  auto alone = "--node.secret=" + home.path("secret");
  return {
    {"no certificate", {}, alone, nullptr, ""},
    {"wrong authority", other.shown("operator"), tls(other, "operator"),
     nullptr, ""},
    {"expired", ca.shown("yesterday"), tls(ca, "yesterday"), nullptr, ""},
    {"another name", ca.shown("client-2"), tls(ca, "client-2"),
     ca.of("client-2"), "client-1"},
    {"client", ca.shown("client-1"), tls(ca, "client-1"), ca.of("client-1"),
     ""},
    {"operator", ca.shown("operator"), tls(ca, "operator"), ca.of("operator"),
     ""},
    {"local user", {"", "", visitor_config::secret_of_user()}, "", nullptr, ""},
  };
}

/// Everyone who comes to a node of one user.
inline std::vector<visitor> visitors_on_loopback(const authority& other,
                                                 const temp_dir& home) {
  auto path = home.path("secret");
  auto theirs = *credentials::from_secret(*read_secret(path));
  return {
    {"no certificate", {}, "--node.secret=" + home.path("none"), nullptr, ""},
    {"wrong authority", other.shown("operator"),
     words(tls_options(other.dir.path(), "operator")), nullptr, ""},
    {"another user", {"", "", theirs}, "--node.secret=" + path, nullptr, ""},
  };
}

} // namespace vpaas::test
