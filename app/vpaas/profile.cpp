#include "registry_client.hpp"
#include "runtime/error.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas profile use NAME\n"
    "       vpaas profile end\n"
    "       vpaas profile list [--json]\n\n"
    "A profile is a named set of what streams run, as \"night\". Say what is "
    "in "
    "it with\nvpaas policy use POLICY --stream=PATTERN --profile=NAME. While "
    "it "
    "is on, it goes\nbefore what is said without one. use switches it on in "
    "place of any other, end\nswitches it off; streams follow from their next "
    "chunk on. It stays so over\nrestarts, and fogs go by it without the "
    "backend too.\n\n"
    "  --node=BACKEND    HOST:PORT or name\n"
    "  --json\n";

struct wish {
  std::string verb, name, backend;
  bool as_json = false;
};

caf::expected<wish> read_wish(command_line& line) {
  wish x;
  auto words = line.words();
  x.verb = words.empty() ? "" : words[0];
  x.backend = line.take("node", "");
  x.as_json = line.take_flag("json");
  auto named = x.verb == "use";
  if ((!named && x.verb != "end" && x.verb != "list")
      || words.size() != (named ? 2u : 1u))
    return caf::make_error(ec::bad_config, "write use NAME, end or list; see "
                                           "vpaas profile --help");
  if (named)
    x.name = words[1];
  return x;
}

caf::error turn(registry_client& at, const wish& x) {
  auto made = at.tool.ask<document>(at.registry, configure_atom_v,
                                    document{json{{"profile", x.name}}});
  if (!made)
    return std::move(made.error());
  if (x.as_json)
    std::cout << as_text(made->value()) << '\n';
  else
    std::cout << (x.name.empty() ? "no profile" : x.name) << " is on\n";
  return caf::none;
}

caf::error list(registry_client& at, const wish& x) {
  auto now = at.tool.ask<document>(at.registry, read_atom_v);
  if (!now)
    return std::move(now.error());
  auto on = now->value().value("profile", "");
  auto orders = json::array();
  for (auto& y : now->value().at("assignments"))
    if (!y.value("profile", std::string{}).empty())
      orders.push_back(y);
  if (x.as_json) {
    std::cout << as_text({{"on", on}, {"assignments", orders}}) << '\n';
    return caf::none;
  }
  table rows{{"PROFILE", "ON", "STREAMS", "RUN", "AT"}};
  for (auto& y : orders) {
    auto name = y.value("profile", "");
    rows.push_back({name, name == on ? "on" : "", y.value("streams", ""),
                    y.value("artifact", ""), y.value("at", "")});
  }
  print(rows);
  return caf::none;
}

caf::error run(command_line& line) {
  auto x = read_wish(line);
  if (!x)
    return std::move(x.error());
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  registry_client at{*setup, x->backend};
  if (at.problem)
    return at.problem;
  return x->verb == "list" ? list(at, *x) : turn(at, *x);
}

} // namespace

int profile_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto err = run(line);
  return err ? complain("vpaas profile", err) : 0;
}

} // namespace vpaas
