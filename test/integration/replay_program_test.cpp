// What vpaas replay compares.

#include "actors/fog/stored_segment.hpp"
#include "runtime/media/segmenter.hpp"
#include "support/clips.hpp"
#include "support/street_run.hpp"
#include "support/temp_dir.hpp"

#include <fstream>

using namespace vpaas;
using nlohmann::json;

using test::camera;
using test::run;

namespace {

/// Raises an event for each result.
constexpr const char* tell = "parameters = { word = 'seen' }\n"
                             "function apply(result)\n"
                             "  event { kind = param.word,\n"
                             "    object = result.objects[1] }\nend\n";

json replay_of(const std::string& options, const std::string& of = camera) {
  auto x = run("vpaas", "replay " + of + "--report=- " + options);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  return json::parse(x.text);
}

void check_refused(const std::string& options, const std::string& said) {
  auto x = run("vpaas", "replay " + options);
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find(said) != std::string::npos, x.text);
}

/// What a fog of this folder would still have to answer.
void fill_spool(const std::string& folder, const std::vector<segment>& video) {
  auto to = spool::open(folder, spool_formats, {});
  BOOST_REQUIRE(to);
  for (auto& x : video) {
    spool_part part;
    part.stream = "gate";
    part.number = x.number;
    part.part = x.part;
    part.first_frame = x.first_frame;
    part.frames = frames_in(x);
    part.captured = caf::make_timestamp();
    BOOST_TEST(!(*to)->keep(part, store(x), "", caf::make_timestamp()));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay_program_tests)

BOOST_AUTO_TEST_CASE(the_same_configuration_says_the_same) {
  auto x = replay_of("--with.qp=36 --qp=36");
  BOOST_TEST(x["keyframes"]["both"] == 6);
  BOOST_TEST(x["objects"]["same"] == x["before"]["objects"]);
  BOOST_TEST(x["before"]["objects"] > 0);
  for (auto* key : {"renamed", "gone", "new"})
    BOOST_TEST(x["objects"][key] == 0);
  BOOST_TEST(x["before"]["bytes_to_cloud"] == x["after"]["bytes_to_cloud"]);
}

BOOST_AUTO_TEST_CASE(what_changes_is_counted_and_named) {
  test::temp_dir dir;
  auto script = dir.path("tell.lua");
  std::ofstream{script} << tell;
  auto x = replay_of("--functions='" + script + "' --with.functions='" + script
                     + "?word=there' --with.qp=44");
  BOOST_TEST(x["events"]["both"] == 0);
  BOOST_TEST(x["events"]["gone"].size() == 6u);
  BOOST_TEST(x["events"]["new"].size() == 6u);
  BOOST_TEST(x["events"]["gone"][0]["kind"] == "seen");
  BOOST_TEST(x["events"]["new"][5]["kind"] == "there");
  BOOST_TEST(x["after"]["bytes_to_cloud"].get<double>()
             < x["before"]["bytes_to_cloud"].get<double>());
  auto masked = replay_of("--with.functions='mask?zone=0,0 1,0 1,1 0,1'");
  BOOST_TEST(masked["objects"]["gone"] == masked["before"]["objects"]);
  BOOST_TEST(masked["after"]["objects"] == 0);
}

BOOST_AUTO_TEST_CASE(a_table_is_printed) {
  auto x = run("vpaas", "replay " + camera + "--with.pipeline=cloud_only");
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  BOOST_TEST(x.text.find("high_low") != std::string::npos, x.text);
  BOOST_TEST(x.text.find("cloud_only") != std::string::npos, x.text);
  BOOST_TEST(x.text.find("events: 0 the same, 0 gone, 0 new")
               != std::string::npos,
             x.text);
}

BOOST_AUTO_TEST_CASE(what_a_fog_had_not_answered_is_replayed) {
  test::temp_dir dir;
  source_config source;
  source.url = "synthetic://street?seed=3&size=320x180&fps=30&seconds=3";
  fill_spool(dir.path("spool"), test::segments_of(source, {}));
  auto without_networks = std::string{"--detector=null --backup=null "
                                      "--classifier= --heads= "};
  auto spool = "--spool=" + dir.path("spool") + " ";
  auto x = replay_of("--with.qp=40",
                     spool + "--stream=gate " + without_networks);
  BOOST_TEST(x["keyframes"]["both"] == 6);
  check_refused(spool + "--stream=yard --with.qp=40 " + without_networks,
                "has nothing of stream \"yard\"");
  source.url = "synthetic://street?seed=3&size=160x96&fps=30&seconds=1";
  auto other = test::segments_of(source, {});
  for (auto& y : other)
    y.number += 1000;
  fill_spool(dir.path("spool"), other);
  check_refused(spool + "--stream=gate --with.qp=40 " + without_networks,
                "changed its settings");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_refused_in_one_line) {
  check_refused(camera, "--with.OPTION=VALUE");
  check_refused(camera + "--with.every=30", "--with.every");
  check_refused(camera + "--with.nothing=1", "nothing");
  check_refused(camera + "--with.qp=99", "qp");
  check_refused(camera + "--with.qp=30 --results=/dev/null", "--results");
  check_refused("--spool=/nowhere --with.qp=30", "--stream=NAME");
  check_refused("--camera=/nowhere.mp4 --with.qp=30", "/nowhere.mp4");
}

BOOST_AUTO_TEST_SUITE_END()
