// vpaas figures: what the paper shows, measured here.

#include "figure_data.hpp"
#include "runtime/error.hpp"
#include "verbs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

constexpr const char* help
  = "usage: vpaas figures [FIGURE...|all] --clips=SET.json --out=DIR "
    "[--quick]\n\n"
    "Runs what the figures of the paper need, each run once, and writes one "
    "JSON a\nfigure; scripts/plot draws them. What is in DIR already is not "
    "run again.\n\n"
    "  --clips=SET.json  what to run on (config/clips/street.json)\n"
    "  --out=DIR         runs, truth and figures (figures)\n"
    "  --systems=A,B     of the compared systems only these\n"
    "  --quick           the clips that are marked so, one rate of the link\n"
    "  --no-runs         from what is there, and nothing else\n\n"
    "Runs over a link of 10, 15 or 20 Mbit/s need root.\n";

struct wishes {
  std::vector<const figure*> figures;
  std::vector<clip> clips;
  std::set<std::string> systems; ///< empty: all
  std::string out;
  bool quick = false, runs = true;

  bool wants(const std::string& system) const {
    return systems.empty() || systems.count(system) > 0;
  }
};

caf::error bad(const std::string& what) {
  return caf::make_error(ec::bad_config, what + "; see vpaas figures --help");
}

caf::error take_figures(const std::vector<std::string>& words, wishes& x) {
  auto all = words.empty() || words.front() == "all";
  for (auto& y : figures())
    if (all)
      x.figures.push_back(&y);
  std::string known;
  for (auto& y : figures())
    known += (known.empty() ? "" : ", ") + std::string{y.name};
  for (auto& word : words)
    if (auto y = find_figure(word))
      x.figures.push_back(y);
    else if (word != "all")
      return bad("there is no figure " + word + "; allowed: all, " + known);
  return caf::none;
}

caf::error take_systems(const std::string& text, wishes& x) {
  for (size_t from = 0; from < text.size();) {
    auto to = std::min(text.find(',', from), text.size());
    auto name = text.substr(from, to - from);
    if (!find_system(name))
      return bad("there is no system " + name);
    x.systems.insert(name);
    from = to + 1;
  }
  return caf::none;
}

caf::expected<wishes> read_wishes(command_line& line) {
  wishes x;
  auto set = line.take("clips", "config/clips/street.json");
  x.out = line.take("out", "figures");
  x.quick = line.take_flag("quick");
  x.runs = !line.take_flag("no-runs");
  if (auto err = take_systems(line.take("systems", ""), x))
    return err;
  if (auto err = line.finish())
    return err;
  if (auto err = take_figures(line.words(), x))
    return err;
  auto clips = read_clip_set(set);
  if (!clips)
    return std::move(clips.error());
  for (auto& y : *clips)
    if (!x.quick || y.quick)
      x.clips.push_back(std::move(y));
  if (x.clips.empty())
    return bad("no clip of " + set + " is marked quick");
  return x;
}

/// The runs of a figure.
std::vector<figure_run> runs_of(const figure& x, const wishes& how) {
  std::vector<figure_run> result;
  auto links = x.mbit;
  if (how.quick && links.size() > 1)
    links.resize(1);
  for (auto mbit : links)
    for (auto& clip : how.clips)
      for (auto& name : x.systems)
        if (auto system = find_system(name);
            system && how.wants(name) && (mbit == 0 || clip.timed))
          result.push_back({&clip, system, mbit});
  return result;
}

caf::error write(const json& x, const std::string& path) {
  std::ofstream out{path};
  out << as_text(x) << '\n';
  out.close();
  return out ? caf::error{}
             : caf::make_error(ec::io, "failed to write " + path
                                         + "; check the folder");
}

/// Fig. 15 is what vpaas demo shows.
json outage(const wishes& how) {
  auto path = how.out + "/runs/outage.json";
  auto read = [&] {
    std::ifstream in{path};
    auto x = parse_json({std::istreambuf_iterator<char>{in}, {}});
    return x && x->is_object() ? *x : json{};
  };
  std::error_code failed;
  fs::create_directories(how.out + "/runs", failed);
  if (auto there = read(); !there.is_null() || !how.runs)
    return there;
  auto status = run_vpaas(
    {"demo", "--outage", "--json", "--plot=" + how.out + "/figure-15.svg"},
    path);
  return status == 0 ? read() : json{};
}

