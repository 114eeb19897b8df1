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

BOOST_AUTO_TEST_CASE(shapes_of_squeeze_and_attention_follow) {
  auto net = parse_darknet(R"(
[net]
width=32
height=16
[conv]
filters=8
stride=2
activation=swish
[avg]
[conv]
filters=8
activation=logistic
[scale_channels]
from=-3
[conv]
filters=4
stride=2
activation=linear
[shortcut]
from=-2, 0
activation=leaky
[conv]
filters=4
activation=logistic
[sam]
from=-2
[conv]
filters=6
activation=logistic
[yolo]
anchors=8,8
classes=1
new_coords=1
)",
                           "x");
  BOOST_REQUIRE_MESSAGE(net, why(net));
  auto same = [&](size_t i, std::vector<int> wanted) {
    auto& x = net->layers[i];
    BOOST_TEST((std::vector<int>{x.channels, x.height, x.width}) == wanted,
               boost::test_tools::per_element());
  };
  same(0, {8, 8, 16});
  same(1, {8, 1, 1});
  same(3, {8, 8, 16});
  same(5, {4, 4, 8}); // the shape of the layer before, whatever is added
  same(7, {4, 4, 8});
  BOOST_TEST(net->heads()[0].new_coords);
}

BOOST_AUTO_TEST_CASE(the_first_of_two_equal_keys_counts) {
  auto text = every_layer;
  text.replace(text.find("filters=8"), 9, "filters=8\nfilters=16");
  text.replace(text.find("mask=1,2"), 8, "mask=1,2\nmask=0");
  auto net = parse_darknet(text, "x");
  BOOST_REQUIRE_MESSAGE(net, why(net));
  BOOST_TEST(net->layers[0].channels == 8);
  BOOST_TEST(net->heads()[0].anchors.size() == 2u);
}

BOOST_AUTO_TEST_CASE(keys_that_change_the_arithmetic_are_refused_by_name) {
  struct wrong {
    const char *layer, *key;
  };
  for (auto& x : std::initializer_list<wrong>{
         {"convolutional", "xnor=1"},
         {"convolutional", "binary=1"},
         {"convolutional", "bin_output=1"},
         {"convolutional", "flipped=1"},
         {"convolutional", "antialiasing=1"},
         {"convolutional", "stride_x=3"},
         {"convolutional", "stride_y=3"},
         {"maxpool", "stride_x=3"},
         {"maxpool", "maxpool_depth=1"},
         {"maxpool", "antialiasing=1"},
         {"upsample", "scale=.5"},
         {"shortcut", "alpha=.5"},
         {"shortcut", "weights_type=per_feature"},
         {"convolutional", "share_index=1"},
         {"convolutional", "dilation=2"},
         {"convolutional", "dontload=1"},
         {"convolutional", "dontloadscales=1"},
         {"convolutional", "numload=4"},
         {"yolo", "from=1,2"}, // a head of several layers (ASFF)
       }) {
    auto text = every_layer;
    auto section = "[" + std::string{x.layer} + "]\n";
    text.insert(text.find(section) + section.size(), std::string{x.key} + "\n");
    auto net = parse_darknet(text, "some.cfg");
    BOOST_REQUIRE_MESSAGE(!net, x.key);
    auto key = std::string{x.key};
    BOOST_TEST_INFO(why(net));
    BOOST_TEST(why(net).find(key.substr(0, key.find('=')) + " = ")
               != std::string::npos);
    BOOST_TEST(why(net).find("engine = opencv") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(keys_that_change_nothing_are_passed_over) {
  auto text = every_layer;
  auto add = [&](const std::string& section, const std::string& lines) {
    text.insert(text.find(section) + section.size(), lines);
  };
  add("[convolutional]\n", "xnor=0\nflipped=0\nantialiasing=0\nstride_x=2\n"
                           "stride_y=2\ndilation=1\nlearning_rate=.1\n"
                           "dontload=0\nnumload=0\nstopbackward=1\n");
  add("[maxpool]\n", "maxpool_depth=0\n");
  add("[upsample]\n", "scale=1.0\n");
  add("[shortcut]\n", "alpha=1\nbeta=1.0\nweights_type=none\n");
  add("[yolo]\n", "iou_loss=ciou\nignore_thresh=.7\nrandom=1\n");
  auto net = parse_darknet(text, "x");
  BOOST_TEST_REQUIRE(bool(net), why(net));
}

// As sowson/darknet and yolov7's darknet configuration write them.
BOOST_AUTO_TEST_CASE(what_forks_and_pytorch_call_the_same_is_the_same) {
  auto net = parse_darknet("[net]\nwidth=8\nheight=8\n[convolutional]\n"
                           "filters=6\nactivation=silu\ndilation=3\n"
                           "[yolo4] \nanchors=1,1###P3\nclasses=1#one\n",
                           "x");
  BOOST_REQUIRE_MESSAGE(net, why(net));
  BOOST_TEST((net->layers[0].then == activation::swish));
  BOOST_TEST(net->heads().size() == 1u);
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
         {"[net]\n[lstm]\n", "[lstm] are not built, by OpenCV neither"},
         {"[net]\n[Gaussian_yolo]\n", "take a network with [yolo] heads"},
         {"[net]\n[reorg]\n", "[reorg] are not built; try engine = opencv"},
         {"[net]\n[shortcut]\nfrom=-1\n", "no layer -1"},
         {"[net]\n[dropout]\n[shortcut]\nfrom=-9\n", "no layer -9"},
         {"[net]\n[dropout]\n[shortcut]\n", "one layer in from"},
         {"[net]\n[dropout]\n[conv]\nfilters=3\nstride=5\n[conv]\n"
          "filters=3\n[shortcut]\nfrom=0\n[conv]\nfilters=3\nstride=3\n"
          "[shortcut]\nfrom=1\n[yolo]\n",
          "no whole multiple"},
         {"[net]\n[dropout]\n[scale_channels]\nfrom=0\n", "one number for"},
         {"[net]\n[dropout]\n[conv]\nfilters=2\n[sam]\nfrom=0\n",
          "different shapes"},
         {"[net]\n[dropout]\n[sam]\nfrom=0,0\n", "one layer in from"},
         {"[net]\nwidth=2\nheight=2\n[conv]\nfilters=1\nsize=5\nstride=8\n"
          "activation=linear\n",
          "no usable size"},
         {"[net]\n[dropout]\n[route]\nlayers=x\n", "no number"},
         {"[net]\n[dropout]\n[route]\n", "1 to 64 layers"},
         {"[net]\n[conv]\nfilters=1\n[conv]\nfilters=1\nstride=2\n"
          "[route]\nlayers=0,1\n",
          "different sizes; try a width and height that"},
         {"[net]\n[convolutional]\nfilters=8\nactivation=tanhh\n",
          "unknown activation \"tanhh\"; no engine builds it; take a network "
          "with linear, leaky, relu, relu6, logistic, mish, swish, tanh"},
         {"[net]\n[convolutional]\nfilters=8\ngroups=2\n",
          "multiple of its groups"},
         {"[net]\n[convolutional]\nfilters=70000\n", "filters = 70000"},
         {"[net]\n[convolutional]\nfilters=8\nsize=3\ndilation=2\n",
          "line 5: dilation = 2 is not built"},
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
