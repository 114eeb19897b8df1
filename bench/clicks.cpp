// From a click at the page to heads that name on a fog: backend and cloud are
// behind a network that takes its time, the fog analyses cameras meanwhile. A
// click names a crop as a class that nobody knew, the next one takes that back:
// each makes other heads. Run it from the project's folder, as root.
//
//   bench_clicks [--clicks=100] [--streams=4] [--delay-ms=20] [--every=15]
//                [--json]
//
// `live_ms` is from the moment of the click, before it is sent to the page,
// until the fog's classifier says that it uses other heads. `busy_over_quiet`
// compares how old results are when they come while heads are made and used,
// and while nobody clicks; both take turns.

#include "chaos_nodes.hpp"
#include "page_client.hpp"
#include "targets.hpp"

using namespace vpaas;
using bench::json;
using bench::seconds;

namespace {

struct plan {
  int clicks = 100;
  int streams = 4;
  std::chrono::milliseconds delay{20};
  int every = 15;
};

plan read_plan(int argc, char** argv) {
  auto number = [&](const char* name, const char* fallback) {
    return std::stoi(bench::option(argc, argv, name, fallback));
  };
  plan x;
  x.clicks = number("clicks", "100");
  x.streams = number("streams", "4");
  x.delay = std::chrono::milliseconds{number("delay-ms", "20")};
  x.every = number("every", "15");
  return x;
}

/// A fog with cameras; far away a cloud, and a backend with the page.
class site {
public:
  explicit site(const plan& x)
    : far(x.delay), certificates_(bench::make_certificates()), want_(x),
      backend_(tier::backend, telling(), far.far_address(),
               with("backend-1", {{"log.file", folder.path("backend.log")},
                                  {"gateway.listen", far.far_address() + ":0"},
                                  {"store.folder", folder.path("backend")}})),
      cloud_(tier::cloud, far.prefix(), far.far_address(),
             with("cloud-1", {{"log.file", folder.path("cloud.log")},
                              {"node.backend", backend_.address},
                              {"cloud.detector", "street-detector"}})),
      fog_(tier::fog, {}, far.near_address(),
           with("fog-1", {{"log.file", folder.path("fog.log")},
                          {"node.backend", backend_.address},
                          {"node.cloud", cloud_.address},
                          {"fog.backup", "null"},
                          {"node.topology", folder.write("fog.lua", streams())},
                          {"store.folder", folder.path("fog")}})),
      eye(with("operator", {})) {
    if (!bench::rest_until([this] { return eye.watch(fog_.address); }, 20))
      throw std::runtime_error("the fog does not answer");
  }

  ~site() {
    std::error_code ignored;
    std::filesystem::remove_all(certificates_, ignored);
  }

  /// Logged in.
  std::unique_ptr<bench::page_client> page() const {
    auto text = said();
    auto port = text.find("page on https://");
    auto once = text.find("with the password ");
    if (port == std::string::npos || once == std::string::npos)
      throw std::runtime_error("the backend does not tell of its page");
    port = text.find(':', port + 16) + 1;
    once += 18;
    auto result = std::make_unique<bench::page_client>(
      far.far_address(), std::stoi(text.substr(port)));
    result->log_in(text.substr(once, text.find(',', once) - once));
    return result;
  }

  /// Backbone and heads that the fog uses.
  std::string model() {
    auto x = eye.tool.ask<status_report>(eye.fog().handle, status_atom_v,
                                         std::string{"classifier"});
    return x ? x->details.value().value("model", std::string{}) : "";
  }

  bench::network_namespace far;
  test::temp_dir folder;

private:
  std::string said() const {
    std::ifstream in{folder.path("backend.err")};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  /// What goes before the backend's command: it tells of its page on stderr.
  std::vector<std::string> telling() const {
    auto result = far.prefix();
    for (auto& x :
         {std::string{"sh"}, std::string{"-c"},
          "exec \"$@\" 2>" + folder.path("backend.err"), std::string{"sh"}})
      result.push_back(x);
    return result;
  }

  overrides with(const std::string& name, overrides x) const {
    for (auto& option : bench::tls_options(certificates_, name))
      x.push_back(option);
    return x;
  }

  std::string streams() const {
    std::string children;
    for (auto i = 1; i <= want_.streams; ++i) {
      auto name = "cam-" + std::to_string(i);
      auto path = folder.path(name + ".mp4");
      bench::record_street(path, "640x360", 15, uint64_t(i));
      children += "{ kind = \"stream\", name = \"" + name + "\", source = \""
                  + path + "\", real_time = true, loop = true, every = "
                  + std::to_string(want_.every) + ", tracker = false },\n";
    }
    return bench::topology_with("fog", "streams", children);
  }

  std::string certificates_;
  plan want_;
  bench::node_process backend_, cloud_, fog_;

public:
  bench::observer eye;
};

/// When nobody clicked, or somebody did.
struct phase {
  bool busy = false;
  double from = 0, to = 0;
};

class clicker {
public:
  explicit clicker(site& where) : site_(where), page_(where.page()) {
    // nop
  }

