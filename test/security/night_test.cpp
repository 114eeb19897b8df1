// What an operator asks at night stands in the logs, one line each; and nobody
// writes a password down.

#include "runtime/json.hpp"
#include "runtime/moment.hpp"
#include "support/authority.hpp"
#include "support/clips.hpp"
#include "support/programs.hpp"
#include "support/refusing_camera.hpp"
#include "support/wire.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <sstream>

using namespace vpaas;
using test::running_node;
using strings = std::vector<std::string>;

namespace {

strings with(strings xs, const strings& more) {
  xs.insert(xs.end(), more.begin(), more.end());
  return xs;
}

/// Client, fog and cloud with certificates, and an operator.
struct site {
  explicit site(std::string log_format)
    : format(std::move(log_format)), cloud(start_cloud("0")),
      fog("fog", with(tls("fog-1"), {"--node.cloud=" + cloud->address,
                                     "--log.format=" + format})),
      client("client", with(tls("client-1"), {"--node.fog=" + fog.address,
                                              "--log.format=" + format})) {
    for (auto& x : tls("operator"))
      options += " " + x;
    options += " --nodes=" + fog.address + "," + client.address;
  }

  strings tls(const std::string& name) const {
    return test::tls_options(ca.dir.path(), name);
  }

  std::unique_ptr<running_node> start_cloud(const std::string& port) const {
    return std::make_unique<running_node>(
      "cloud",
      with(tls("cloud-1"), {"--node.port=" + port, "--log.format=" + format}));
  }

  test::outcome vpaas(const std::string& words,
                      const std::string& environment = "") const {
    return test::run("vpaas", words + options,
                     environment.empty() ? "." : ". && export " + environment);
  }

  /// What a node wrote: "LEVEL: TEXT", whatever the format.
  strings log_of(const running_node& x) const {
    strings result;
    std::ifstream in{x.log()};
    for (std::string line; std::getline(in, line);)
      result.push_back(format == "json" ? from_json(line) : from_text(line));
    return result;
  }

  static std::string from_json(const std::string& line) {
    auto x = json::parse(line);
    BOOST_TEST(!!parse_moment(x.at("time").get<std::string>()), line);
    return x.at("level").get<std::string>() + ": "
           + x.at("text").get<std::string>();
  }

  static std::string from_text(const std::string& line) {
    std::smatch x;
    static const std::regex form{"\\S+ \\S+ (\\w+) [\\w-]+: (.*)"};
    BOOST_TEST_REQUIRE(std::regex_match(line, x, form), line);
    return x[1].str() + ": " + x[2].str();
  }

  /// Waits for a line of which `pattern` is all.
  bool says(const running_node& x, const std::string& pattern) const {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::regex wanted{pattern};
    while (std::chrono::steady_clock::now() < end) {
      for (auto& line : log_of(x))
        if (std::regex_match(line, wanted))
          return true;
      ::poll(nullptr, 0, 50);
    }
    std::string all;
    for (auto& line : log_of(x))
      all += line + '\n';
    BOOST_TEST(all == pattern);
    return false;
  }

  std::string format;
  test::authority ca;
  std::unique_ptr<running_node> cloud;
  running_node fog, client;
  std::string options;
};

/// A node that is gone leaves its port.
std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

std::string video() {
  return test::clip("night.mp4", "320x180", "25",
                    "-c:v libx264 -preset ultrafast -g 10", 150);
}

} // namespace

BOOST_AUTO_TEST_SUITE(night_tests)

BOOST_AUTO_TEST_CASE(what_happened_is_a_line_of_the_log) {
  for (std::string format : {"text", "json"}) {
    site x{format};
    test::temp_dir dir;
    auto bad = dir.write(
      "bad.lua",
      "function decide(s) if s.stream ~= '' then return s.no.way end "
      "return { pipeline = 'high_low' } end");
    BOOST_TEST(x.says(x.fog, "info: linked to cloud-1 at .*"));
    BOOST_TEST(x.says(*x.cloud, "info: fog-1 has joined, from .*"));
    auto added
      = x.vpaas("stream add yard --real_time=true --loop=true --every=5"
                " --source="
                + video() + " --policy=" + bad);
    BOOST_TEST(added.status == 0, added.text);
    BOOST_TEST(x.says(x.fog, "info: operator added streams/yard"));
    BOOST_TEST(x.says(x.fog, "info: camera yard: streaming"));
    BOOST_TEST(x.says(x.fog, "warning: stream yard: its policy failed: .*"));
    x.cloud->process.kill();
    auto port = port_of(x.cloud->address);
    BOOST_TEST(x.says(x.fog, "warning: lost the link to cloud-1: .*"));
    BOOST_TEST(x.says(x.fog, "warning: stream yard: the .* cloud .*; the fog "
                             "answers by itself"));
    x.cloud = x.start_cloud(port);
    BOOST_TEST(x.says(x.fog, "info: stream yard: the cloud answers again after "
                             ".* s"));
    test::stranger{static_cast<uint16_t>(std::stoi(port_of(x.fog.address)))}
      .say("GET / HTTP/1.1\r\n\r\n");
    BOOST_TEST(
      x.says(x.fog, "warning: refused a connection from 127.0.0.1: .*"));
    BOOST_TEST(x.vpaas("stream remove yard").status == 0);
    BOOST_TEST(x.says(x.fog, "info: operator removed streams/yard"));
    BOOST_TEST(x.client.stop() == 0);
    BOOST_TEST(x.says(x.fog, "warning: client-1 has left: .*"));
  }
}

// Each folder of the test is searched for the password when it goes: logs,
// command lines, ledger, spool, and all that `vpaas` printed.
BOOST_AUTO_TEST_CASE(no_password_is_written_down) {
  for (std::string format : {"text", "json"}) {
    site x{format};
    test::refusing_camera camera;
    test::temp_dir dir;
    auto url = camera.url(std::string{"guard:"} + test::password);
    auto file = dir.write("gate.txt", url + "\n");
    BOOST_TEST(x.vpaas("stream add gate --source-file=" + file).status == 0);
    BOOST_TEST(x.says(x.fog, "info: camera gate: refused: .*"));
    auto far = x.vpaas("stream add door --client=client-1",
                       "VPAAS_SOURCE=" + url);
    BOOST_TEST(far.status == 0, far.text);
    BOOST_TEST(x.says(x.client, "info: camera door: refused: .*"));
    for (auto source :
         {"http://guard:" + std::string{test::password} + "@127.0.0.1:9/a",
          "rtsp://127.0.0.1:9/a?user=guard&password="
            + std::string{test::password},
          "gopher://guard:" + std::string{test::password} + "@h/"})
      x.vpaas("stream add back --source-file=" + dir.write("back.txt", source));
    for (auto end : {"", " --json"})
      for (std::string what :
           {"stream list", "inspect", "inspect fog-1", "inspect client-1",
            "inspect fog-1/streams/gate", "inspect fog-1/streams/gate/camera",
            "inspect fog-1/streams/gate/coordinator", "inspect fog-1/streams",
            "inspect client-1/cameras/door", "inspect fog-1/chunk_spool",
            "function show fog-1/streams/gate/decoder", "results"})
        x.vpaas(what + end);
    auto shown = x.vpaas("inspect fog-1/streams/gate/camera");
    BOOST_TEST(shown.text.find("guard:***@127.0.0.1") != std::string::npos,
               shown.text);
    BOOST_TEST(x.fog.stop() == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
