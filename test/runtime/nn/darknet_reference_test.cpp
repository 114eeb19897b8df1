// Random darknet networks against Debian's darknet and against OpenCV. Each is
// skipped with a line where it is missing.

#include "runtime/nn/network.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

#include <opencv2/dnn.hpp>

#include <dlfcn.h>

#include <cmath>
#include <random>
#include <sstream>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// The few functions of Debian's libdarknet that a prediction needs; networks
/// are handed about by pointer only.
class libdarknet {
public:
  libdarknet() : library_(dlopen("/usr/lib/darknet/libdarknet.so", RTLD_NOW)) {
    // nop
  }

  bool there() const {
    return library_ != nullptr;
  }

  /// What the last layer says of planes of colours in [0, 1].
  std::vector<float> predict(std::string cfg, std::string weights,
                             std::vector<float> planes, size_t outputs) const {
    auto load = reinterpret_cast<void* (*)(char*, char*, int)>(
      dlsym(library_, "load_network"));
    auto batch = reinterpret_cast<void (*)(void*, int)>(
      dlsym(library_, "set_batch_network"));
    auto run = reinterpret_cast<float* (*)(void*, float*)>(
      dlsym(library_, "network_predict"));
    auto net = load(cfg.data(), weights.data(), 0);
    batch(net, 1);
    auto out = run(net, planes.data());
    return {out, out + outputs};
  }

private:
  void* library_;
};

constexpr int side = 32;

/// Planes of random colours in [0, 1], and the same as a batch.
struct picture {
  std::vector<float> planes;
  input_batch batch;

  explicit picture(std::mt19937& random) {
    std::uniform_real_distribution<float> colour(0, 1);
    planes.resize(3 * side * side);
    batch.resize(1, side, side);
    batch.content = {{0, 0, side, side}};
    for (size_t i = 0; i < planes.size(); ++i) {
      planes[i] = colour(random);
      auto plane = i / (side * side), place = i % (side * side);
      batch.values[place * 3 + plane] = planes[i];
    }
  }
};

/// A file of random weights; some variances are close to nothing.
std::string random_weights(const darknet_network& net, int32_t revision,
                           std::mt19937& random) {
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> values;
  auto put = [&](int n, float scale, bool positive) {
    for (int i = 0; i < n; ++i) {
      auto x = normal(random) * scale;
      values.push_back(positive ? std::abs(x) : x);
    }
  };
  for (auto& x : net.layers) {
    if (x.is != darknet_layer::kind::convolutional)
      continue;
    put(x.channels, .1f, false);
    auto kernel = x.inputs / x.groups * x.size * x.size;
    if (x.batch_normalize) {
      put(x.channels, .5f, false);
      put(x.channels, .1f, false);
      put(x.channels, 1, true);
      for (int i = 0; i < x.channels; i += 3) { // hardly varies, hardly counts
        auto at = values.size() - size_t(x.channels) + size_t(i);
        values[at] = 1e-5f;
        values[at - size_t(x.channels)] = 0;
        values[at - 2 * size_t(x.channels)] *= 1e-3f;
      }
    }
    put(x.channels * kernel, 1 / std::sqrt(float(kernel)), false);
  }
  return bytes_of(int32_t{0}) + bytes_of(int32_t{2}) + bytes_of(revision)
         + bytes_of(uint64_t{1}) + bytes_of(values);
}

