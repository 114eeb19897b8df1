#include "support/programs.hpp"
#include "support/street_run.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace vpaas;
using nlohmann::json;

using test::ask_until;
using test::camera;
using test::report_of;
using test::run;
using test::running_node;

BOOST_AUTO_TEST_SUITE(run_program_tests)

BOOST_AUTO_TEST_CASE(one_process_and_four_give_the_same_results) {
  test::temp_dir dir;
  std::vector<std::string> lines[2];
  for (auto* nodes : {"one", "four"}) {
    auto file = dir.path(nodes);
    auto x = report_of(std::string{"--nodes="} + nodes + " --results=" + file);
    BOOST_TEST(x["keyframes"] == 6);
    BOOST_TEST(x["chunks"] == 1);
    BOOST_TEST(x["cloud_frames"] == 6);
    BOOST_TEST(x["labels_cloud"] == 6);
    BOOST_TEST(x["regions"] == 6);
    BOOST_TEST(x["lost"] == 0);
    BOOST_TEST(x["duplicates"] == 0);
    BOOST_TEST(x["bytes_to_cloud"] > 1000);
    BOOST_TEST(x["bytes_to_cloud"] < x["bytes_original"]);
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
      auto y = json::parse(line);
      lines[*nodes == 'f'].push_back(y["frame"].dump() + y["objects"].dump());
    }
  }
  BOOST_TEST(lines[0].size() == 6u);
  BOOST_TEST(lines[0] == lines[1], boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whole_chunks_cost_the_same_bytes) {
  auto streamed = report_of("--transport=streamed --chunk_frames=3");
  auto whole = report_of("--transport=whole --chunk_frames=3");
  BOOST_TEST(whole["keyframes"] == 6);
  BOOST_TEST(whole["lost"] == 0);
  BOOST_TEST(whole["chunks"] == 2);
  BOOST_TEST(streamed["chunks"] == 2);
  auto a = streamed["bytes_to_cloud"].get<double>();
  auto b = whole["bytes_to_cloud"].get<double>();
  BOOST_TEST(a < b * 1.6); // tiny pictures: envelopes weigh
  BOOST_TEST(b <= a);
}

BOOST_AUTO_TEST_CASE(on_full_pictures_streamed_costs_three_percent_at_most) {
  auto bytes = [](const std::string& transport) {
    auto x = run("vpaas", "run --camera='synthetic://street?seed=7&seconds=5' "
                          "--detector=null --backup=null --classifier= "
                          "--heads= --report=- --transport="
                            + transport);
    BOOST_TEST_REQUIRE(x.status == 0, x.text);
    auto report = json::parse(x.text);
    BOOST_TEST(report["chunks"] == 1);
    return report["bytes_to_cloud"].get<double>();
  };
  BOOST_TEST(bytes("streamed") < 1.03 * bytes("whole"));
}

BOOST_AUTO_TEST_CASE(mpeg_sends_the_cameras_own_packets) {
  for (auto* nodes : {"one", "four"}) {
    auto x = report_of(std::string{"--pipeline=mpeg --nodes="} + nodes);
    BOOST_TEST(x["keyframes"] == 6);
    BOOST_TEST(x["cloud_frames"] == 6);
    BOOST_TEST(x["labels_cloud"] == 6);
    BOOST_TEST(x["backup_frames"] == 0);
    BOOST_TEST(x["lost"] == 0);
    auto original = x["bytes_original"].get<double>();
    BOOST_TEST(x["bytes_to_cloud"].get<double>() > original);
    BOOST_TEST(x["bytes_to_cloud"].get<double>() < 1.1 * original);
  }
}

BOOST_AUTO_TEST_CASE(glimpse_asks_the_cloud_about_few_keyframes) {
  auto x = report_of("--pipeline=glimpse --parameters='k=1'");
  BOOST_TEST(x["keyframes"] == 6);
  BOOST_TEST(x["cloud_frames"] == 1); // the first; all pixels never change
  BOOST_TEST(x["lost"] == 0);
  BOOST_TEST(x["backup_frames"] == 0);
  auto all = report_of("--pipeline=glimpse --parameters='k=1000000'");
  BOOST_TEST(all["cloud_frames"] == 6);
  BOOST_TEST(all["bytes_to_cloud"] > x["bytes_to_cloud"]);
}

