#include "messages/learning.hpp"
#include "node_finder.hpp"
#include "runtime/error.hpp"
#include "runtime/learning/labels.hpp"
#include "runtime/store/password.hpp"
#include "system.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas label list [--stream=NAME] [--most=N]\n"
    "       vpaas label show CROP --output=FILE.jpg\n"
    "       vpaas label add CROP... --label=NAME | --background\n"
    "       vpaas label undo ID | --annotator=NAME\n"
    "       vpaas label log [--after=ID]\n"
    "       vpaas label heads\n\n"
    "Names what fogs were not sure of. A label is kept for good, with who said "
    "it;\nfrom a name that was said the trainer makes heads, which are in use "
    "within a\nsecond where they are no worse on labels that were held out.\n\n"
    "  list    crops, those first whose names would teach most\n"
    "  show    writes the picture of one\n"
    "  add     names crops, or calls them background\n"
    "  undo    takes a label back, or all of an annotator\n"
    "  log     who said what, and how often others disagree\n"
    "  heads   those that were made, and how they were judged\n\n"
    "  --node=NODE   HOST:PORT or name; default: the one that keeps labels\n"
    "  --as=NAME     who says it (the user who types)\n"
    "  --json        JSON\n"
    "  --nodes, --config-file, --openssl.KEY: as of vpaas inspect\n";

constexpr uint64_t page = 1000;

caf::error usage() {
  return caf::make_error(ec::bad_config, "write list, show, add, undo, log or "
                                         "heads; see vpaas label --help");
}

std::string user_name() {
  for (auto* key : {"SUDO_USER", "USER", "LOGNAME"})
    if (auto x = std::getenv(key); x && *x)
      return x;
  return "operator";
}

/// What stands on the command line beside the verb.
struct wishes {
  std::string verb, node, who, stream, output, label, annotator;
  std::vector<std::string> what;
  uint64_t most = 20, after = 0;
  bool background = false, as_json = false;

  static caf::expected<wishes> take(command_line& line) {
    wishes result;
    result.as_json = line.take_flag("json");
    result.background = line.take_flag("background");
    result.node = line.take("node", "");
    result.who = line.take("as", user_name());
    result.stream = line.take("stream", "");
    result.output = line.take("output", "");
    result.label = line.take("label", "");
    result.annotator = line.take("annotator", "");
    if (auto err = line.take_number("most", result.most, 1, 200))
      return err;
    if (auto err = line.take_number("after", result.after, 0, 1e15))
      return err;
    result.what = line.words();
    if (result.what.empty())
      return usage();
    result.verb = result.what.front();
    result.what.erase(result.what.begin());
    return result;
  }
};

/// The node that keeps labels, asked with a limit.
class label_desk {
public:
  explicit label_desk(const tool_setup& setup)
    : cfg_{setup.config, setup.own}, sys_{cfg_}, tool_{setup, sys_} {
    // nop
  }

  caf::error find(const std::string& name) {
    auto nodes = tool_.nodes();
    caf::error problem = caf::make_error(
      ec::not_found, "no node keeps labels; start a backend with a page, or "
                     "name one with --node");
    if (!name.empty()) {
      auto one = tool_.node(name);
      if (!one)
        return std::move(one.error());
      nodes = {*one};
    }
    for (auto& x : nodes) {
      if (!x.handle)
        continue;
      auto found = tool_.actor<data_collector_actor>(x, "data_collector");
      if (found) {
        node_ = x;
        labels_ = *found;
        return caf::none;
      }
    }
    return problem;
  }

  template <class T, class... Ts>
  caf::expected<T> ask(const Ts&... xs) {
    return tool_.ask<T>(labels_, xs...);
  }

  caf::expected<document> heads() {
    auto found = tool_.actor<trainer_actor>(node_, "trainer");
    if (!found)
      return std::move(found.error());
    return tool_.ask<document>(*found, fetch_atom_v);
  }

private:
  node_system_config cfg_;
  caf::actor_system sys_;
  node_finder tool_;
  found_node node_;
  data_collector_actor labels_;
};

std::string text_of(const json& x, const char* key) {
  auto i = x.find(key);
  return i == x.end() ? "" : i->is_string() ? i->get<std::string>() : i->dump();
}

void print_rows(const json& all, const std::vector<const char*>& columns) {
  table rows{{columns.begin(), columns.end()}};
  for (auto& x : all) {
    std::vector<std::string> row;
    row.reserve(columns.size());
    for (auto* key : columns)
      row.push_back(text_of(x, key));
    rows.push_back(std::move(row));
  }
  print(rows);
}

void print_heads(const json& all) {
  table rows{{"version", "learnt", "held out", "right before", "now", "fate"}};
  for (auto& x : all) {
    auto& y = x["verdict"];
    rows.push_back({text_of(x, "version"), text_of(x, "learnt"),
                    text_of(y, "held_out"), text_of(y, "before"),
                    text_of(y, "now"),
                    y["passed"] == true ? text_of(x, "fate")
                                        : "refused: " + text_of(y, "why")});
  }
  print(rows);
}

