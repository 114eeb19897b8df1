// What is not as its format wants it is refused in one line: where, what, and
// what to do.

#include "runtime/truth/truth_format.hpp"

#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

struct refused {
  const char* format;
  truth_files files;
  std::string where, what; ///< parts of the line
  truth_reading how = {};
};

/// For formats that do not say how large a frame is.
truth_reading of_size(uint32_t width, uint32_t height) {
  truth_reading result;
  result.width = width;
  result.height = height;
  return result;
}

truth_files plain(const std::string& text) {
  return {{"a.txt", text}};
}

const std::string van = "0 0 Van 0 0 0 1 1 9 9 1 1 1 1 1 1 1\n",
                  car_of_drone = "1,1,1,1,9,9,1,4,0,0\n";

std::string xml(const std::string& rest) {
  return "<annotations>\n<version>1.1</version>\n<meta><task><size>10</size>"
         "<mode>interpolation</mode><original_size><width>640</width>"
         "<height>480</height></original_size></task></meta>\n"
         + rest + "</annotations>";
}

truth_files cvat(const std::string& rest) {
  return {{"a.xml", xml(rest)}};
}

std::string track(const std::string& box) {
  return "<track id=\"0\" label=\"car\">\n" + box + "</track>\n";
}

truth_files coco(const std::string& categories, const std::string& images,
                 const std::string& annotations) {
  return {{"a.json", "{\"categories\": [" + categories + "], \"images\": ["
                       + images + "], \"annotations\": [" + annotations
                       + "]}"}};
}

const std::string car
  = R"({"id": 1, "name": "car"})",
  picture = R"({"id": 1, "file_name": "f_0.png", "width": 64, "height": 48})";

truth_files yolo(const std::string& lines) {
  return {{"data.yaml", "names: [car]\n"}, {"labels/frame_0.txt", lines}};
}

truth_files mot(const std::string& lines) {
  return {{"seqinfo.ini", "seqLength=2\nimWidth=64\nimHeight=48\n"},
          {"gt/gt.txt", lines}};
}

truth_files studio(const std::string& result) {
  return {{"a.json", "[{\"id\": 1, \"data\": {\"video\": \"a.mp4\"}, "
                     "\"annotations\": [{\"result\": ["
                       + result + "]}]}]"}};
}

std::string sequence(const std::string& key, const std::string& more = "") {
  return R"({"type": "videorectangle", "value": {"framesCount": 5, "labels": ["car"], "sequence": [)"
         + key + "]" + more + "}}";
}