BOOST_AUTO_TEST_CASE(a_policy_decides_and_an_endless_one_is_refused) {
  test::temp_dir dir;
  auto file = dir.path("policy.lua");
  std::ofstream{file}
    << "function decide(s) return { pipeline = 'fog_only' } end";
  auto x = report_of("--policy=" + file);
  BOOST_TEST(x["backup_frames"] == 6);
  BOOST_TEST(x["bytes_to_cloud"] == 0);
  std::ofstream{file} << "function decide(s) while true do end end";
  auto y = run("vpaas", "run " + camera + "--policy=" + file);
  BOOST_TEST(y.status == 1);
  BOOST_TEST(y.text.find("instructions") != std::string::npos, y.text);
}

// Two rounds of the cloud over the same actors; the null detector finds the
// same on any picture.
BOOST_AUTO_TEST_CASE(dds_runs_in_one_process_and_in_four) {
  for (auto* nodes : {"one", "four"}) {
    auto x = report_of(std::string{"--pipeline=dds --nodes="} + nodes);
    BOOST_TEST(x["pipeline"] == "dds");
    BOOST_TEST(x["keyframes"] == 6);
    BOOST_TEST(x["cloud_frames"] == 12);
    BOOST_TEST(x["lost"] == 0);
    BOOST_TEST(x["duplicates"] == 0);
  }
}

// A round that is held back is given at the end.
BOOST_AUTO_TEST_CASE(dds_ends_where_chunks_leave_whole) {
  auto x = report_of("--pipeline=dds --transport=whole");
  BOOST_TEST(x["keyframes"] == 6);
  BOOST_TEST(x["cloud_frames"] == 12);
  BOOST_TEST(x["lost"] == 0);
}

BOOST_AUTO_TEST_CASE(a_pipeline_may_be_a_users_file) {
  test::temp_dir dir;
  auto file = dir.path("mine.lua");
  std::ofstream{file} << R"(return pipeline {
    help = "DDS's shape with a better second round",
    parameters = { low = 40, high = 18 },
    copy = fog.encoder { keyframes, qp = param.low },
    found = cloud.detector { copy },
    known = cloud.region_filter { found },
    fine = fog.encoder { keyframes, known, qp = param.high },
    pasted = cloud.paster { copy, fine, known },
    again = cloud.detector { pasted },
    sure = cloud.region_filter { again, theta_cls = 0.3 },
    result = merge { known, sure, iou = 0.3 },
    without = { cloud = fog.backup_detector { keyframes } } })";
  auto x = report_of("--pipeline=" + file + " --parameters='low=44 high=20'");
  BOOST_TEST(x["cloud_frames"] == 12);
  auto refused = [&](const std::string& options, const std::string& why) {
    auto y = run("vpaas", "run " + camera + options);
    BOOST_TEST(y.status == 1);
    BOOST_TEST(y.text.find(why) != std::string::npos, y.text);
  };
  refused("--pipeline=" + file + " --parameters=middle=3", "middle");
  refused("--pipeline=nobody", "allowed: cloud_only");
  refused("--pipeline=dds --qp=30", "qp");
  std::ofstream{file} << "while true do end";
  refused("--pipeline=" + file, "instructions");
  std::ofstream{file} << "return pipeline { a = cloud.detector { keyframes }, "
                         "result = merge { a } }";
  refused("--pipeline=" + file, "pixels");
}

// The example that ships.
BOOST_AUTO_TEST_CASE(a_users_library_is_a_stage) {
  test::temp_dir dir;
  auto file = dir.path("mine.lua");
  auto with = [&](const std::string& function) {
    std::ofstream{file} << "return pipeline { help = 'x', a = fog." << function
                        << " { keyframes }, result = merge { a } }";
    return "--pipeline=" + file;
  };
  setenv("VPAAS_FUNCTIONS", test::program("").c_str(), 1);
  auto all = run("vpaas", "function list").text;
  BOOST_TEST(all.find("motion") != std::string::npos, all);
  auto x = report_of(with("motion"));
  BOOST_TEST(x["keyframes"] == 6);
  BOOST_TEST(x["bytes_to_cloud"] == 0);
  BOOST_TEST(x["lost"] == 0);
  unsetenv("VPAAS_FUNCTIONS");
  auto gone = run("vpaas", "run " + camera + with("motion"));
  BOOST_TEST(gone.status == 1);
  BOOST_TEST(gone.text.find("motion") != std::string::npos, gone.text);
}

