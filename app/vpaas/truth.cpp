// vpaas truth: what people marked in videos, in the formats of their tools.

#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/truth/truth_io.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas truth convert IN --to=FORMAT --output=OUT [--from=FORMAT] "
    "...\n"
    "       vpaas truth show IN [--from=FORMAT] ...\n"
    "       vpaas truth formats\n\n"
    "Reads what people marked in a video, and writes it for another tool. IN "
    "and\n"
    "OUT are a file, or a folder where the format is several. vpaas eval, "
    "vpaas\n"
    "heads fit and vpaas run take each of them as --truth.\n\n"
    "  --from=FORMAT        (what IN looks like)\n"
    "  --to=FORMAT          see vpaas truth formats\n"
    "  --size=WIDTHxHEIGHT  of the video, where IN does not say it\n"
    "  --fps=F              the same (30 where a format wants one)\n"
    "  --first=N            number in the name of the picture that is the "
    "first\n"
    "                       frame (0)\n"
    "  --json               for programs\n";

struct wishes {
  std::string verb, in, out, from, to;
  truth_reading how;
  bool as_json = false;
};

caf::error usage(const std::string& why) {
  return caf::make_error(ec::bad_config, why + "; see vpaas truth --help");
}

caf::error take_size(const std::string& text, truth_reading& how) {
  auto cross = text.find('x');
  auto number = [](const std::string& x, uint32_t& to) {
    auto end = x.data() + x.size();
    auto [at, failed] = std::from_chars(x.data(), end, to);
    return failed == std::errc{} && at == end && to > 0 && to <= 65536;
  };
  if (cross == std::string::npos || !number(text.substr(0, cross), how.width)
      || !number(text.substr(cross + 1), how.height))
    return usage("--size=" + text + " is not allowed; write 1920x1080");
  return caf::none;
}

caf::expected<wishes> take_wishes(command_line& line) {
  wishes x;
  x.as_json = line.take_flag("json");
  x.from = line.take("from", "");
  x.to = line.take("to", "");
  x.out = line.take("output", "");
  if (auto text = line.take("size", ""); !text.empty())
    if (auto err = take_size(text, x.how))
      return err;
  if (auto err = line.take_number("fps", x.how.fps, .001, 10'000))
    return err;
  if (auto err = line.take_number("first", x.how.first, 0, 1e9))
    return err;
  if (auto err = line.finish())
    return err;
  auto& words = line.words();
  x.verb = words.empty() ? "" : words[0];
  if (x.verb == "formats" && words.size() == 1)
    return x;
  if ((x.verb != "convert" && x.verb != "show") || words.size() != 2)
    return usage("write convert IN, show IN or formats");
  x.in = words[1];
  if (x.verb == "convert" && (x.to.empty() || x.out.empty()))
    return usage("convert needs --to=FORMAT and --output=OUT");
  return x;
}

json facts_of(const read_truth_result& x) {
  uint64_t objects = 0, ignored = 0;
  std::map<std::string, uint64_t> labels;
  for (auto& label : x.video.labels)
    labels[label] = 0;
  for (auto& frame : x.video.frames)
    for (auto& y : frame.second) {
      ++objects;
      ignored += y.ignored;
      ++labels[y.label];
    }
  return {{"frames", x.video.frames.size()},
          {"objects", objects},
          {"ignored", ignored},
          {"labels", labels},
          {"width", x.video.width},
          {"height", x.video.height},
          {"fps", x.video.fps},
          {"left_out", x.left_out}};
}

void print_facts(const json& x) {
  std::cout << x["frames"] << " frames, " << x["objects"] << " objects ("
            << x["ignored"] << " of them ignored)\n";
  for (auto& [label, count] : x["labels"].items())
    std::cout << "  " << printable(label) << ' ' << count << '\n';
  for (auto& [what, count] : x["left_out"].items())
    std::cout << "left out: " << count << ' ' << printable(what) << '\n';
  if (x.contains("loses"))
    std::cout << "not in this format: "
              << x["loses"].get_ref<const std::string&>() << '\n';
}

caf::expected<json> formats(const wishes&) {
  auto result = json::array();
  for (auto& x : truth_formats())
    result.push_back({{"name", x.name},
                      {"tool", x.tool},
                      {"path", x.path},
                      {"loses", x.loses}});
  return json{{"formats", result}};
}

std::string text_of(const json& x, const char* key) {
  return x.at(key).get<std::string>();
}

void print_formats(const json& x) {
  table rows{{"format", "of", "is"}};
  for (auto& y : x["formats"])
    rows.push_back(
      {text_of(y, "name"), text_of(y, "tool"), text_of(y, "path")});
  print(rows);
  std::cout << "\nNot in it when it was written:\n";
  rows.clear();
  for (auto& y : x["formats"])
    rows.push_back({text_of(y, "name"), text_of(y, "loses")});
  print(rows);
}

caf::expected<json> show(const wishes& x) {
  auto found = read_truth(x.in, x.from, x.how);
  if (!found)
    return std::move(found.error());
  return facts_of(*found);
}

caf::expected<json> convert(const wishes& x) {
  auto to = find_truth_format(x.to, {});
  if (!to)
    return std::move(to.error());
  auto found = read_truth(x.in, x.from, x.how);
  if (!found)
    return std::move(found.error());
  if (auto err = write_truth(found->video, x.out, x.to))
    return err;
  auto result = facts_of(*found);
  result["output"] = x.out;
  result["loses"] = (*to)->loses;
  return result;
}

struct row {
  const char* name;
  caf::expected<json> (*run)(const wishes&);
  void (*print)(const json&);
};

constexpr row rows[] = {{"convert", convert, print_facts},
                        {"show", show, print_facts},
                        {"formats", formats, print_formats}};

} // namespace

int truth_verb(command_line line) {
  constexpr const char* program = "vpaas truth";
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto x = take_wishes(line);
  if (!x)
    return complain(program, x.error());
  auto found = std::find_if(std::begin(rows), std::end(rows),
                            [&](auto& y) { return x->verb == y.name; });
  auto answer = found->run(*x);
  if (!answer)
    return complain(program, answer.error());
  if (x->as_json)
    std::cout << as_text(*answer) << '\n';
  else
    found->print(*answer);
  return 0;
}

} // namespace vpaas
