// Files as their tools write them: the same places, in the order and with the
// keys of CVAT's, Label Studio's, Ultralytics' and MOTChallenge's own samples.

#include "runtime/truth/formats.hpp"

#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

read_truth_result read(const truth_format& format, const truth_files& files,
                       const truth_reading& how = {}) {
  BOOST_TEST(test::value_of(find_truth_format("", files))->name == format.name);
  return test::value_of(parse_truth(format, files, how));
}

std::vector<uint64_t> frames_of(const marked_video& x) {
  std::vector<uint64_t> result;
  for (auto& y : x.frames)
    result.push_back(y.first);
  return result;
}

/// Corners in pixels.
void check_box(const marked_object& x, const marked_video& in,
               std::array<double, 4> corners) {
  BOOST_TEST(double(x.where.x0) * in.width == corners[0], tt::tolerance(1e-5));
  BOOST_TEST(double(x.where.y0) * in.height == corners[1], tt::tolerance(1e-5));
  BOOST_TEST(double(x.where.x1) * in.width == corners[2], tt::tolerance(1e-5));
  BOOST_TEST(double(x.where.y1) * in.height == corners[3], tt::tolerance(1e-5));
}

const std::string cvat_meta_end = R"(
      <labels>
        <label><name>car</name><color>#2080c0</color><attributes></attributes></label>
        <label><name>person</name><attributes></attributes></label>
      </labels>
      <original_size><width>640</width><height>480</height></original_size>
    </task>
    <dumped>2024-01-01 10:00:00.000000+00:00</dumped>
  </meta>)";

const std::string cvat_head = R"(<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>5</id><name>gate</name>)";

} // namespace

BOOST_AUTO_TEST_SUITE(formats_tests)