/// A chain of random layers, the last a head of one anchor and one class.
class random_network {
public:
  random_network(std::mt19937& random, bool alexeyab) : random_(random) {
    out_ << "[net]\nbatch=1\nwidth=" << side << "\nheight=" << side
         << "\nchannels=3\n";
    conv(8, 3, 2);
    conv(8, 1, 1);
    for (int i = 0; i < 6; ++i)
      switch (random_() % (alexeyab ? 7 : 5)) {
        case 0:
          conv(8, 3, 1);
          break;
        case 1: // as many channels as both have
          conv(4 + 4 * int(random_() % 3), 1, 1);
          layer("[shortcut]\nfrom=-2\nactivation=linear\n");
          conv(8, 1, 1);
          break;
        case 2:
          layer("[maxpool]\nsize=2\nstride=2\n");
          layer("[upsample]\nstride=2\n");
          layer("[route]\nlayers=-1,-3\n");
          conv(8, 1, 1);
          break;
        case 3:
          layer("[maxpool]\nsize=3\nstride=1\n");
          layer("[convolutional]\nfilters=8\nsize=3\npad=1\ngroups=8\n"
                "activation=relu\n");
          break;
        case 4: // a window of which one side has more beside the picture
          layer("[maxpool]\nsize=4\nstride=2\n");
          layer("[upsample]\nstride=2\n");
          break;
        case 5:
          layer("[route]\nlayers=-1\ngroups=2\ngroup_id=1\n");
          conv(8, 1, 1);
          layer("[avgpool]\n");
          layer("[convolutional]\nfilters=8\nsize=1\nactivation=logistic\n");
          layer("[scale_channels]\nfrom=-3\n");
          break;
        default:
          layer("[convolutional]\nfilters=8\nsize=1\nactivation=logistic\n");
          layer("[sam]\nfrom=-2\n");
          conv(8, 1, 1, random_() % 2 == 0 ? "mish" : "swish");
      }
    layer("[convolutional]\nfilters=6\nsize=1\nactivation=linear\n");
  }

  std::string with_head(const std::string& keys) const {
    return out_.str() + "[yolo]\nmask=0\nanchors=9,7\nclasses=1\nnum=1\n"
           + keys;
  }

private:
  void layer(const std::string& text) {
    out_ << text;
  }

  void conv(int filters, int size, int stride, const char* then = "leaky") {
    out_ << "[convolutional]\nbatch_normalize=1\nfilters=" << filters
         << "\nsize=" << size << "\nstride=" << stride
         << "\npad=1\nactivation=" << then << "\nactivation=linear\n"
         << "filters=3\n"; // the first of two counts
  }

  std::mt19937& random_;
  std::ostringstream out_;
};

struct made {
  located_model model;
  darknet_network net;
};

made make(const temp_dir& dir, const std::string& cfg, int32_t revision,
          std::mt19937& random) {
  auto net = parse_darknet(cfg, "random.cfg");
  BOOST_REQUIRE_MESSAGE(net, why(net) << cfg);
  made result;
  result.net = *net;
  result.model.paths["config"] = dir.write("random.cfg", cfg);
  result.model.paths["weights"]
    = dir.write("random.weights", random_weights(*net, revision, random));
  auto& card = result.model.card;
  card.built_as = architecture::darknet;
  card.input.width = card.input.height = side;
  card.input.std = {255, 255, 255};
  return result;
}

std::vector<float> ours(const made& x, const picture& in) {
  auto net = load_network(x.model, {});
  BOOST_REQUIRE_MESSAGE(net, why(net));
  auto out = (*net)->run(in.batch);
  BOOST_REQUIRE_MESSAGE(out, why(out));
  auto& y = out->front();
  return {y.data, y.data + y.size()};
}

float logistic(float x) {
  return 1 / (1 + std::exp(-x));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(darknet_reference_tests, temp_dir)

BOOST_AUTO_TEST_CASE(random_networks_answer_as_in_debians_darknet) {
  libdarknet reference;
  if (!reference.there()) {
    BOOST_TEST_MESSAGE("skipped: no package darknet");
    return;
  }
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    random_network cfg{random, false};
    auto x = make(*this, cfg.with_head(""), 0, random);
    picture in{random};
    auto found = ours(x, in);
    auto wanted = reference.predict(x.model.paths["config"],
                                    x.model.paths["weights"], in.planes,
                                    found.size());
    // Theirs are planes, and through the logistic but for the sides.
    auto cells = found.size() / 6;
    for (size_t cell = 0; cell < cells; ++cell)
      for (size_t k = 0; k < 6; ++k) {
        auto mine = found[cell * 6 + k];
        auto theirs = wanted[k * cells + cell];
        mine = k == 2 || k == 3 ? mine : logistic(mine);
        BOOST_REQUIRE_SMALL(
          std::abs(mine - theirs) / std::max(1.f, std::abs(theirs)), 2e-4f);
      }
  }
}