/// Counts what is done, over all figures.
class progress {
public:
  explicit progress(size_t all) : all_(all) {
    // nop
  }

  void note(const figure_cell& x) {
    ++done_;
    if (x.result.report.is_null())
      std::printf("  %zu of %zu  %s: %s\n", done_, all_, x.run.name().c_str(),
                  x.result.problem.c_str());
    else if (x.result.fresh)
      std::printf(
        "  %zu of %zu  %s: F1 %.3f, %.0f kB\n", done_, all_,
        x.run.name().c_str(),
        x.result.report.value("f1", json::object()).value("value", 0.0),
        x.result.report.value("bytes_to_cloud", 0.0) / 1e3);
    std::fflush(stdout);
  }

private:
  size_t all_, done_ = 0;
};

figure_cell cell_of(const figure_run& x, const wishes& how,
                    const run_keeper& kept) {
  figure_cell result{x, {}};
  if (x.system->options.empty())
    result.result.problem = "there is no run of Glimpse with any k";
  else if (how.runs || kept.has(x))
    result.result = kept.get(x);
  else
    result.result.problem = "was not run";
  return result;
}

/// Of Glimpse's k the one that suits a clip; null where none was run.
const compared_system* glimpse_for(const clip& on, const wishes& how,
                                   const run_keeper& kept) {
  std::vector<json> cells;
  for (auto& x : compared_systems())
    if (is_glimpse(x.name))
      if (auto y = cell_of({&on, &x, 0}, how, kept); !y.result.report.is_null())
        cells.push_back(shown_cell(y));
  choose_glimpse(cells);
  for (auto& x : cells)
    if (x.contains("chosen"))
      return find_system(x.at("system"));
  return nullptr;
}

json shown(const figure& x, const wishes& how, const run_keeper& kept,
           progress& done) {
  std::vector<json> cells;
  auto missing = json::array();
  for (auto run : runs_of(x, how)) {
    if (run.system->options.empty())
      if (auto chosen = glimpse_for(*run.on, how, kept))
        run.system = chosen;
    auto cell = cell_of(run, how, kept);
    done.note(cell);
    if (cell.result.report.is_null())
      missing.push_back({{"run", run.name()}, {"why", cell.result.problem}});
    else
      cells.push_back(shown_cell(cell));
  }
  choose_glimpse(cells);
  json result{{"figure", x.name},
              {"title", x.title},
              {"paper", x.paper},
              {"made", made_here()},
              {"cells", cells},
              {"missing", missing},
              {"relations", relations_of(cells)}};
  if (std::string{x.name} == "15")
    result["outage"] = outage(how);
  return result;
}

/// Why a figure cannot be made here; empty: it can.
std::string hindrance(const figure& x) {
  auto bounded = std::any_of(x.mbit.begin(), x.mbit.end(),
                             [](int y) { return y > 0; });
  if (bounded && geteuid() != 0)
    return "a link of its own needs root";
  return x.not_yet;
}

caf::error make(const wishes& how) {
  std::error_code failed;
  fs::create_directories(how.out, failed);
  run_keeper kept{how.out};
  size_t all = 0;
  for (auto* x : how.figures)
    all += runs_of(*x, how).size();
  progress done{all};
  for (auto* x : how.figures) {
    auto path = how.out + "/figure-" + x->name + ".json";
    json out{{"figure", x->name}, {"title", x->title}, {"paper", x->paper}};
    auto cause = hindrance(*x);
    std::printf("%s: %s%s%s\n", x->name, x->title,
                cause.empty() ? "" : ": left out, ", cause.c_str());
    if (cause.empty())
      out = shown(*x, how, kept, done);
    else
      out["not_yet"] = cause;
    if (auto err = write(out, path))
      return err;
  }
  std::printf("draw them: scripts/plot %s --page=docs/figures.md\n",
              how.out.c_str());
  return caf::none;
}

} // namespace

int figures_verb(command_line line) {
  constexpr const char* program = "vpaas figures";
  if (line.take_flag("help")) {
    std::cout << help << "\nfigures\n";
    for (auto& x : figures())
      std::printf("  %-8s %s\n", x.name, x.title);
    std::cout << "\nsystems\n";
    for (auto& x : compared_systems())
      std::printf("  %-12s %s\n", x.name, x.help);
    return 0;
  }
  auto x = read_wishes(line);
  if (!x)
    return complain(program, x.error());
  auto err = make(*x);
  return err ? complain(program, err) : 0;
}

} // namespace vpaas
