#include "runtime/learning/kept_crop.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(kept_crop_tests)

BOOST_AUTO_TEST_CASE(floats_come_back_as_they_were) {
  std::vector<float> xs{1, -2.5f, 3e-9f};
  BOOST_TEST((unpacked_floats(packed_floats(xs.data(), 3)) == xs));
  BOOST_TEST(unpacked_floats({}).empty());
}

BOOST_AUTO_TEST_CASE(a_label_makes_it_a_lesson) {
  kept_crop x;
  x.id = crop_id("fog-1", "door", 450, 2);
  BOOST_TEST(x.id == "fog-1:door:450:2");
  BOOST_TEST(stream_of_crop(x.id) == "door");
  BOOST_TEST(stream_of_crop("fog-1:door") == "");
  BOOST_TEST(stream_of_crop("") == "");
  x.hint = "van";
  x.place.location = .4f;
  float features[] = {1, 2};
  x.features = packed_floats(features, 2);
  auto lesson = taught(x, "car");
  BOOST_TEST(lesson.id == x.id);
  BOOST_TEST(lesson.label == "car");
  BOOST_TEST(lesson.features.size() == 2u);
  BOOST_TEST(lesson.place.hint == "van");
  BOOST_TEST(lesson.place.place.location == .4f);
}

BOOST_AUTO_TEST_CASE(heads_are_no_part_of_a_backbone) {
  BOOST_TEST(backbone_of("m@1 fp32/heads") == "m@1 fp32");
  BOOST_TEST(backbone_of("m@1 fp32//tmp/a.json") == "m@1 fp32");
  BOOST_TEST(backbone_of("m") == "m");
}

BOOST_AUTO_TEST_CASE(crops_of_neighbouring_frames_are_of_one_run) {
  BOOST_TEST(run_of_crop(crop_id("fog-1", "door", 149, 3), 150)
             == "fog-1:door:0");
  BOOST_TEST(run_of_crop(crop_id("fog-1", "door", 150, 0), 150)
             == "fog-1:door:1");
  BOOST_TEST(run_of_crop(crop_id("fog-1", "yard", 0, 0), 150)
             != run_of_crop(crop_id("fog-1", "door", 0, 0), 150));
  for (auto x : {"", "crop-5", "a:b", ":", "a:b:c:d", "::x"})
    BOOST_TEST(run_of_crop(x, 150) == x);
}

BOOST_AUTO_TEST_SUITE_END()