BOOST_AUTO_TEST_CASE(cvat_for_video) {
  auto x = read(cvat_format, {{"annotations.xml", cvat_head + R"(
      <size>8</size><mode>interpolation</mode><overlap>5</overlap>
      <start_frame>0</start_frame><stop_frame>7</stop_frame>
      <frame_filter></frame_filter>)" + cvat_meta_end
                                                    + R"(
  <track id="0" label="car" source="manual">
    <box frame="1" keyframe="1" outside="0" occluded="0" xtl="64.00" ytl="48.00" xbr="128.00" ybr="96.00" z_order="0">
      <attribute name="ignored">false</attribute>
    </box>
    <box frame="2" keyframe="0" outside="0" occluded="1" xtl="65.00" ytl="48.00" xbr="129.00" ybr="96.00" z_order="0"></box>
    <box frame="3" keyframe="1" outside="1" occluded="0" xtl="65.00" ytl="48.00" xbr="129.00" ybr="96.00" z_order="0"></box>
    <box frame="5" keyframe="1" outside="0" occluded="0" xtl="600.00" ytl="440.00" xbr="700.00" ybr="480.00" z_order="0"></box>
    <box frame="7" keyframe="1" outside="0" occluded="0" xtl="620.00" ytl="440.00" xbr="700.00" ybr="480.00" z_order="0"></box>
  </track>
  <track id="1" label="person" source="manual">
    <polygon frame="0" keyframe="1" outside="0" occluded="0" points="1,1;2,2;3,1" z_order="0"></polygon>
    <box frame="7" keyframe="1" outside="0" occluded="0" xtl="10" ytl="10" xbr="20" ybr="20" z_order="0">
      <attribute name="ignored">true</attribute>
      <attribute name="visibility">0.25</attribute>
    </box>
  </track>
</annotations>)"}});
  auto& v = x.video;
  BOOST_TEST(v.width == 640u);
  BOOST_TEST(v.height == 480u);
  BOOST_TEST(v.labels == (std::vector<std::string>{"car", "person"}),
             tt::per_element());
  BOOST_TEST(v.frames.size() == 8u); // all were looked at
  BOOST_TEST(v.partial);
  BOOST_TEST(v.frames[0].empty());
  BOOST_REQUIRE(v.frames[1].size() == 1u);
  check_box(v.frames[1][0], v, {64, 48, 128, 96});
  BOOST_TEST(v.frames[1][0].identity == 1u);
  BOOST_TEST(!is_occluded(v.frames[1][0]));
  BOOST_TEST(is_occluded(v.frames[2][0]));
  BOOST_TEST(v.frames[3].empty()); // outside
  BOOST_TEST(v.frames[4].empty());
  check_box(v.frames[5][0], v, {600, 440, 640, 480}); // cut at the edge
  check_box(v.frames[6][0], v, {610, 440, 640, 480}); // between key frames
  BOOST_REQUIRE(v.frames[7].size() == 2u);
  BOOST_TEST(v.frames[7][1].ignored);
  BOOST_TEST(v.frames[7][1].visible == .25f);
  BOOST_TEST(v.frames[7][1].identity == 2u);
  BOOST_TEST(x.left_out.at("polygon shapes") == 1u);
}

// Frames have the numbers of the whole video.
BOOST_AUTO_TEST_CASE(cvat_of_each_fifth_frame) {
  auto x = read(cvat_format, {{"annotations.xml", cvat_head + R"(
      <size>3</size><mode>interpolation</mode>
      <start_frame>10</start_frame><stop_frame>20</stop_frame>
      <frame_filter>step=5</frame_filter>)" + cvat_meta_end
                                                    + R"(
  <track id="4" label="car" source="manual">
    <box frame="10" keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="10" ybr="10"></box>
    <box frame="20" keyframe="1" outside="0" occluded="0" xtl="20" ytl="0" xbr="30" ybr="10"></box>
  </track>
</annotations>)"}});
  BOOST_TEST(frames_of(x.video) == (std::vector<uint64_t>{10, 15, 20}),
             tt::per_element());
  check_box(x.video.frames[15][0], x.video, {10, 0, 20, 10});
}

BOOST_AUTO_TEST_CASE(cvat_for_images) {
  auto x = read(cvat_images_format, {{"annotations.xml", cvat_head + R"(
      <size>31</size><mode>annotation</mode>)" + cvat_meta_end
                                                           + R"(
  <image id="0" name="frame_000000" width="640" height="480">
    <box label="car" source="manual" occluded="1" xtl="64.00" ytl="48.00" xbr="128.00" ybr="96.00" z_order="0"></box>
    <box label="person" source="manual" occluded="0" xtl="100.00" ytl="100.00" xbr="120.00" ybr="140.00" rotation="90.00" z_order="0"></box>
    <tag label="car" source="manual"></tag>
  </image>
  <image id="30" name="frame_000030" width="640" height="480">
  </image>
</annotations>)"}});
  auto& v = x.video;
  BOOST_TEST(frames_of(v) == (std::vector<uint64_t>{0, 30}), tt::per_element());
  BOOST_REQUIRE(v.frames[0].size() == 2u);
  BOOST_TEST(is_occluded(v.frames[0][0]));
  BOOST_TEST(v.frames[0][0].identity == 0u);
  check_box(v.frames[0][1], v, {90, 110, 130, 130}); // around its middle
}

BOOST_AUTO_TEST_CASE(coco) {
  auto x = read(coco_format, {{"instances_default.json", R"({
  "licenses": [{"name": "", "id": 0, "url": ""}],
  "info": {"contributor": "", "date_created": "", "description": ""},
  "categories": [{"id": 18, "name": "dog", "supercategory": "animal"},
                 {"id": 1, "name": "person", "supercategory": ""}],
  "images": [{"id": 1, "width": 640, "height": 480, "file_name": "frame_000000.PNG", "license": 0, "date_captured": 0},
             {"id": 2, "width": 640, "height": 480, "file_name": "day/frame_000015.PNG"}],
  "annotations": [
    {"id": 1, "image_id": 2, "category_id": 18, "segmentation": [], "area": 800.0, "bbox": [10.5, 20.0, 40.0, 20.0], "iscrowd": 0,
     "attributes": {"occluded": true, "rotation": 0.0, "track_id": 0, "keyframe": true}},
    {"id": 2, "image_id": 2, "category_id": 1, "segmentation": {"counts": [1], "size": [480, 640]}, "area": 1, "bbox": [0, 0, 640, 480], "iscrowd": 1}
  ]})"}});
  auto& v = x.video;
  BOOST_TEST(v.labels == (std::vector<std::string>{"dog", "person"}),
             tt::per_element());
  BOOST_TEST(frames_of(v) == (std::vector<uint64_t>{0, 15}), tt::per_element());
  BOOST_TEST(v.frames[0].empty());
  BOOST_REQUIRE(v.frames[15].size() == 2u);
  auto& dog = v.frames[15][0];
  check_box(dog, v, {10.5, 20, 50.5, 40}); // left, top, width, height from 0
  BOOST_TEST(dog.label == "dog");
  BOOST_TEST(dog.identity == 1u);
  BOOST_TEST(is_occluded(dog));
  BOOST_TEST(!dog.ignored);
  BOOST_TEST(v.frames[15][1].ignored); // a crowd
}

BOOST_AUTO_TEST_CASE(yolo_of_ultralytics) {
  auto x = read(
    yolo_format,
    {{"data.yaml", "train: ../train/images\nnc: 2\nnames: ['car', \"ice, "
                   "cream\"]\n"},
     {"labels/train/frame_000000.txt", "0 0.5 0.5 0.2 0.4\n"},
     {"images/train/frame_000000.jpg", ""},
     {"images/train/frame_000001.jpg", ""}});
  BOOST_TEST(frames_of(x.video) == (std::vector<uint64_t>{0, 1}),
             tt::per_element());
  auto& b = x.video.frames[0][0].where;
  BOOST_TEST(b.x0 == .4f, tt::tolerance(1e-6f));
  BOOST_TEST(b.y0 == .3f, tt::tolerance(1e-6f));
  BOOST_TEST(b.x1 == .6f, tt::tolerance(1e-6f));
  BOOST_TEST(b.y1 == .7f, tt::tolerance(1e-6f));
  BOOST_TEST(x.video.width == 0u);
  for (auto names : {"names:\n  0: car\n  1: van\nnc: 2\n",
                     "nc: 2\nnames:\n- car\n- van\n"}) {
    auto y = read(yolo_format, {{"data.yaml", names},
                                {"labels/000002.txt", "1 0.5 0.5 1 1\n"}});
    BOOST_TEST(y.video.frames[2][0].label == "van");
  }
}

BOOST_AUTO_TEST_CASE(yolo_of_darknet) {
  truth_reading how;
  how.first = 1;
  auto x = read(yolo_format,
                {{"obj.data", ""},
                 {"obj.names", "car\r\nperson\r\n"},
                 {"train.txt", "data/obj_train_data/000001.jpg\n"
                               "data/obj_train_data/000002.jpg\n"},
                 {"obj_train_data/000002.txt", "1 0.25 0.25 0.5 0.5\r\n"}},
                how);
  BOOST_TEST(frames_of(x.video) == (std::vector<uint64_t>{0, 1}),
             tt::per_element());
  BOOST_TEST(x.video.frames[1][0].label == "person");
}

BOOST_AUTO_TEST_CASE(motchallenge) {
  auto x = read(
    mot_format,
    {{"seqinfo.ini", "[Sequence]\nname=MOT17-02\nimDir=img1\nframeRate=30\n"
                     "seqLength=4\nimWidth=1920\nimHeight=1080\nimExt=.jpg\n"},
     {"gt/gt.txt", "1,1,912,484,97,109,0,7,1\n"
                   "2,1,913,484,97,109,0,7,1\n"
                   "1,2,1338,418,167,379,1,1,0.86014\n"
                   "3,9,-10,1,20,30,1,1,1\n"
                   "3,10,-30,1,20,30,1,1,1\n"}});
  auto& v = x.video;
  BOOST_TEST(v.fps == 30);
  BOOST_TEST(frames_of(v) == (std::vector<uint64_t>{0, 1, 2, 3}),
             tt::per_element());
  BOOST_REQUIRE(v.frames[0].size() == 2u);
  BOOST_TEST(v.frames[0][0].ignored);
  BOOST_TEST(v.frames[0][0].label == "static person");
  check_box(v.frames[0][1], v, {1337, 417, 1504, 796}); // counted from 1
  BOOST_TEST(v.frames[0][1].visible == .86014f);
  BOOST_TEST(v.frames[0][1].identity == 2u);
  BOOST_TEST(!v.frames[0][1].ignored);
  BOOST_REQUIRE(v.frames[2].size() == 1u);
  check_box(v.frames[2][0], v, {0, 0, 9, 30});
  BOOST_TEST(x.left_out.begin()->second == 1u); // beside the picture
  BOOST_TEST(v.labels
               == (std::vector<std::string>{"static person", "pedestrian"}),
             tt::per_element());
}

// CVAT counts frames from 1, corners from 0, and lists the labels.
BOOST_AUTO_TEST_CASE(motchallenge_of_cvat) {
  truth_reading how;
  how.width = 640;
  how.height = 480;
  auto x = read(mot_format,
                {{"gt/labels.txt", "cat\ndog\n"},
                 {"gt/gt.txt", "2,1,64,48,64,48,1,2,0.0\n"}},
                how);
  BOOST_REQUIRE(x.video.frames[1].size() == 1u);
  check_box(x.video.frames[1][0], x.video, {64, 48, 128, 96});
  BOOST_TEST(x.video.frames[1][0].label == "dog");
  BOOST_TEST(is_occluded(x.video.frames[1][0]));
  BOOST_TEST(x.video.frames.count(0) == 1u);
}

BOOST_AUTO_TEST_CASE(motchallenge_of_2015) {
  truth_reading how;
  how.width = how.height = 100;
  auto x = read(mot_format, {{"gt/gt.txt", "1,1,1,1,10,10,1,-1,-1,-1\n"}}, how);
  BOOST_TEST(x.video.frames[0][0].label == "pedestrian");
}

// Lines as in the readme of KITTI's devkit.
BOOST_AUTO_TEST_CASE(kitti_tracking) {
  truth_reading how;
  how.width = 1242;
  how.height = 375;
  auto x = read(
    kitti_format,
    {{"label_02/0000.txt",
      "0 -1 DontCare -1 -1 -10 219.31 188.49 245.50 218.56 -1000 -1000 -1000 "
      "-10 -1 -1 -1\n"
      "0 0 Van 0 0 -1.793451 296.744956 161.752147 455.226042 292.372804 2.0 "
      "1.823255 4.433886 -4.552284 1.858523 13.410495 -2.115488\n"
      "2 2 Pedestrian 0 2 -2.523309 1106.137292 166.576807 1204.470628 "
      "323.876144 1.714062 0.767881 0.972283 6.301919 1.652419 8.455685 "
      "-1.900245\n"}},
    how);
  auto& v = x.video;
  BOOST_TEST(frames_of(v) == (std::vector<uint64_t>{0, 1, 2}),
             tt::per_element());
  BOOST_REQUIRE(v.frames[0].size() == 2u);
  BOOST_TEST(v.frames[0][0].ignored);
  BOOST_TEST(v.frames[0][0].identity == 0u);
  BOOST_TEST(v.frames[0][1].label == "Van");
  BOOST_TEST(v.frames[0][1].identity == 1u);
  check_box(v.frames[0][1], v,
            {296.744956, 161.752147, 455.226042, 292.372804});
  BOOST_TEST(is_occluded(v.frames[2][0]));
  BOOST_TEST(v.labels
               == (std::vector<std::string>{"DontCare", "Van", "Pedestrian"}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(visdrone_videos) {
  truth_reading how;
  how.width = 1344;
  how.height = 756;
  auto x = read(
    visdrone_format,
    {{"annotations/uav0000086_00000_v.txt", "1,0,593,43,174,190,0,0,0,0\n"
                                            "1,1,603,743,35,13,1,4,1,1\n"
                                            "2,1,604,740,35,16,1,4,0,2,\n"
                                            "4,7,10,10,20,20,0,11,0,0\n"}},
    how);
  auto& v = x.video;
  BOOST_TEST(frames_of(v) == (std::vector<uint64_t>{0, 1, 2, 3}),
             tt::per_element());
  BOOST_REQUIRE(v.frames[0].size() == 2u);
  BOOST_TEST(v.frames[0][0].ignored);
  BOOST_TEST(v.frames[0][0].label == "ignored regions");
  check_box(v.frames[0][1], v, {603, 743, 638, 756}); // counted from 0
  BOOST_TEST(v.frames[0][1].label == "car");
  BOOST_TEST(v.frames[0][1].identity == v.frames[1][0].identity);
  BOOST_TEST(!is_occluded(v.frames[0][1]));
  BOOST_TEST(is_occluded(v.frames[1][0]));
  BOOST_TEST(v.frames[3][0].ignored); // its score is 0
}

BOOST_AUTO_TEST_CASE(label_studio_videos) {
  auto x = read(label_studio_format, {{"project-1.json", R"([{
  "id": 1,
  "annotations": [
    {"id": 9, "completed_by": 1, "was_cancelled": true, "result": []},
    {"id": 10, "completed_by": 1, "was_cancelled": false, "result": [
      {"value": {"framesCount": 10, "duration": 0.5, "labels": ["Man"], "sequence": [
          {"frame": 1, "enabled": true, "rotation": 0, "x": 10, "y": 20, "width": 30, "height": 40, "time": 0.05},
          {"frame": 3, "enabled": false, "rotation": 0, "x": 20, "y": 20, "width": 30, "height": 40, "time": 0.15},
          {"frame": 9, "enabled": true, "rotation": 0, "x": 0, "y": 0, "width": 10, "height": 10, "time": 0.45}]},
       "id": "RRxnu", "from_name": "box", "to_name": "video", "type": "videorectangle", "origin": "manual"},
      {"value": {"choices": ["day"]}, "id": "c", "from_name": "when", "to_name": "video", "type": "choices"}]},
    {"id": 11, "completed_by": 2, "was_cancelled": false, "result": []}],
  "predictions": [],
  "data": {"video": "/data/upload/1/opossum.mp4"},
  "meta": {}, "project": 1}])"}});
  auto& v = x.video;
  BOOST_TEST(v.frames.size() == 10u);
  BOOST_TEST(v.fps == 20);
  BOOST_REQUIRE(v.frames[1].size() == 1u); // frame 2 of theirs, half way
  BOOST_TEST(v.frames[1][0].where.x0 == .15f, tt::tolerance(1e-6f));
  BOOST_TEST(v.frames[1][0].where.y1 == .6f, tt::tolerance(1e-6f));
  BOOST_TEST(v.frames[2].size() == 1u); // the last one is still there
  BOOST_TEST(v.frames[3].empty());
  BOOST_TEST(v.frames[7].empty());
  BOOST_TEST(v.frames[8].size() == 1u);
  BOOST_TEST(v.frames[9].size() == 1u); // goes on to the end
  BOOST_TEST(v.frames[9][0].identity == v.frames[0][0].identity);
  BOOST_TEST(x.left_out.at("results of type choices") == 1u);
  BOOST_TEST(x.left_out.at("annotations of a task beyond its first") == 1u);
}

BOOST_AUTO_TEST_CASE(label_studio_pictures) {
  auto x = read(label_studio_format, {{"p.json", R"([
  {"id": 1, "data": {"image": "/data/upload/2/0f3a1b2c-frame_000015.jpg"}, "annotations": [{"id": 1, "result": [
    {"id": "a", "type": "rectanglelabels", "from_name": "label", "to_name": "image",
     "original_width": 200, "original_height": 100, "image_rotation": 0,
     "value": {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["car"]}},
    {"id": "b", "type": "rectanglelabels", "from_name": "label", "to_name": "image",
     "original_width": 200, "original_height": 100, "image_rotation": 0,
     "value": {"x": 50, "y": 20, "width": 10, "height": 40, "rotation": 90, "rectanglelabels": ["car"]}}]}]},
  {"id": 2, "data": {"image": "http://h/frame_000030.jpg"}, "annotations": [{"id": 2, "result": []}]}])"}});
  auto& v = x.video;
  BOOST_TEST(frames_of(v) == (std::vector<uint64_t>{15, 30}),
             tt::per_element());
  check_box(v.frames[15][0], v, {20, 20, 80, 60});
  check_box(v.frames[15][1], v, {60, 20, 100, 40}); // around its corner
}

BOOST_AUTO_TEST_CASE(lines_of_our_own) {
  auto x = read(
    lines_format,
    {{"results",
      R"({"frame":15,"seq":1,"objects":[{"where":{"x0":0.25,"y0":0.25,"x1":0.5,"y1":0.75},"label":"car","identity":7,"score":0.5}]}
{"frame":30,"objects":[]}
)"}});
  BOOST_TEST(!x.video.partial); // nothing is elsewhere
  BOOST_REQUIRE(x.video.frames[15].size() == 1u);
  BOOST_TEST((x.video.frames[15][0]
              == marked_object{{.25f, .25f, .5f, .75f}, "car", 7, 1, false}));
  truth_reading how;
  how.labels = {"car", "van"};
  auto y
    = read(lines_format,
           {{"old.jsonl",
             R"({"frame":0,"objects":[{"where":{"x1":1,"y1":1},"label":1}]})"}},
           how);
  BOOST_TEST(y.video.frames[0][0].label == "van");
  BOOST_TEST(y.video.labels == how.labels, tt::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
