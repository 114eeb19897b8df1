// Measures live video of one camera, 720p at 30 frames/s, to viewers of the
// page: what each costs the fog in processor time, and how old a picture is
// when it reaches a viewer (from glass to fragment) and when a browser shows it
// (from glass to glass), where Chromium and the packages of web/ are there. All
// by one clock. Real programs: a fog with a page of its own, and a fog whose
// page is a backend's. Run it from the project's folder.
//
//   bench_viewers [--viewers=8] [--seconds=20] [--rounds=3] [--kbit=4000]
//     [--browser=20] [--json]
//
// The cost is the fog's processor time with viewers less that without, in
// turns, over viewers and time.

#include "measure.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"
#include "targets.hpp"

#include <httplib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace vpaas;
using bench::json;

namespace {

constexpr const char* password = "correct horse battery staple";
constexpr int fps = 30;

double number(int argc, char** argv, const char* name, const char* usual) {
  return std::stod(bench::option(argc, argv, name, usual));
}

void rest(double time) {
  std::this_thread::sleep_for(std::chrono::duration<double>(time));
}

/// Between two marks of a line; empty where it has none.
std::string between(const std::string& line, const std::string& from,
                    const std::string& to) {
  auto i = line.find(from);
  if (i == std::string::npos)
    return {};
  i += from.size();
  return line.substr(i, line.find(to, i) - i);
}

/// One of the programs beside this one; what it says is read until it is ready.
class started_node {
public:
  started_node(const std::string& tier, const std::string& folder,
               std::vector<std::string> options)
    : process(command(tier, folder, std::move(options))) {
    while (address.empty() || (paged && page.empty())) {
      auto line = process.line();
      if (line.empty())
        throw std::runtime_error("vpaas-" + tier + " did not become ready");
      auto found = [&](std::string& to, const char* from, const char* end) {
        if (auto x = between(line, from, end); !x.empty())
          to = x;
      };
      found(address, " ready on ", " ");
      found(page, "page on ", ",");
      found(first, "with the password ", ",");
    }
  }

