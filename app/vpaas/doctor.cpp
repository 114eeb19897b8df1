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
    "  --config-file=FILE   whose [openssl] is checked (config/vpaas.ini)\n"
    "  --openssl.KEY=FILE   certificate, key, cafile\n";

std::vector<std::string> wanted_packages() {
  std::istringstream in{VPAAS_PACKAGES};
  std::vector<std::string> result;
  for (std::string x; in >> x;)
    result.push_back(x);
  return result;
}

finding check_tls_files(const settings& config) {
  auto tls = check_tls(tls_paths(config));
  if (!tls)
    return {"tls", verdict::bad, cause_of(tls.error()),
            "vpaas certs init, then vpaas certs issue NAME"};
  if (*tls)
    return {"tls", verdict::good, "certificate, key and authority fit", ""};
  return {"tls", verdict::poor, "off: nodes listen on loopback only",
          "vpaas certs, then set [openssl] on every node"};
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

std::vector<finding> examine(const settings& config,
                             const std::string& folder) {
  std::vector<finding> result{check_packages(wanted_packages()),
                              judge_blas(blas_path()),
                              check_cpu(),
                              check_environment(),
                              check_tls_files(config),
                              check_disk(folder),
                              check_clock(),
                              check_descriptors()};
  for (auto x : {tier::client, tier::fog, tier::cloud, tier::backend}) {
    auto defaults = read_settings("", node_options(x), {});
    if (defaults)
      result.push_back(check_port("port of a " + to_string(x),
                                  defaults->get<std::string>("node", "host"),
                                  defaults->get<uint16_t>("node", "port")));
  }
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
  auto config = read_settings(file, tool_options(), *changes);
  if (!config)
    return complain("vpaas doctor", config.error());
  auto all = examine(*config, folder);
  if (as_json)
    std::cout << to_json_value(all).dump(2) << '\n';
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
