// A user's function that does what the test says: the options are its kind of
// fault, which it commits at every third frame.

#include <vpaas/function.hpp>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <thread>

namespace {

class faulty : public vpaas::function {
public:
  explicit faulty(const std::string& fault) : fault_(fault) {
    if (fault_ == "make")
      throw std::runtime_error("it does not want to");
    if (fault_ == "stay away")
      std::exit(3);
  }

  void apply(const vpaas::input& in, vpaas::output& out) override {
    auto number = in.frame().number;
    if (number % 3 == 2)
      fail(out);
    // What it saw, so that a test knows that it saw the right one.
    out.add({0, 0, .5f, .5f}, std::to_string(in.luma(1)[2]).c_str(),
            float(number % 100) / 100);
  }

private:
  void fail(vpaas::output& out) {
    if (fault_ == "abort")
      std::abort();
    if (fault_ == "hang")
      for (;;)
        std::this_thread::sleep_for(std::chrono::seconds(1));
    if (fault_ == "throw")
      throw std::runtime_error("no such day");
    if (fault_ == "throw 7")
      throw 7;
    if (fault_ == "kind")
      out.kind("regions");
    if (fault_ == "box")
      out.add({std::numeric_limits<float>::quiet_NaN(), 0, 1, 1}, "x", 1);
    if (fault_ == "many")
      while (out.add({0, 0, 1, 1}, "x", 1))
        ;
    if (fault_ == "leak")
      for (size_t i = 0; i < 16; ++i) // 1 GB
        keep_[i] = new char[size_t{64} << 20]();
  }

  std::string fault_;
  char* keep_[16];
};

} // namespace

VPAAS_FUNCTION(faulty, "faulty", "fails as its options say")
