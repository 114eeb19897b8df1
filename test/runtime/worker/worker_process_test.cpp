#include "runtime/worker/worker_process.hpp"

#include "runtime/error.hpp"
#include "runtime/worker/function_library.hpp"
#include "support/picture_of_grey.hpp"
#include "support/resident_memory.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

using namespace vpaas;
using namespace std::chrono_literals;
using test::picture_of_grey;
using test::value_of;

namespace tt = boost::test_tools;

namespace {

constexpr auto generous = 20s;

/// What lies beside this program.
std::string beside(const std::string& name) {
  return (std::filesystem::path{worker_program()}.parent_path() / name)
    .string();
}

worker_config faulty(const std::string& fault) {
  worker_config result;
  result.program = worker_program();
  result.library = beside("libfaulty_function.so");
  result.options = fault;
  result.memory = 300 << 20;
  result.start_limit = generous;
  return result;
}

std::unique_ptr<worker_process> start(const std::string& fault) {
  return value_of(worker_process::start(faulty(fault)));
}

worker_answer ask(worker_process& uut, uint64_t number, uint8_t grey = 100) {
  picture_of_grey x{number, grey};
  if (auto err = uut.send(x.view()))
    throw std::runtime_error(describe(err));
  return value_of(uut.receive(generous));
}

/// Why there is no answer to frame 2, at which the fault is committed.
caf::error problem(worker_process& uut, caf::timespan limit = generous) {
  picture_of_grey x{2, 100};
  if (auto err = uut.send(x.view()))
    return err;
  auto answer = uut.receive(limit);
  return answer ? check_answer(*answer, uut.hello().output) : answer.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(worker_process_tests)

BOOST_AUTO_TEST_CASE(a_function_answers_from_a_process_of_its_own) {
  auto uut = start("");
  BOOST_TEST(uut->hello().name == "faulty");
  BOOST_TEST(uut->hello().output == "detections");
  BOOST_TEST(uut->id() != ::getpid());
  auto x = ask(*uut, 7, 33);
  BOOST_TEST(!check_answer(x, "detections"));
  BOOST_REQUIRE(x.objects.size() == 1u);
  BOOST_TEST(x.objects[0].label == "33"); // it saw the picture
  BOOST_TEST(x.objects[0].score == .07f, tt::tolerance(1e-5f));
  BOOST_TEST(x.resident > 0u);
}

BOOST_AUTO_TEST_CASE(some_frames_may_be_with_it_and_keep_their_order) {
  auto uut = start("");
  picture_of_grey a{0, 10}, b{1, 20}, c{3, 30};
  BOOST_TEST(!uut->send(a.view()));
  BOOST_TEST(!uut->send(b.view()));
  BOOST_TEST(uut->busy() == 2u);
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "10");
  BOOST_TEST(!uut->send(c.view()));
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "20");
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "30");
}

BOOST_AUTO_TEST_CASE(a_larger_frame_gets_more_room) {
  auto uut = start("");
  ask(*uut, 0, 10);
  picture_of_grey small{1, 20}, large{3, 30, 1920, 1080};
  BOOST_TEST(!uut->send(small.view()));
  BOOST_TEST((uut->send(large.view()) == ec::overload)); // not beside another
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "20");
  BOOST_TEST(!uut->send(large.view()));
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "30");
  BOOST_TEST(ask(*uut, 4, 40).objects.at(0).label == "40");
}

BOOST_AUTO_TEST_CASE(what_throws_costs_its_frame_only) {
  auto uut = start("throw");
  BOOST_TEST(describe(problem(*uut)) == "inference: no such day");
  BOOST_TEST(ask(*uut, 3).objects.size() == 1u);
  auto other = start("throw 7");
  BOOST_TEST(cause_of(problem(*other)).find("std::exception")
             != std::string::npos);
  BOOST_TEST(ask(*other, 3).objects.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_none_costs_its_frame_only) {
  const std::pair<const char*, const char*> cases[]
    = {{"kind", "it answered regions, not detections"},
       {"box", "it answered a box that is not within the frame"}};
  for (auto& [fault, cause] : cases) {
    auto uut = start(fault);
    BOOST_TEST(cause_of(problem(*uut)).find(cause) == 0u, fault);
    BOOST_TEST(ask(*uut, 3).objects.size() == 1u);
  }
  auto many = start("many");
  BOOST_TEST(!problem(*many)); // it was told that there is no more room
}

BOOST_AUTO_TEST_CASE(a_crash_is_an_error_that_says_how) {
  auto uut = start("abort");
  ask(*uut, 1);
  auto err = problem(*uut);
  BOOST_TEST((err == ec::io));
  BOOST_TEST(cause_of(err) == "it was ended by signal Aborted");
}

BOOST_AUTO_TEST_CASE(what_was_answered_before_a_crash_is_not_lost) {
  auto uut = start("abort");
  std::vector<picture_of_grey> xs;
  for (uint64_t i = 0; i < 4; ++i)
    xs.emplace_back(i, uint8_t(10 * i));
  for (size_t i = 0; i < 3; ++i)
    BOOST_TEST(!uut->send(xs[i].view()));
  siginfo_t ended{}; // frame 2 ends it, and nobody has read its answers
  BOOST_TEST(::waitid(P_PID, id_t(uut->id()), &ended, WEXITED | WNOWAIT) == 0);
  BOOST_TEST((uut->send(xs[3].view()) == ec::io));
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "0");
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "10");
  auto third = uut->receive(generous);
  BOOST_TEST(!third);
  BOOST_TEST(cause_of(third.error()) == "it was ended by signal Aborted");
}

