#include "node_finder.hpp"
#include "runtime/json.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/node/checkup.hpp"
#include "runtime/node/tls.hpp"
#include "system.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas doctor [--folder=.] [--config-file=FILE] [--json]\n\n"
    "Checks Debian packages, BLAS, CPU, TLS files, ports, disk, clock and "
    "limits,\nand says how to mend what is not good. Ends with 1 where "
    "something is bad.\n\n"
    "  --folder=DIR         where a fog would keep its spool\n"
    "  --config-file=FILE   of the command line (config/vpaas.ini) or of a "
    "node\n"
    "  --openssl.KEY=FILE   folder, or certificate, key, cafile\n";

std::vector<std::string> wanted_packages() {
  std::istringstream in{VPAAS_PACKAGES};
  std::vector<std::string> result;
  for (std::string x; in >> x;)
    result.push_back(x);
  return result;
}

void check_tls_files(const settings& config, std::vector<finding>& out) {
  auto files = tls_paths(config);
  if (!files.any()) {
    out.push_back({"tls", verdict::poor,
                   "off: nodes listen on loopback only, for this user",
                   "vpaas certs, then set [openssl] on every node"});
    return;
  }
  auto own = credentials::load(files);
  if (!own) {
    out.push_back({"tls", verdict::bad, cause_of(own.error()),
                   "vpaas certs init, then vpaas certs issue NAME"});
    return;
  }
  auto who = (*own)->who();
  out.push_back(
    {"tls", verdict::good, "certificate, key and authority fit", ""});
  out.push_back(judge_certificate(who.name, who.ends, caf::make_timestamp()));
  out.push_back(check_key(files.key));
}

/// What a file says: that of the command line, or that of a node.
caf::expected<settings> read_any(const std::string& file,
                                 const overrides& changes) {
  auto result = read_settings(file, tool_options(), changes);
  for (auto x : {tier::client, tier::fog, tier::cloud, tier::backend})
    if (!result)
      if (auto config = read_settings(file, node_options(x), changes))
        result = std::move(config);
  return result;
}

/// What the fog and the cloud set for themselves when they start.
finding check_environment() {
  std::string found;
  for (const auto& [name, value] : missing_variables())
    found += (found.empty() ? "" : ", ") + name + "=" + value;
  if (found.empty())
    return {"environment", verdict::good,
            "BLAS, OpenMP and malloc variables are set", ""};
  return {"environment", verdict::good,
          "nodes that run networks set for themselves: " + found, ""};
}

void check_ports(const settings& config, std::vector<finding>& out) {
  auto add = [&](const std::string& name, const settings& x) {
    out.push_back(check_port(name, x.get<std::string>("node", "host"),
                             x.get<uint16_t>("node", "port")));
  };
  if (config.values().at("node").contains("port")) { // the file of a node
    add("port of " + config.get<std::string>("node", "name"), config);
    return;
  }
  for (auto x : {tier::client, tier::fog, tier::cloud, tier::backend})
    if (auto defaults = read_settings("", node_options(x), {}))
      add("port of a " + to_string(x), *defaults);
}

std::vector<finding> examine(const settings& config,
                             const std::string& folder) {
  std::vector<finding> result{check_packages(wanted_packages()),
                              judge_blas(blas_path()), check_cpu(),
                              check_environment()};
  check_tls_files(config, result);
  for (auto& x : {check_disk(folder), check_clock(), check_descriptors()})
    result.push_back(x);
  check_ports(config, result);
  return result;
}

void print(const std::vector<finding>& all) {
  for (const auto& x : all) {
    std::cout << to_string(x.state) << "  " << x.name << ": " << x.found
              << '\n';
    if (!x.mend.empty())
      std::cout << "      " << x.mend << '\n';
  }
}

} // namespace

int doctor_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto folder = line.take("folder", ".");
  auto file = line.take("config-file", "");
  auto as_json = line.take_flag("json");
  auto changes = line.take_overrides();
  if (!changes)
    return complain("vpaas doctor", changes.error());
  auto config = read_any(tool_file(file), *changes);
  if (!config)
    return complain("vpaas doctor", config.error());
  auto all = examine(*config, folder);
  if (as_json)
    std::cout << as_text(to_json_value(all)) << '\n';
  else
    print(all);
  auto bad = std::count_if(all.begin(), all.end(), [](const auto& x) {
    return x.state == verdict::bad;
  });
  if (bad == 0)
    return 0;
  return complain(
    "vpaas doctor",
    caf::make_error(ec::bad_config, std::to_string(bad) + " of "
                                      + std::to_string(all.size())
                                      + " findings are bad; see above"));
}

} // namespace vpaas
