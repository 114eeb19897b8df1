#include "runtime/nn/darknet.hpp"

#include "runtime/error.hpp"
#include "support/expect.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// A network that has every kind of layer.
const std::string every_layer = R"(
[net]
width=32 # a comment
height=64
channels=3

[convolutional]
filters=8
size=3
stride=2
pad=1
batch_normalize=1
activation=leaky

[convolutional]
filters=8
groups=8
size=5
pad=1
activation=mish

[shortcut]
from=-2
activation=linear

[dropout]
probability=.2

[maxpool]
size=2
stride=2

[maxpool]
size=5
stride=1

[upsample]
stride=2

[route]
layers=-1, 1

[route]
layers=-1
groups=2
group_id=1

[convolutional]
filters=14
size=1
activation=linear

[yolo]
mask=1,2
anchors=1,2, 3,4, 5,6
classes=2
scale_x_y=1.05
)";

} // namespace

BOOST_AUTO_TEST_SUITE(darknet_tests)

BOOST_AUTO_TEST_CASE(shapes_follow_from_the_file) {
  auto net = parse_darknet(every_layer, "x");
  BOOST_REQUIRE_MESSAGE(net, why(net));
  auto& xs = net->layers;
  BOOST_REQUIRE(xs.size() == 11u);
  auto shape = [&](size_t i) {
    return std::vector<int>{xs[i].channels, xs[i].height, xs[i].width};
  };
  auto same = [&](size_t i, std::vector<int> wanted) {
    BOOST_TEST(shape(i) == wanted, boost::test_tools::per_element());
  };
  same(0, {8, 32, 16});
  same(2, {8, 32, 16});
  same(4, {8, 16, 8});
  same(5, {8, 16, 8});
  same(6, {8, 32, 16});
  same(7, {16, 32, 16});
  same(8, {8, 32, 16});
  same(10, {14, 32, 16});
  BOOST_TEST(xs[2].from[0] == 0);
  // 8 * (27 + 4), 8 * (25 + 1), 14 * (8 + 1)
  BOOST_TEST(net->weights() == 248u + 208 + 126);
}

BOOST_AUTO_TEST_CASE(heads_know_their_anchors_and_the_input) {
  auto net = parse_darknet(every_layer, "x", 64, 96);
  BOOST_REQUIRE_MESSAGE(net, why(net));
  auto heads = net->heads();
  BOOST_REQUIRE(heads.size() == 1u);
  BOOST_TEST(heads[0].grid_width == 32);
  BOOST_TEST(heads[0].grid_height == 48);
  BOOST_TEST(heads[0].input_height == 96);
  BOOST_TEST(heads[0].anchors.size() == 2u);
  BOOST_TEST(heads[0].anchors[0][0] == 3);
  BOOST_TEST(heads[0].scale_xy == 1.05f);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_built_is_named_by_its_line) {
  struct wrong {
    const char* text;
    const char* cause;
  };
  for (auto& x : std::initializer_list<wrong>{
         {"", "[net]"},
         {"[convolutional]\n", "[net]"},
         {"[net]\nnonsense\n", "line 2"},
         {"[net]\nwidth=abc\n", "width = abc"},
         {"[net]\nwidth=999999\n", "allowed: 1 to 16384"},
         {"[net]\n[lstm]\n", "[lstm] are not supported"},
         {"[net]\n[shortcut]\nfrom=-1\n", "no layer -1"},
         {"[net]\n[dropout]\n[shortcut]\nfrom=-9\n", "no layer -9"},
         {"[net]\n[dropout]\n[shortcut]\n", "one layer in from"},
         {"[net]\n[dropout]\n[route]\nlayers=x\n", "no number"},
         {"[net]\n[dropout]\n[route]\n", "1 to 64 layers"},
         {"[net]\n[convolutional]\nfilters=8\nactivation=tanhh\n",
          "unknown activation"},
         {"[net]\n[convolutional]\nfilters=8\ngroups=2\n",
          "multiple of its groups"},
         {"[net]\n[convolutional]\nfilters=70000\n", "filters = 70000"},
         {"[net]\n[convolutional]\nfilters=8\ndilation=2\n", "dilated"},
         {"[net]\nwidth=2\nheight=2\n[convolutional]\nfilters=1\nsize=5\n"
          "activation=linear\n",
          "no usable size"},
         {"[net]\n[dropout]\n", "no [yolo]"},
         {"[net]\n[yolo]\nclasses=1\nanchors=1,1\n", "has 3 channels"},
         {"[net]\n[yolo]\nclasses=1\nanchors=1,1\nmask=3\n", "mask names"},
         {"[net]\n[convolutional]\nfilters=60000\nsize=31\nactivation=linear\n"
          "[convolutional]\nfilters=60000\nsize=31\nactivation=linear\n",
          "2^30 weights"},
       }) {
    auto net = parse_darknet(x.text, "some.cfg");
    BOOST_REQUIRE_MESSAGE(!net, x.text);
    BOOST_TEST((net.error() == ec::bad_input));
    BOOST_TEST_INFO(why(net));
    BOOST_TEST(why(net).find(x.cause) != std::string::npos);
    BOOST_TEST(why(net).find("some.cfg") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(flipped_bits_never_break_the_reader) {
  std::mt19937 random(5);
  for (int i = 0; i < 20000; ++i) {
    auto text = every_layer;
    for (auto n = 1 + random() % 6; n > 0; --n)
      text[random() % text.size()] ^= char(1 << random() % 7);
    auto net = parse_darknet(text, "x");
    if (!net)
      BOOST_REQUIRE((net.error() == ec::bad_input));
  }
}

BOOST_AUTO_TEST_SUITE_END()
