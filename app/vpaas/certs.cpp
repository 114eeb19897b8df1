#include "node_finder.hpp"
#include "runtime/error.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/printable.hpp"
#include "system.hpp"
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
    "       vpaas certs issue NAME... [--dir=certs] [--days=365]\n"
    "       vpaas certs reload [NODE...]\n\n"
    "init makes a private authority (ca.pem, ca.key); issue makes NAME.pem "
    "and\n"
    "NAME.key, signed by it. A node is called as its certificate. Keep ca.key "
    "away from\n"
    "the nodes. On each node:\n\n"
    "  [openssl]\n"
    "  folder=\"certs\"      ; or certificate, key and cafile\n\n"
    "The command line takes the certificate called operator.\n\n"
    "Nodes take files that were replaced within a second, once all fit "
    "together, and\n"
    "at once on SIGHUP, which reload sends to those of this machine; their log "
    "says\n"
    "what came of it. Connections that are there stay.\n\n"
    "  --dir=DIR    where the files are\n"
    "  --days=N     how long the new certificates are valid\n"
    "  --json       print the paths of the new files as JSON\n";

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

/// Makes what the words ask for; the stems of the new files.
caf::expected<std::vector<std::string>>
make(const std::vector<std::string>& words, const std::string& dir, int days) {
  if (words.size() == 1 && words.front() == "init") {
    if (auto err = make_authority(dir, days))
      return err;
    return std::vector<std::string>{dir + "/ca"};
  }
  if (words.size() < 2 || words.front() != "issue")
    return caf::make_error(ec::bad_config,
                           "write init, or issue and names of nodes; see "
                           "vpaas certs --help");
  std::vector<std::string> result;
  for (size_t i = 1; i < words.size(); ++i) {
    if (auto err = issue_certificate(dir, words[i], days))
      return err;
    result.push_back(dir + "/" + words[i]);
  }
  return result;
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
  auto init = !line.words().empty() && line.words().front() == "init";
  auto dir = line.take("dir", "certs");
  auto days = parse_days(line.take("days", init ? "3650" : "365"));
  auto as_json = line.take_flag("json");
  if (auto err = line.finish())
    return complain("vpaas certs", err);
  if (!days)
    return complain("vpaas certs", days.error());
  auto stems = make(line.words(), dir, *days);
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