caf::expected<document> list(label_desk& from, const wishes& x) {
  return from.ask<document>(fetch_atom_v,
                            document{{{"stream", x.stream}, {"most", x.most}}});
}

caf::expected<document> show(label_desk& from, const wishes& x) {
  if (x.what.size() != 1 || x.output.empty())
    return caf::make_error(ec::bad_config, "write show CROP --output=FILE.jpg");
  auto picture = from.ask<blob>(fetch_atom_v, x.what[0]);
  if (!picture)
    return std::move(picture.error());
  std::ofstream out{x.output, std::ios::binary};
  out.write(reinterpret_cast<const char*>(picture->data()),
            static_cast<std::streamsize>(picture->size()));
  out.close();
  if (!out)
    return caf::make_error(ec::io, "failed to write " + x.output
                                     + "; check the folder");
  return document{{{"file", x.output}, {"bytes", picture->size()}}};
}

caf::expected<document> add(label_desk& to, const wishes& x) {
  if (x.what.empty() || x.label.empty() != x.background)
    return caf::make_error(ec::bad_config, "write add CROP... and either "
                                           "--label=NAME or --background");
  return to.ask<document>(record_atom_v, document{{{"crops", x.what},
                                                   {"label", x.label},
                                                   {"who", x.who},
                                                   {"origin", "command line"},
                                                   {"once", random_token()}}});
}

caf::expected<document> undo(label_desk& to, const wishes& x) {
  if (x.what.size() + !x.annotator.empty() != 1)
    return caf::make_error(ec::bad_config,
                           "write undo ID, or undo --annotator=NAME");
  auto id = x.what.empty() ? 0 : std::strtoull(x.what[0].c_str(), nullptr, 10);
  if (!x.what.empty() && std::to_string(id) != x.what[0])
    return caf::make_error(ec::bad_config, x.what[0]
                                             + " is no entry; see vpaas label "
                                               "log");
  return to.ask<document>(remove_atom_v,
                          document{{{"id", id},
                                    {"annotator", x.annotator},
                                    {"who", x.who},
                                    {"origin", "command line"}}});
}

/// All pages of the log.
caf::expected<document> read_log(label_desk& from, const wishes& x) {
  json all{{"entries", json::array()}, {"annotators", json::array()}};
  for (auto after = x.after;;) {
    auto found = from.ask<document>(find_atom_v, after, page);
    if (!found)
      return std::move(found.error());
    auto& entries = found->value()["entries"];
    all["annotators"] = found->value()["annotators"];
    for (auto& y : entries)
      all["entries"].push_back(y);
    if (entries.size() < page)
      return document{std::move(all)};
    after = entries.back()["id"].get<uint64_t>();
  }
}

void print_log(const json& x) {
  print_rows(x["entries"],
             {"id", "time", "who", "crop", "label", "undoes", "origin"});
  std::cout << '\n';
  print_rows(x["annotators"],
             {"who", "labels", "undone", "shared", "outvoted"});
}

struct row {
  const char* name;
  caf::expected<document> (*run)(label_desk&, const wishes&);
  void (*print)(const json&);
};

constexpr row rows[] = {
  {"list", list,
   [](const json& x) {
     print_rows(x["crops"], {"id", "said", "score", "hint", "captured"});
   }},
  {"show", show,
   [](const json& x) { std::cout << text_of(x, "file") << '\n'; }},
  {"add", add,
   [](const json& x) {
     print_rows(x["entries"], {"id", "crop", "label"});
   }},
  {"undo", undo,
   [](const json& x) {
     print_rows(x["entries"], {"id", "crop", "undoes"});
   }},
  {"log", read_log, print_log},
  {"heads", [](label_desk& from, const wishes&) { return from.heads(); },
   [](const json& x) { print_heads(x["heads"]); }},
};

} // namespace

int label_verb(command_line line) {
  constexpr const char* program = "vpaas label";
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto want = wishes::take(line);
  if (!want)
    return complain(program, want.error());
  auto found = std::find_if(std::begin(rows), std::end(rows),
                            [&](auto& x) { return want->verb == x.name; });
  if (found == std::end(rows))
    return complain(program, usage());
  auto setup = take_tool_setup(line);
  if (!setup)
    return complain(program, setup.error());
  label_desk desk{*setup};
  if (auto err = desk.find(want->node))
    return complain(program, err);
  auto answer = found->run(desk, *want);
  if (!answer)
    return complain(program, answer.error());
  if (want->as_json)
    std::cout << as_text(answer->value()) << '\n';
  else
    found->print(answer->value());
  return 0;
}

} // namespace vpaas