const std::vector<refused>& table() {
  static const std::vector<refused> all{
    // CVAT
    {"cvat",
     {{"a.xml", "<annotations>\n<version>1.1</ver"}},
     "line 2",
     "export"},
    {"cvat",
     {{"a.xml", "<annotation></annotation>"}},
     "a.xml",
     "<annotations>"},
    {"cvat",
     {{"a.xml", "<annotations><version>2.0</version></annotations>"}},
     "line 1",
     "1.1"},
    {"cvat", {{"a.txt", "1"}, {"b.txt", "2"}}, "", ".xml"},
    {"cvat",
     cvat(track("<box frame=\"1\" outside=\"0\" xtl=\"1\" ytl=\"1\" "
                "xbr=\"2\"/>\n")),
     "line 5", "ybr"},
    {"cvat",
     cvat(track("<box frame=\"-1\" outside=\"0\" xtl=\"1\" ytl=\"1\" "
                "xbr=\"2\" ybr=\"2\"/>\n")),
     "line 5", "\"-1\""},
    {"cvat",
     cvat(track("<box frame=\"1\" outside=\"no\" xtl=\"1\" ytl=\"1\" "
                "xbr=\"2\" ybr=\"2\"/>\n")),
     "line 5", "0 or 1"},
    {"cvat",
     cvat(track("<box frame=\"1\" outside=\"0\" xtl=\"nan\" ytl=\"1\" "
                "xbr=\"2\" ybr=\"2\"/>\n")),
     "line 5", "number"},
    {"cvat",
     cvat(track("<box frame=\"1\" outside=\"0\" xtl=\"9\" ytl=\"1\" "
                "xbr=\"2\" ybr=\"2\"/>\n")),
     "line 4", "ends before it begins"},
    {"cvat", cvat(track("") + track("")), "line 6", "twice"},
    {"cvat", cvat("<track id=\"0\"/>\n"), "line 4", "label"},
    {"cvat",
     {{"a.xml", "<annotations><meta><task><size>99999999999</size></task>"
                "</meta></annotations>"}},
     "line 1",
     "frames"},
    {"cvat",
     {{"a.xml", "<annotations><meta><project/></meta></annotations>"}},
     "line 1",
     "one by one"},
    {"cvat",
     {{"a.xml", "<annotations><track id=\"0\" label=\"car\"><box frame=\"0\" "
                "xtl=\"1\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/></track>"
                "</annotations>"}},
     "line 1",
     "--size"},
    // COCO
    {"coco",
     {{"a.json", "{\"images\": [, \"annotations\": []}"}},
     "a.json",
     "column"},
    {"coco",
     {{"a.json", "{\"images\": [], \"annotations\": []}"}},
     "a.json",
     "categories"},
    {"coco", coco(car, picture, R"({"image_id": 2, "category_id": 1})"),
     "annotations[0].image_id", "no image 2"},
    {"coco", coco(car, picture, R"({"image_id": 1, "category_id": 5})"),
     "annotations[0].category_id", "no category 5"},
    {"coco",
     coco(car, picture,
          R"({"image_id": 1, "category_id": 1, "bbox": [1, 2, 3]})"),
     "annotations[0].bbox", "3 numbers"},
    {"coco",
     coco(car, picture,
          R"({"image_id": 1, "category_id": 1, "bbox": [1, 2, -3, 4]})"),
     "annotations[0].bbox", "ends before it begins"},
    {"coco",
     coco(car, picture,
          R"({"image_id": 1, "category_id": 1, "bbox": [1, 2, "3", 4]})"),
     "annotations[0].bbox[2]", "number"},
    {"coco", coco(car + "," + car, picture, ""), "categories[1]", "twice"},
    {"coco", coco(car, picture + "," + picture, ""), "images[1]", "twice"},
    {"coco",
     coco(car, R"({"id": 1, "file_name": "x.png", "width": 64, "height": 48})",
          ""),
     "images[0]", "no number"},
    {"coco",
     coco(car, R"({"id": 1, "file_name": "1.png", "width": 0, "height": 48})",
          ""),
     "images[0]", "0x48"},
    {"coco",
     coco(car,
          picture
            + R"(,{"id": 2, "file_name": "2.png", "width": 6, "height": 4})",
          ""),
     "images[1]", "one size"},
    // YOLO
    {"yolo", {{"labels/frame_0.txt", "0 .5 .5 1 1"}}, "", "data.yaml"},
    {"yolo", yolo("0 0.5 0.5 1\n"), "line 1", "4 numbers"},
    {"yolo", yolo("0 0.5 0.5 1 1\n1 0.5 0.5 1 1\n"), "line 2", "no label 1"},
    {"yolo", yolo("0 320 240 64 48\n"), "line 1", "share"},
    {"yolo", yolo("car 0.5 0.5 1 1\n"), "line 1", "\"car\""},
    {"yolo",
     {{"data.yaml", "nc: 1\n"}, {"labels/1.txt", ""}},
     "data.yaml",
     "names:"},
    {"yolo",
     {{"data.yaml", "names:\n  1: car\n"}, {"labels/1.txt", ""}},
     "line 2",
     "0: NAME"},
    {"yolo",
     {{"data.yaml", "names: [car]\n"},
      {"labels/a/1.txt", ""},
      {"labels/b/1.txt", ""}},
     "labels/b/1.txt",
     "as well"},
    // MOTChallenge
    {"mot", {{"det/det.txt", ""}, {"seqinfo.ini", ""}}, "", "gt/gt.txt"},
    {"mot", {{"gt/gt.txt", "1,1,1,1,9,9,1,1,1\n"}}, "gt/gt.txt", "seqinfo.ini"},
    {"mot",
     {{"seqinfo.ini", "imWidth=64\n"}, {"gt/gt.txt", ""}},
     "seqinfo.ini",
     "imheight"},
    {"mot", mot("1,1,1,1,9,9\n"), "line 1", "6 values"},
    {"mot", mot("0,1,1,1,9,9,1,1,1\n"), "line 1", "counted from 1"},
    {"mot", mot("1,1,1,1,9,9,1,1,1\n1,1,1,1,9,9,1,1,1\n"), "line 2", "twice"},
    {"mot", mot("1,1,1,1,9,9,1,14,1\n"), "line 1", "class 14"},
    {"mot", mot("1,1,1,1,-9,9,1,1,1\n"), "line 1", "ends before it begins"},
    {"mot", mot("1;1;1;1;9;9;1;1;1\n"), "line 1", "1 values"},
    // KITTI
    {"kitti", plain(van), "a.txt", "--size"},
    {"kitti", plain("0 0 Van 0 0\n"), "line 1", "5 values", of_size(64, 48)},
    {"kitti", plain("0 0 Van 0 4 0 1 1 9 9 1 1 1 1 1 1 1\n"), "line 1",
     "0, 1, 2 or 3", of_size(64, 48)},
    {"kitti", plain("-1 0 Van 0 0 0 1 1 9 9 1 1 1 1 1 1 1\n"), "line 1", "-1",
     of_size(64, 48)},
    {"kitti", plain("0 0 Van 0 0 0 1 nan 9 9 1 1 1 1 1 1 1\n"), "line 1", "nan",
     of_size(64, 48)},
    // VisDrone
    {"visdrone", plain(car_of_drone), "a.txt", "--size"},
    {"visdrone", plain("1,1,1,1,9,9,1,4,0\n"), "line 1", "9 values",
     of_size(64, 48)},
    {"visdrone", plain("0,1,1,1,9,9,1,4,0,0\n"), "line 1", "counted from 1",
     of_size(64, 48)},
    {"visdrone", plain("1,1,1,1,9,9,1,12,0,0\n"), "line 1", "category 12",
     of_size(64, 48)},
    {"visdrone", plain("1,1,1,1,9,9,1,4,0,3\n"), "line 1", "0, 1 or 2",
     of_size(64, 48)},
    {"visdrone", plain("1,1,1,1,-9,9,1,4,0,0\n"), "line 1",
     "ends before it begins", of_size(64, 48)},
    // Label Studio
    {"label-studio",
     {{"a.json", "[{\"id\": 1, \"data\": {}}]"}},
     "a.json[0]",
     "JSON-MIN"},
    {"label-studio", {{"a.json", "{}"}}, "a.json", "array"},
    {"label-studio",
     studio(sequence(
       R"({"frame": 0, "enabled": true, "x": 1, "y": 1, "width": 1, "height": 1})")),
     "sequence[0]", "counted from 1"},
    {"label-studio",
     studio(
       sequence(R"({"frame": 1, "x": 1, "y": 1, "width": 1, "height": 1})")),
     "sequence[0]", "enabled"},
    {"label-studio",
     studio(
       R"({"type": "videorectangle", "value": {"framesCount": 5, "labels": ["a", "b"], "sequence": []}})"),
     "value.labels", "2 labels"},
    {"label-studio",
     studio(
       R"({"type": "videorectangle", "value": {"framesCount": 1e99, "labels": ["a"], "sequence": []}})"),
     "framesCount", "whole number"},
    {"label-studio",
     studio(sequence(
       R"({"frame": 1, "enabled": true, "rotation": 4, "x": 1, "y": 1, "width": 1, "height": 1})")),
     "sequence[0]", "--size"},
    // lines
    {"lines",
     {{"a.jsonl", "{\"frame\": 0, \"objects\": []}\n7\n"}},
     "line 2",
     "frame"},
    {"lines",
     {{"a.jsonl", "{\"frame\": 0, \"objects\": [{}]}"}},
     "line 1",
     "label"},
    {"lines",
     {{"a.jsonl", "{\"frame\": 0, \"objects\": [{\"label\": 3}]}"}},
     "line 1",
     "label 3"},
    {"lines",
     {{"a.jsonl", "{\"frame\": 0, \"objects\": [{\"label\": \"a\", "
                  "\"where\": 7}]}"}},
     "line 1",
     "where"},
    {"lines",
     {{"a.jsonl", "{\"frame\": 99999999999, \"objects\": []}"}},
     "line 1",
     "too many"},
  };
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(malformed_truth_tests)

BOOST_AUTO_TEST_CASE(each_is_refused_in_one_line) {
  BOOST_TEST(table().size() >= 30u);
  for (auto& x : table()) {
    auto& format = *test::value_of(find_truth_format(x.format, {}));
    auto found = parse_truth(format, x.files, x.how);
    auto first = x.files.begin()->second.substr(0, 400);
    BOOST_TEST_REQUIRE(!found, x.format << " took " << first);
    BOOST_TEST((found.error() == ec::bad_input));
    auto line = cause_of(found.error());
    BOOST_TEST(line.find('\n') == std::string::npos, line);
    BOOST_TEST(line.find(x.where) != std::string::npos,
               x.where << ": " << line);
    BOOST_TEST(line.find(x.what) != std::string::npos, x.what << ": " << line);
    BOOST_TEST(line.find("; ") != std::string::npos, line); // what to do
  }
}

// Cut off and with bytes changed: taken or refused, and nothing else.
BOOST_AUTO_TEST_CASE(damage_is_no_crash) {
  marked_video x;
  x.width = 64;
  x.height = 48;
  x.labels = {"car", "van"};
  for (uint64_t n = 0; n < 4; ++n)
    x.frames[n] = {{{.1f, .1f, .5f, .5f}, "car", 1, 1, false},
                   {{.2f, .2f, .6f, .6f}, "van", 2, .25f, true}};
  std::minstd_rand random{1};
  for (auto& format : truth_formats()) {
    auto only_read = std::string{format.name} == "kitti" ? van : car_of_drone;
    auto files = format.write == nullptr
                   ? plain(only_read + only_read)
                   : test::value_of(print_truth(format, x));
    for (auto& file : files)
      for (int i = 0; i < 300; ++i) {
        auto damaged = files;
        auto& text = damaged[file.first];
        if (i % 3 == 0)
          text.resize(random() % (text.size() + 1));
        else
          for (int k = 0; k < i % 3 && !text.empty(); ++k)
            text[random() % text.size()] = char(random() % 256);
        auto found = parse_truth(format, damaged, of_size(64, 48));
        BOOST_TEST((found || !cause_of(found.error()).empty()));
      }
  }
}

BOOST_AUTO_TEST_CASE(depth_is_no_crash) {
  std::string open, close;
  for (int i = 0; i < 100'000; ++i) {
    open += "<a>";
    close += "</a>";
  }
  auto& format = *test::value_of(find_truth_format("cvat", {}));
  BOOST_TEST(!!parse_truth(format, {{"a.xml", xml(open + close)}}));
  auto& coco = *test::value_of(find_truth_format("coco", {}));
  BOOST_TEST(!parse_truth(coco, {{"a.json", std::string(100'000, '[')}}));
}

BOOST_AUTO_TEST_SUITE_END()
