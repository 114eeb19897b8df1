#include "runtime/nn/run_failure.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(run_failure_tests)

BOOST_AUTO_TEST_CASE(a_network_that_gets_no_memory_is_no_matter_of_its_card) {
  input_batch in;
  in.resize(2, 32, 64);
  auto says = [&](const std::string& cause) {
    auto x = run_failure("yolo", in, cause);
    BOOST_TEST((x == ec::inference));
    return describe(x);
  };
  auto shape = says("shape '[1, 3]' is invalid");
  BOOST_TEST(shape.find("failed to run model yolo on [2, 3, 32, 64]: shape "
                        "'[1, 3]' is invalid; compare its card's [input]")
             != std::string::npos);
  // LibTorch on a CPU and on a GPU, OpenCV, the standard library.
  for (auto cause :
       {"DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 "
        "bytes",
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "OpenCV(4.6.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed "
        "to allocate 9 bytes",
        "std::bad_alloc"}) {
    auto text = says(cause);
    BOOST_TEST(text.find("give it more memory") != std::string::npos, text);
    BOOST_TEST(text.find("card") == std::string::npos, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