BOOST_AUTO_TEST_CASE(a_hang_ends_at_its_limit) {
  auto uut = start("hang");
  ask(*uut, 1);
  BOOST_TEST((problem(*uut, 300ms) == ec::deadline));
  auto id = uut->id();
  uut.reset();
  BOOST_TEST(::kill(id, 0) == -1); // it is gone, and reaped
}

BOOST_AUTO_TEST_CASE(a_leak_of_a_gigabyte_is_out_of_memory) {
  if (!test::limits_can_be_survived) {
    BOOST_TEST_MESSAGE("not under a sanitizer");
    return;
  }
  auto uut = start("leak");
  ask(*uut, 1);
  picture_of_grey x{2, 100};
  BOOST_TEST(!uut->send(x.view()));
  auto answer = value_of(uut->receive(generous));
  BOOST_TEST((answer.verdict == worker_verdict::out_of_memory));
  BOOST_TEST(answer.resident < 350u << 20);
  BOOST_TEST((uut->send(x.view()) || !uut->receive(generous))); // it ended
}

BOOST_AUTO_TEST_CASE(what_cannot_be_started_says_why) {
  auto why = [](const worker_config& cfg) {
    auto x = worker_process::start(cfg);
    return x ? "started" : describe(x.error());
  };
  BOOST_TEST(why(faulty("make")).find("it cannot be made: it does not want to")
             != std::string::npos);
  BOOST_TEST(why(faulty("stay away")) == "io: it ended with code 3");
  auto none = faulty("");
  none.library = beside("nothing.so");
  BOOST_TEST(why(none).find("bad_config: failed to load function") == 0u);
  auto other = faulty("");
  other.library = "/lib/x86_64-linux-gnu/libm.so.6";
  if (std::filesystem::exists(other.library))
    BOOST_TEST(why(other).find("it has no vpaas_describe; write "
                               "VPAAS_FUNCTION")
               != std::string::npos);
  auto lost = faulty("");
  lost.program = beside("no-such-program");
  BOOST_TEST(why(lost).find("io: failed to start") == 0u);
}

BOOST_AUTO_TEST_CASE(one_that_ended_takes_no_other_childs_end) {
  auto uut = start("abort");
  problem(*uut); // it is reaped
  auto other = ::fork();
  if (other == 0)
    ::_exit(7);
  siginfo_t ended{};
  BOOST_TEST(::waitid(P_PID, id_t(other), &ended, WEXITED | WNOWAIT) == 0);
  picture_of_grey x{3, 100};
  BOOST_TEST((uut->send(x.view()) == ec::io));
  int status = 0;
  BOOST_TEST(::waitpid(other, &status, 0) == other);
  BOOST_TEST(WEXITSTATUS(status) == 7);
}

BOOST_AUTO_TEST_CASE(a_frame_without_room_is_not_written) {
  auto uut = start("");
  ask(*uut, 0, 10);
  picture_of_grey large{1, 20, 1920, 1080};
  rlimit before{};
  ::getrlimit(RLIMIT_AS, &before);
  auto tight = before;
  tight.rlim_cur = 1 << 20; // nothing more can be mapped
  ::setrlimit(RLIMIT_AS, &tight);
  auto refused = uut->send(large.view());
  auto again = uut->send(large.view());
  ::setrlimit(RLIMIT_AS, &before);
  BOOST_TEST((refused == ec::io));
  BOOST_TEST((again == ec::io));
  BOOST_TEST(!uut->send(large.view()));
  BOOST_TEST(value_of(uut->receive(generous)).objects.at(0).label == "20");
}

// A descriptor that it inherits would keep a port or a file of the node open.
BOOST_AUTO_TEST_CASE(it_inherits_nothing_of_the_node) {
  auto secret = ::dup(2); // not closed on exec
  ::setenv("VPAAS_SECRET", "password", 1);
  auto uut = start("");
  auto folder = "/proc/" + std::to_string(uut->id());
  std::vector<std::string> numbers;
  for (auto& x : std::filesystem::directory_iterator{folder + "/fd"})
    numbers.push_back(x.path().filename());
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> expected{"0", "1", "2", "3", "4"};
  BOOST_TEST(numbers == expected, tt::per_element());
  std::ifstream variables{folder + "/environ"};
  std::string text{std::istreambuf_iterator<char>{variables}, {}};
  BOOST_TEST(text.find("password") == std::string::npos);
  ::unsetenv("VPAAS_SECRET");
  ::close(secret);
}

BOOST_AUTO_TEST_SUITE_END()