  /// Seconds of the processor so far.
  double worked() const {
    std::ifstream in{"/proc/" + std::to_string(process.pid()) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    std::istringstream rest{text.substr(text.rfind(')') + 2)};
    std::string skipped;
    for (int i = 0; i < 11; ++i)
      rest >> skipped;
    double user = 0, system = 0;
    rest >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  std::string address, page, first;

private:
  std::vector<std::string> command(const std::string& tier,
                                   const std::string& folder,
                                   std::vector<std::string> options) {
    auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    std::vector<std::string> result{"sh", "-c", "exec \"$0\" \"$@\" 2>&1",
                                    here / ("vpaas-" + tier)};
    for (auto& x : options)
      paged |= x.rfind("--gateway.listen=1", 0) == 0;
    options.insert(options.end(), {"--node.port=0", "--node.network=lan",
                                   "--log.file=" + folder + "/" + tier + ".log",
                                   "--store.folder=" + folder + "/" + tier});
    result.insert(result.end(), options.begin(), options.end());
    return result;
  }

  bool paged = false;
  test::child_process process;
};

/// Who looks at a page.
class visitor {
public:
  explicit visitor(const started_node& x) : page(x.page) {
    port_ = std::stoi(between(page + "/", "127.0.0.1:", "/"));
    auto in = client();
    auto enter = [&](const char* path, const json& body) {
      auto x = in->Post(path, headers, body.dump(), "application/json");
      if (!x || x->status != 200)
        throw std::runtime_error("the page lets nobody in: "
                                 + (x ? x->body : "no answer"));
      auto cookie = x->get_header_value("Set-Cookie");
      headers = {{"Cookie", cookie.substr(0, cookie.find(';'))},
                 {"X-CSRF-Token", json::parse(x->body)["csrf"]}};
    };
    enter("/api/v1/login", {{"name", "admin"}, {"password", x.first}});
    enter("/api/v1/password", {{"old", x.first}, {"new", password}});
  }

  std::unique_ptr<httplib::SSLClient> client() const {
    auto result = std::make_unique<httplib::SSLClient>("127.0.0.1", port_);
    result->enable_server_certificate_verification(false);
    result->set_read_timeout(30);
    return result;
  }

  void add_camera(const std::string& clip) const {
    json body{{"parameters",
               {{"source", clip},
                {"loop", true},
                {"real_time", true},
                {"every", 1000}}}};
    std::string said;
    for (auto end = bench::seconds() + 60; bench::seconds() < end; rest(0.2)) {
      auto x = client()->Post("/api/v1/streams/street", headers, body.dump(),
                              "application/json");
      said = x ? x->body : "no answer";
      if (x && x->status == 201)
        return;
    }
    throw std::runtime_error("there is no camera: " + said);
  }

  std::string page;
  httplib::Headers headers;

private:
  int port_ = 0;
};

/// Reads live video, as the page does.
class viewer {
public:
  explicit viewer(const visitor& from) : thread_([this, &from] { see(from); }) {
    // nop
  }

  ~viewer() {
    ending_ = true;
    thread_.join();
  }

  uint64_t pictures() const {
    return pictures_;
  }

  /// Of pictures from now on.
  void begin() {
    std::lock_guard guard{mutex_};
    ages_.clear();
    bytes_ = 0;
  }

  std::pair<std::vector<double>, uint64_t> seen() {
    std::lock_guard guard{mutex_};
    return {ages_, bytes_};
  }

private:
  void see(const visitor& from) {
    from.client()->Get("/api/v1/streams/street/video", from.headers,
                       [this](const char* data, size_t size) {
                         take(data, size);
                         return !ending_;
                       });
  }

  // A letter, four bytes of size, the bytes; 'm' says when pictures were
  // filmed, 's' has them.
  void take(const char* data, size_t size) {
    rest_.append(data, size);
    size_t at = 0;
    while (rest_.size() - at >= 5) {
      size_t n = 0;
      for (size_t i = 1; i < 5; ++i)
        n = n << 8 | static_cast<unsigned char>(rest_[at + i]);
      if (rest_.size() - at < 5 + n)
        break;
      if (rest_[at] == 'm')
        map_ = rest_.substr(at + 5, n);
      if (rest_[at] == 's')
        note(n);
      at += 5 + n;
    }
    rest_.erase(0, at);
  }

  void note(size_t size) {
    auto now = std::chrono::duration<double>(
                 std::chrono::system_clock::now().time_since_epoch())
                 .count();
    std::lock_guard guard{mutex_};
    bytes_ += size;
    for (auto& x : json::parse(map_)) {
      ages_.push_back(now - x[2].get<double>() / 1e6);
      ++pictures_;
    }
  }

  std::atomic<bool> ending_{false};
  std::atomic<uint64_t> pictures_{0};
  std::string rest_, map_;
  std::mutex mutex_;
  std::vector<double> ages_; ///< s
  uint64_t bytes_ = 0;
  std::thread thread_;
};

json milliseconds(const std::vector<double>& xs) {
  return {{"p50", 1e3 * bench::quantile(xs, .5)},
          {"p99", 1e3 * bench::quantile(xs, .99)},
          {"pictures", xs.size()}};
}

/// What viewers cost the fog, and how old pictures are when they get them.
json measure_viewers(const started_node& fog, const visitor& who, size_t n,
                     double seconds, int rounds) {
  std::vector<double> costs, idle, ages;
  double bytes = 0, watched = 0;
  auto fewest = ~uint64_t{0};
  auto share = [&](double time) {
    auto before = fog.worked(), begin = bench::seconds();
    rest(time);
    return (fog.worked() - before) / (bench::seconds() - begin);
  };
  for (int i = 0; i < rounds; ++i) {
    idle.push_back(share(seconds));
    std::vector<std::unique_ptr<viewer>> all;
    for (size_t k = 0; k < n; ++k)
      all.push_back(std::make_unique<viewer>(who));
    auto see = [&] {
      return std::all_of(all.begin(), all.end(),
                         [](auto& x) { return x->pictures() > 0; });
    };
    for (auto end = bench::seconds() + 30; !see(); rest(0.05))
      if (bench::seconds() > end)
        throw std::runtime_error("a viewer sees nothing");
    rest(2); // what the window held
    for (auto& x : all)
      x->begin();
    costs.push_back((share(seconds) - idle.back()) / static_cast<double>(n));
    watched += seconds * static_cast<double>(n);
    for (auto& x : all) {
      auto [some, size] = x->seen();
      ages.insert(ages.end(), some.begin(), some.end());
      bytes += static_cast<double>(size);
      fewest = std::min<uint64_t>(fewest, some.size());
    }
  }
  return {{"viewers", n},
          {"fog_core_percent", 100 * bench::median(idle)},
          {"core_percent_a_viewer", 100 * bench::median(costs)},
          {"core_percent_a_viewer_most",
           100 * *std::max_element(costs.begin(), costs.end())},
          {"kbit_a_viewer", bytes * 8 / 1000 / watched},
          {"least_pictures_per_s", static_cast<double>(fewest) / seconds},
          {"to_fragment_ms", milliseconds(ages)}};
}

/// What a browser says; empty where there is none.
json measure_browser(const visitor& who, double seconds) {
  if (test::child_process{{"node", "--version"}}.finish() != 0)
    return json::object();
  test::child_process script{{"node", "web/test/glass.mjs", who.page, password,
                              "street", std::to_string(seconds)}};
  std::string text;
  for (auto end = bench::seconds() + seconds + 90;
       text.empty() && bench::seconds() < end; rest(0.1))
    text = script.line();
  auto said = json::parse(text, nullptr, false);
  return said.is_object() ? said : json::object();
}

void make_clip(const std::string& path, int kbit) {
  auto rate = std::to_string(kbit) + "k";
  test::child_process encoder{
    {"ffmpeg",
     "-v",
     "error",
     "-f",
     "lavfi",
     "-i",
     "testsrc2=size=1280x720:rate=" + std::to_string(fps) + ":duration=20",
     "-vf",
     "noise=alls=12:allf=t,format=yuv420p",
     "-c:v",
     "libx264",
     "-preset",
     "veryfast",
     "-g",
     std::to_string(2 * fps),
     "-bf",
     "0",
     "-b:v",
     rate,
     "-maxrate",
     rate,
     "-bufsize",
     rate,
     path}};
  if (encoder.finish() != 0)
    throw std::runtime_error("ffmpeg makes no clip; install it");
}

} // namespace

int main(int argc, char** argv) try {
  auto n = static_cast<size_t>(number(argc, argv, "viewers", "8"));
  auto seconds = number(argc, argv, "seconds", "20");
  auto rounds = static_cast<int>(number(argc, argv, "rounds", "3"));
  auto browser = number(argc, argv, "browser", "20");
  test::temp_dir dir;
  auto clip = dir.path("street.mp4");
  make_clip(clip, static_cast<int>(number(argc, argv, "kbit", "4000")));
  std::vector<std::string> lean{"--fog.classifier=", "--fog.backup=null"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), lean.begin(), lean.end());
    return more;
  };
  auto report = json::object();
  auto page = std::string{"--gateway.listen=127.0.0.1:0"};
  {
    started_node fog{"fog", dir.path("one"), with({page})};
    visitor who{fog};
    who.add_camera(clip);
    report["page_of_fog"] = measure_viewers(fog, who, n, seconds, rounds);
  }
  started_node backend{"backend", dir.path("two"), {page}};
  started_node fog{"fog", dir.path("two"),
                   with({"--node.backend=" + backend.address})};
  visitor who{backend};
  who.add_camera(clip);
  report["page_of_backend"] = measure_viewers(fog, who, n, seconds, rounds);
  if (browser > 0)
    report["browser"] = measure_browser(who, browser);
  return bench::finish(report, "viewers", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_viewers: " << x.what() << '\n';
  return 1;
}