  /// Clicks so many times, twice each crop.
  void click(int times) {
    phase now{true, seconds(), 0};
    for (auto i = 0; i < times; ++i) {
      click_once();
      bench::rest(.2); // somebody quick
    }
    now.to = seconds();
    phases.push_back(now);
    bench::rest(2); // what it leaves belongs to nobody
    auto from = seconds();
    bench::rest(now.to - now.from);
    phases.push_back({false, from, seconds()});
  }

  std::vector<double> live, post; ///< seconds
  int never = 0;
  std::vector<phase> phases;

private:
  void click_once() {
    auto before = site_.model();
    auto crop = given_.empty() ? next_crop() : "";
    auto from = seconds();
    if (given_.empty())
      given_ = page_
                 ->ask("POST", "/api/v1/labels",
                       {{"crops", {crop}},
                        {"label", "balloon"},
                        {"once", std::to_string(post.size())}})
                 .at("entries")
                 .at(0)
                 .at("id")
                 .dump();
    else
      page_->ask("DELETE", "/api/v1/labels/" + std::exchange(given_, ""));
    post.push_back(seconds() - from);
    auto is_live = [&] {
      auto now = site_.model();
      return !now.empty() && now != before;
    };
    if (bench::rest_until(is_live, 10))
      live.push_back(seconds() - from);
    else {
      ++never;
      std::cerr << "not live: "
                << page_->ask("GET", "/api/v1/learning").at("trainer").dump()
                << '\n';
    }
  }

  std::string next_crop() {
    json found;
    auto some = [&] {
      found = page_->ask("GET", "/api/v1/crops?most=1").at("crops");
      return !found.empty();
    };
    if (!bench::rest_until(some, 60))
      throw std::runtime_error("the fog is sure of everything");
    return found[0].at("id");
  }

  site& site_;
  std::unique_ptr<bench::page_client> page_;
  std::string given_; ///< entry of the label that holds
};

json in_ms(const std::vector<double>& xs) {
  json result{{"count", xs.size()}};
  for (auto p : {50, 95, 99, 100})
    result["p" + std::to_string(p)] = bench::quantile(xs, p / 100.) * 1000;
  return result;
}

/// How old results were when they came, while somebody clicked or nobody did.
std::vector<double> ages(const site& x, const std::vector<phase>& phases,
                         bool busy) {
  std::vector<double> result;
  for (auto& [stream, results] : x.eye.log->all())
    for (auto& y : results)
      for (auto& z : phases)
        if (z.busy == busy && z.from <= y.captured && y.at <= z.to)
          result.push_back(y.at - y.captured);
  return result;
}

json measure(const plan& want) {
  site nodes{want};
  if (!nodes.far.ok())
    return "skipped: needs root, network namespaces and TUN devices";
  clicker person{nodes};
  constexpr auto at_once = 25; // before a pause of the same length
  for (auto left = want.clicks; left > 0; left -= at_once)
    person.click(std::min(left, at_once));
  auto quiet = ages(nodes, person.phases, false);
  auto busy = ages(nodes, person.phases, true);
  return {{"live_ms", in_ms(person.live)},
          {"post_ms", in_ms(person.post)},
          {"never_live", person.never},
          {"streams", want.streams},
          {"result_age_quiet_ms", in_ms(quiet)},
          {"result_age_busy_ms", in_ms(busy)},
          {"busy_over_quiet_p99",
           bench::quantile(busy, .99) / bench::quantile(quiet, .99)}};
}

} // namespace

int main(int argc, char** argv) try {
  bench::take_signals();
  json report{{"clicks", measure(read_plan(argc, argv))}};
  return bench::finish(report, "clicks", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_clicks: " << x.what() << '\n';
  return 1;
}