BOOST_AUTO_TEST_CASE(random_networks_answer_as_in_opencv) {
  std::mt19937 random(4);
  for (int round = 0; round < 20; ++round) {
    auto new_coords = round % 2 == 1;
    random_network cfg{random, true};
    auto text
      = cfg.with_head("thresh=0.0001\nscale_x_y=1.1\n"
                      + std::string{new_coords ? "new_coords=1\n" : ""});
    // OpenCV takes the last of two keys: leave it only the first.
    for (auto second : {"\nactivation=linear\nfilters=3"})
      for (size_t at; (at = text.find(second)) != std::string::npos;)
        text.erase(at, std::string{second}.size());
    if (new_coords)
      text.replace(text.rfind("activation=linear"), 17, "activation=logistic");
    BOOST_TEST_INFO_SCOPE(text);
    auto x = make(*this, text, 0, random);
    x.model.card.made_by = darknet_program::opencv;
    picture in{random};
    auto found = ours(x, in);
    auto net = cv::dnn::readNetFromDarknet(x.model.paths["config"],
                                           x.model.paths["weights"]);
    int shape[]{1, 3, side, side};
    net.setInput(cv::Mat(4, shape, CV_32F, in.planes.data()));
    auto theirs = net.forward();
    auto head = x.net.heads()[0];
    for (int cell = 0; cell < theirs.rows; ++cell) {
      auto row = found.data() + cell * 6;
      auto unit = [&](float v) { return new_coords ? v : logistic(v); };
      auto centre = (float(cell % head.grid_width) + unit(row[0]) * 1.1f - .05f)
                    / float(head.grid_width);
      auto width = new_coords ? 4 * row[2] * row[2] : std::exp(row[2]);
      auto wanted = theirs.ptr<float>(cell);
      BOOST_REQUIRE_SMALL(std::abs(centre - wanted[0]), 1e-4f);
      BOOST_REQUIRE_SMALL(std::abs(width * 9 / side - wanted[2])
                            / std::max(1.f, wanted[2]),
                          1e-3f);
      // OpenCV says nothing of objectness under new_coords, and drops classes
      // that others suppress.
      if (!new_coords)
        BOOST_REQUIRE_SMALL(std::abs(unit(row[4]) - wanted[4]), 1e-4f);
      if (wanted[5] > 0)
        BOOST_REQUIRE_SMALL(std::abs(unit(row[4]) * unit(row[5]) - wanted[5]),
                            1e-4f);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_epsilon_is_that_of_the_program) {
  // One channel of no variance: gamma 1, mean 0, weight 1, input 1.
  const std::string cfg = "[net]\nwidth=1\nheight=1\nchannels=3\n"
                          "[conv]\nbatch_normalize=1\nfilters=6\n"
                          "activation=linear\n"
                          "[yolo]\nanchors=1,1\nclasses=1\n";
  std::vector<float> values(6, 0);       // beta
  values.insert(values.end(), 6, 1e-4f); // gamma
  values.insert(values.end(), 12, 0);    // mean, variance
  values.insert(values.end(), 18, 1);    // weights
  auto answer = [&](int32_t revision, darknet_program made_by) {
    made x;
    x.model.paths["config"] = write("e.cfg", cfg);
    x.model.paths["weights"]
      = write("e.weights", bytes_of(int32_t{0}) + bytes_of(int32_t{2})
                             + bytes_of(revision) + bytes_of(uint64_t{1})
                             + bytes_of(values));
    auto& card = x.model.card;
    card.built_as = architecture::darknet;
    card.input.width = card.input.height = 1;
    card.made_by = made_by;
    auto net = load_network(x.model, {});
    BOOST_REQUIRE_MESSAGE(net, why(net));
    input_batch in;
    in.resize(1, 1, 1);
    in.values = {1, 1, 1};
    auto out = (*net)->run(in);
    BOOST_REQUIRE_MESSAGE(out, why(out));
    return out->front().data[0];
  };
  using program = darknet_program;
  BOOST_TEST(answer(0, program::darknet) == 300, // 3e-4 / 1e-6
             boost::test_tools::tolerance(1e-3f));
  BOOST_TEST(answer(0, program::alexeyab) == .0948683f, // 3e-4 / sqrt(1e-5)
             boost::test_tools::tolerance(1e-3f));
  BOOST_TEST(answer(0, program::opencv) == .3f, // 3e-4 / 1e-3
             boost::test_tools::tolerance(1e-3f));
  BOOST_TEST(answer(0, program::by_file) == answer(5, program::darknet));
  BOOST_TEST(answer(5, program::by_file) == answer(0, program::alexeyab));
}

BOOST_AUTO_TEST_SUITE_END()