BOOST_AUTO_TEST_CASE(what_cannot_run_ends_with_one_line_that_says_why) {
  auto text_of = [](const std::string& options) {
    auto x = run("vpaas", "run " + options);
    BOOST_TEST(x.status == 1);
    return x.text;
  };
  BOOST_TEST(text_of("").find("--camera is missing") != std::string::npos);
  BOOST_TEST(text_of("--camera=/no/such.mp4 --detector=null --backup=null "
                     "--classifier= --heads=")
               .find("/no/such.mp4")
             != std::string::npos);
  BOOST_TEST(text_of(camera + "--detector=nobody").find("nobody")
             != std::string::npos);
  BOOST_TEST(text_of(camera + "--qp=99").find("--qp=99 is not allowed")
             != std::string::npos);
  BOOST_TEST(text_of(camera + "--nodes=four --detector=nobody").find("nobody")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(streams_come_and_go_while_a_fog_runs) {
  running_node cloud{"cloud", {}};
  running_node fog{"fog", {"--node.cloud=" + cloud.address}};
  auto at = " --node=" + fog.address + " --nodes=" + fog.address;
  auto add = run("vpaas",
                 "stream add door --source='synthetic://street?seed=3&seconds=0"
                 "&size=320x180' --every=5"
                   + at);
  BOOST_TEST_REQUIRE(add.status == 0, add.text);
  BOOST_TEST(ask_until("fog-1/streams/door/coordinator --nodes=" + fog.address,
                       [](const json& x) {
                         auto& y = x["details"];
                         return y["answered"] > 5 && y["cloud_frames"] > 5;
                       }));
  auto again = run("vpaas", "stream add door --source=x" + at);
  BOOST_TEST(again.status == 1);
  BOOST_TEST(again.text.find("door") != std::string::npos);
  auto wrong = run("vpaas",
                   "stream add gate --source=x --pipeline=nobody" + at);
  BOOST_TEST(wrong.status == 1);
  BOOST_TEST(wrong.text.find("allowed: cloud_only") != std::string::npos,
             wrong.text);
  auto list = run("vpaas", "stream list --json" + at);
  BOOST_TEST_REQUIRE(list.status == 0, list.text);
  BOOST_TEST(json::parse(list.text)[0]["stream"] == "door");
  BOOST_TEST(json::parse(list.text)[0]["camera"]["state"] == "streaming");
  auto table = run("vpaas", "stream list" + at).text;
  BOOST_TEST(table.find("ms\n") != std::string::npos, table); // FRESH P50
  BOOST_TEST(table.find("  streaming  ") != std::string::npos, table);
  auto results = run("vpaas", "results --json --last=0" + at);
  BOOST_TEST_REQUIRE(results.status == 0, results.text);
  BOOST_TEST(json::parse(results.text)["frame"] == 0);
  BOOST_TEST(run("vpaas", "stream remove door" + at).status == 0);
  list = run("vpaas", "stream list --json" + at);
  BOOST_TEST(json::parse(list.text).empty());
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(the_camera_of_a_client_goes_with_its_stream) {
  running_node cloud{"cloud", {}};
  running_node fog{"fog", {"--node.cloud=" + cloud.address}};
  running_node client{"client", {"--node.fog=" + fog.address}};
  auto nodes = " --nodes=" + fog.address + "," + client.address;
  auto at = " --node=" + fog.address + nodes;
  BOOST_TEST(ask_until("client-1/fog_link" + nodes,
                       [](const json& x) { return x["state"] == "up"; }));
  auto cameras = [&] {
    std::string result;
    for (auto& x :
         json::parse(run("vpaas", "inspect client-1 --json" + nodes).text))
      if (x["kind"] == "camera")
        result += x["path"].get<std::string>() + " ";
    return result;
  };
  auto camera = "--source='synthetic://street?seed=3&seconds=0&size=320x180' ";
  for (auto* name : {"door", "gate"}) {
    auto add = run("vpaas", std::string{"stream add "} + name
                              + " --client=client-1 " + camera + at);
    BOOST_TEST_REQUIRE(add.status == 0, add.text);
  }
  // Another stream of the same camera does not take it away.
  auto second = run("vpaas",
                    "stream add again --camera=client-1:cameras/gate" + at);
  BOOST_TEST_REQUIRE(second.status == 0, second.text);
  auto gone = run("vpaas", "stream remove door" + at);
  BOOST_TEST(gone.status == 0);
  BOOST_TEST(gone.text == "removed door from fog-1, camera on client-1\n");
  BOOST_TEST(cameras() == "cameras/gate ");
  // What stayed behind can be taken off later.
  auto client_only = run("vpaas", "stream remove gate --client=client-1" + at);
  BOOST_TEST(client_only.status == 0, client_only.text);
  BOOST_TEST(cameras().empty());
  auto none = run("vpaas", "stream remove gate" + at);
  BOOST_TEST(none.status == 1);
  BOOST_TEST(none.text.find("gate") != std::string::npos, none.text);
  for (auto* node : {&client, &fog, &cloud})
    BOOST_TEST(node->stop() == 0);
}

BOOST_AUTO_TEST_CASE(the_list_says_what_keeps_a_camera_from_streaming) {
  running_node cloud{"cloud", {}};
  running_node fog{"fog", {"--node.cloud=" + cloud.address}};
  auto at = " --node=" + fog.address + " --nodes=" + fog.address;
  auto add = run("vpaas", "stream add gate --stall_timeout=20s "
                          "--source=rtsp://joe:s3cret@127.0.0.1:9/1"
                            + at);
  BOOST_TEST_REQUIRE(add.status == 0, add.text);
  BOOST_TEST(
    ask_until("fog-1/streams/gate/camera --nodes=" + fog.address,
              [](const json& x) { return x["state"] == "unreachable"; }));
  auto list = run("vpaas", "stream list --json" + at);
  BOOST_TEST_REQUIRE(list.status == 0, list.text);
  auto camera = json::parse(list.text)[0]["camera"];
  BOOST_TEST(camera["state"] == "unreachable");
  BOOST_TEST(camera["node"] == "fog-1");
  BOOST_TEST(camera["failures"] > 0);
  auto table = run("vpaas", "stream list" + at).text;
  BOOST_TEST(table.find("unreachable") != std::string::npos, table);
  BOOST_TEST(table.find("\ngate: io: failed to open rtsp://joe:***@127.0.0.1:9")
               != std::string::npos,
             table);
  for (auto* wrong : {"--stall_timeout=0s", "--stall_timeout=soon"}) {
    auto x = run("vpaas",
                 "stream add other --source=a.mp4 " + std::string{wrong} + at);
    BOOST_TEST(x.status == 1);
    BOOST_TEST(x.text.find(wrong) != std::string::npos, x.text);
  }
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_of_no_name_is_refused_in_one_line) {
  running_node fog{"fog", {}};
  auto at = " --node=" + fog.address + " --nodes=" + fog.address;
  for (auto* name : {"a:b", "a/b", ".a", "'a b'"})
    for (auto* verb : {"add", "remove"}) {
      auto x = run("vpaas", std::string{"stream "} + verb + " " + name
                              + (*verb == 'a' ? " --source=a.mp4" : "") + at);
      BOOST_TEST(x.status == 1);
      BOOST_TEST(std::count(x.text.begin(), x.text.end(), '\n') == 1, x.text);
      BOOST_TEST(x.text.find("is no name of a stream") != std::string::npos,
                 x.text);
    }
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(what_ships_is_found_from_another_folder) {
  test::temp_dir elsewhere;
  auto from_there = [&](const std::string& program, const std::string& words) {
    auto x = run(program, words, elsewhere.path());
    BOOST_TEST(x.status == 0, x.text);
    return x.text;
  };
  from_there("vpaas-fog", "--check");
  auto models = from_there("vpaas", "model list");
  BOOST_TEST(models.find("street-detector") != std::string::npos, models);
  for (auto* nodes : {"one", "four"})
    from_there("vpaas",
               "run --camera='synthetic://street?seconds=2&size=320x240'"
               " --nodes="
                 + std::string{nodes});
}

BOOST_AUTO_TEST_SUITE_END()
