#include "node_finder.hpp"
#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/node/checkup.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/printable.hpp"
#include "system.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <nlohmann/json.hpp>

#include <signal.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas certs init [--dir=certs] [--days=3650]\n"
    "       vpaas certs issue NAME... [--role=ROLE] [--dir=certs] "
    "[--days=365]\n"
    "       vpaas certs renew NAME... [--role=ROLE] [--dir=certs] "
    "[--days=365]\n"
    "       vpaas certs revoke NAME... [--dir=certs]\n"
    "       vpaas certs list [--dir=certs] [--json]\n"
    "       vpaas certs reload [NODE...]\n\n"
    "init makes a private authority (ca.pem, ca.key); issue makes NAME.pem "
    "and\n"
    "NAME.key, signed by it; renew makes both anew; list says whose they are, "
    "and when\n"
    "they end. revoke puts NAME.pem on the list revoked.pem, beside the other "
    "files of\n"
    "each node: who has it is cut off within seconds. A node is called as its\n"
    "certificate, and does what its role may: client, fog, cloud, backend or "
    "operator.\n"
    "A name such as fog-1 or operator says which; others want --role. Keep "
    "ca.key away from the nodes. On each node:\n\n"
    "  [openssl]\n"
    "  folder=\"certs\"      ; or certificate, key and cafile\n\n"
    "The command line takes the certificate called operator.\n\n"
    "Nodes take files that were replaced within a second, once all fit "
    "together, and\n"
    "at once on SIGHUP, which reload sends to those of this machine; their log "
    "says\n"
    "what came of it. Connections that are there stay.\n\n"
    "  --dir=DIR    where the files are\n"
    "  --role=ROLE  of these nodes; renew keeps it otherwise\n"
    "  --days=N     how long the new certificates are valid\n"
    "  --json       print the paths of the new files, or the list, as JSON\n";

caf::expected<int> parse_days(const std::string& text) {
  auto result = 0;
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, result);
  if (code == std::errc{} && rest == end && result >= 1 && result <= 36500)
    return result;
  return caf::make_error(ec::bad_config,
                         "--days=" + text
                           + " is not allowed; write an integer "
                             "from 1 to 36500");
}

caf::expected<node_role> parse_role(const std::string& text) {
  if (text.empty())
    return node_role::none;
  if (auto result = role_called(text))
    return *result;
  return caf::make_error(ec::bad_config,
                         "--role=" + text
                           + " is not allowed; write client, fog, cloud, "
                             "backend or operator");
}

struct wishes {
  std::string dir;
  int days = 0;
  node_role role = node_role::none;
};

caf::error make_one(const std::string& verb, const std::string& name,
                    const wishes& x) {
  if (verb == "renew")
    return renew_certificate(x.dir, name, x.days, x.role);
  if (x.role == node_role::none && role_in_name(name) == node_role::none)
    return caf::make_error(ec::bad_config,
                           "the name \"" + name
                             + "\" does not say what it may do; write --role="
                               "client, fog, cloud, backend or operator");
  return issue_certificate(x.dir, name, x.days, x.role);
}

/// Makes what the words ask for; the stems of the new files.
caf::expected<std::vector<std::string>>
make(const std::vector<std::string>& words, const wishes& x) {
  if (words.size() == 1 && words.front() == "init") {
    if (auto err = make_authority(x.dir, x.days))
      return err;
    return std::vector<std::string>{x.dir + "/ca"};
  }
  if (words.size() < 2
      || (words.front() != "issue" && words.front() != "renew"))
    return caf::make_error(ec::bad_config,
                           "write init, or issue or renew and names of nodes; "
                           "see vpaas certs --help");
  std::vector<std::string> result;
  for (size_t i = 1; i < words.size(); ++i) {
    if (auto err = make_one(words.front(), words[i], x))
      return err;
    result.push_back(x.dir + "/" + words[i]);
  }
  return result;
}

caf::error revoke(const std::vector<std::string>& words,
                  const std::string& dir) {
  if (words.size() < 2)
    return caf::make_error(ec::bad_config,
                           "write revoke, and whose certificates are worth "
                           "nothing any more");
  for (size_t i = 1; i < words.size(); ++i) {
    if (auto err = revoke_certificate(dir, words[i]))
      return err;
    std::cout << "revoked " << words[i] << "; put " << dir
              << "/revoked.pem beside the certificate of each node\n";
  }
  return caf::none;
}

int list(const std::string& dir, bool as_json) {
  auto all = json::array();
  table rows;
  for (auto& x : certificates_in(dir)) {
    auto role = to_string(x.role);
    all.push_back(
      {{"name", x.name}, {"role", role}, {"ends", to_json_value(x.ends)}});
    auto end = judge_certificate("", x.ends, caf::make_timestamp());
    rows.push_back({x.name, role, end.found});
  }
  if (as_json)
    std::cout << as_text(all) << '\n';
  else
    print(std::move(rows));
  return 0;
}

/// Whether this process is a node of this machine, not one that has its number
/// elsewhere.
bool runs_here(const node_info& x) {
  std::ifstream in{"/proc/" + std::to_string(x.pid) + "/comm"};
  std::string name;
  std::getline(in, name);
  return name == "vpaas-" + x.tier;
}

/// Tells the nodes of these names, or all, to read their certificates.
caf::error reload(command_line& line) {
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  auto words = line.words();
  node_system_config cfg{setup->config, setup->own};
  caf::actor_system sys{cfg};
  node_finder tool{*setup, sys};
  auto told = 0;
  for (auto& x : tool.nodes()) {
    auto wanted = words.size() == 1
                  || std::count(words.begin() + 1, words.end(), x.info.name);
    if (!x.handle || !wanted)
      continue;
    if (!runs_here(x.info)
        || kill(static_cast<pid_t>(x.info.pid), SIGHUP) != 0) {
      std::cout << printable(x.info.name)
                << " was not told: it runs on another machine, or as another "
                   "user; run this there\n";
      continue;
    }
    std::cout << "told " << printable(x.info.name) << '\n';
    ++told;
  }
  if (told > 0)
    return caf::none;
  return caf::make_error(ec::not_found, "no node was told; see vpaas inspect");
}

} // namespace

int certs_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  if (!line.words().empty() && line.words().front() == "reload") {
    auto err = reload(line);
    return err ? complain("vpaas certs", err) : 0;
  }
  auto verb = line.words().empty() ? "" : line.words().front();
  auto dir = line.take("dir", "certs");
  auto days = parse_days(line.take("days", verb == "init" ? "3650" : "365"));
  auto role = parse_role(line.take("role", ""));
  auto as_json = line.take_flag("json");
  if (auto err = line.finish())
    return complain("vpaas certs", err);
  if (!days)
    return complain("vpaas certs", days.error());
  if (!role)
    return complain("vpaas certs", role.error());
  if (verb == "list")
    return list(dir, as_json);
  if (verb == "revoke") {
    auto err = revoke(line.words(), dir);
    return err ? complain("vpaas certs", err) : 0;
  }
  auto stems = make(line.words(), {dir, *days, *role});
  if (!stems)
    return complain("vpaas certs", stems.error());
  auto made = nlohmann::json::array();
  for (const auto& x : *stems)
    made.push_back({{"certificate", x + ".pem"}, {"key", x + ".key"}});
  if (as_json)
    std::cout << as_text(made) << '\n';
  else
    for (const auto& x : *stems)
      std::cout << "made " << x << ".pem and " << x << ".key\n";
  return 0;
}

} // namespace vpaas
