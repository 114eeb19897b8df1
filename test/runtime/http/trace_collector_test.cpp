#include "runtime/http/trace_collector.hpp"

#include "runtime/error.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>
#include <httplib.h>

#include <future>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;
using verdict = export_answer::verdict;

namespace {

/// A collector that answers as it is told.
struct collector {
  collector() {
    server.Post(".*",
                [this](const httplib::Request& in, httplib::Response& out) {
                  path = in.path;
                  type = in.get_header_value("Content-Type");
                  size = in.body.size();
                  out.status = status;
                  if (!retry_after.empty())
                    out.set_header("Retry-After", retry_after);
                  if (wait.valid())
                    wait.wait();
                  out.set_content(body, "application/x-protobuf");
                });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread{[this] { server.listen_after_bind(); }};
    while (!server.is_running())
      std::this_thread::yield();
  }

  ~collector() {
    server.stop();
    thread.join();
  }

  trace_collector client(const std::string& tail = "",
                         caf::timespan patience = 60s) const {
    auto url = "http://127.0.0.1:" + std::to_string(port) + tail;
    return value_of(
      trace_collector::open({"collector", url, "", patience}, "1"));
  }

  export_answer ask() const {
    return client().send({span{}});
  }

  httplib::Server server;
  std::thread thread;
  int port = 0;
  int status = 200;
  size_t size = 0;
  std::string path, type, body, retry_after;
  std::shared_future<void> wait;
};

} // namespace

BOOST_AUTO_TEST_SUITE(trace_collector_tests)

BOOST_AUTO_TEST_CASE(it_posts_protobuf_below_the_endpoint) {
  collector to;
  auto x = to.ask();
  BOOST_TEST((x.what == verdict::taken), x.problem);
  BOOST_TEST(to.path == "/v1/traces");
  BOOST_TEST(to.type == "application/x-protobuf");
  BOOST_TEST(to.size > 50u);
  for (auto* tail : {"/otlp", "/otlp/"}) {
    BOOST_TEST((to.client(tail).send({span{}}).what == verdict::taken));
    BOOST_TEST(to.path == "/otlp/v1/traces");
  }
}

BOOST_AUTO_TEST_CASE(what_is_busy_is_asked_again_and_what_refuses_is_not) {
  collector to;
  for (auto status : {429, 502, 503, 504}) {
    to.status = status;
    BOOST_TEST((to.ask().what == verdict::later), status);
  }
  for (auto status : {301, 400, 401, 404, 413, 500, 501}) {
    to.status = status;
    auto x = to.ask();
    BOOST_TEST((x.what == verdict::refused), status);
    BOOST_TEST(x.problem.find(std::to_string(status)) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(it_may_say_when_to_come_again) {
  collector to;
  to.status = 429;
  to.retry_after = "7";
  BOOST_TEST((to.ask().retry_after == caf::timespan{7s}));
  for (auto* x :
       {"Fri, 31 Dec 1999 23:59:59 GMT", "-1", "7s", "99999999999999999999"}) {
    to.retry_after = x;
    BOOST_TEST(!to.ask().retry_after, x);
  }
}

BOOST_AUTO_TEST_CASE(what_it_takes_in_part_is_said) {
  collector to;
  to.body = std::string{"\x0a\x06\x08\x05\x12\x02no", 8};
  auto x = to.ask();
  BOOST_TEST((x.what == verdict::taken));
  BOOST_TEST(x.rejected == 5u);
  BOOST_TEST(x.problem == "no");
  to.body = "<html>"; // says nothing
  BOOST_TEST(to.ask().rejected == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_without_end_is_not_kept) {
  collector to;
  to.body = std::string(10 << 20, 'x');
  BOOST_TEST((to.ask().what == verdict::taken));
}

BOOST_AUTO_TEST_CASE(one_that_is_away_is_asked_again) {
  std::unique_ptr<trace_collector> uut;
  {
    collector gone;
    uut = std::make_unique<trace_collector>(gone.client());
  }
  auto x = uut->send({span{}});
  BOOST_TEST((x.what == verdict::later));
  BOOST_TEST(x.problem.find("no answer") != std::string::npos, x.problem);
}

BOOST_AUTO_TEST_CASE(one_that_does_not_answer_is_given_up) {
  std::promise<void> end;
  collector to;
  to.wait = end.get_future().share();
  auto x = to.client("", 200ms).send({span{}});
  end.set_value();
  BOOST_TEST((x.what == verdict::later));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_none_is_refused) {
  for (auto* url : {"", "collector:4318", "grpc://host:4317", "http://u:p@h"})
    BOOST_TEST(!trace_collector::open({"collector", url, "", 1s}, "1"), url);
}

BOOST_AUTO_TEST_SUITE_END()
