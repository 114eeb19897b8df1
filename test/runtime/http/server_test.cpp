#include "runtime/http/server.hpp"

#include "runtime/error.hpp"
#include "support/https.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;

namespace {

http_answer text(const std::string& x) {
  http_answer result;
  result.type = "text/plain";
  result.body = x;
  return result;
}

struct fixture {
  fixture() {
    BOOST_TEST(!make_page_certificate(dir.path("page"), "127.0.0.1"));
    cfg.certificate = dir.path("page.pem");
    cfg.key = dir.path("page.key");
    cfg.patience = 1s;
  }

  std::unique_ptr<http_server> start(http_handler f) {
    return value_of(http_server::start(cfg, std::move(f)));
  }

  test::temp_dir dir;
  http_server_config cfg;
};

/// A connection that never says anything.
struct mute {
  explicit mute(uint16_t port) : fd(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    BOOST_REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to)
                  == 0);
  }

  mute(mute&& x) noexcept : fd(std::exchange(x.fd, -1)) {
    // nop
  }

  ~mute() {
    if (fd >= 0)
      ::close(fd);
  }

  int fd;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(server_tests, fixture)

BOOST_AUTO_TEST_CASE(a_request_is_seen_whole) {
  http_request seen;
  auto uut = start([&](const http_request& x) {
    seen = x;
    return text("hello");
  });
  test::https_client browser{uut->port()};
  browser.headers.emplace("X-Some", "thing");
  auto x = browser.ask("POST", "/a/b%20c?q=1&r=%2F", "{}");
  BOOST_TEST(x.status == 200);
  BOOST_TEST(x.text == "hello");
  BOOST_TEST(seen.method == "POST");
  BOOST_TEST(seen.path == "/a/b c");
  BOOST_TEST(seen.get("q") == "1");
  BOOST_TEST(seen.get("r") == "/");
  BOOST_TEST(seen.header("x-some") == "thing");
  BOOST_TEST(seen.body == "{}");
  BOOST_TEST(seen.from == "127.0.0.1");
  BOOST_TEST(browser.ask("GET", "/").text == "hello");
  BOOST_TEST(browser.ask("DELETE", "/x").text == "hello");
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_fails_one_request) {
  auto uut = start([&](const http_request& x) {
    if (x.path == "/bad")
      throw std::runtime_error("secret");
    return text("good");
  });
  test::https_client browser{uut->port()};
  auto x = browser.ask("GET", "/bad");
  BOOST_TEST(x.status == 500);
  BOOST_TEST(x.text.find("secret") == std::string::npos);
  BOOST_TEST(browser.ask("GET", "/").text == "good");
  BOOST_TEST(uut->counts().failed == 1u);
}

BOOST_AUTO_TEST_CASE(large_bodies_are_refused_unread) {
  cfg.max_body = 1000;
  cfg.headers = {{"X-Frame-Options", "DENY"}};
  auto uut = start([&](const http_request&) { return text("seen"); });
  test::https_client browser{uut->port()};
  BOOST_TEST(browser.ask("POST", "/", std::string(1000, 'x')).text == "seen");
  auto x = browser.ask("POST", "/", std::string(1001, 'x'));
  BOOST_TEST(x.status == 413);
  BOOST_TEST(x.json()["code"] == "bad_input");
  BOOST_TEST(x.headers.count("X-Frame-Options") == 1u);
}

BOOST_AUTO_TEST_CASE(a_body_that_nobody_reads_ends_its_connection) {
  std::atomic<int> seen{0};
  auto uut = start([&](const http_request&) {
    ++seen;
    return text("hello");
  });
  auto refused = [&](const char* method, int status, const char* range) {
    test::https_client browser{uut->port()};
    if (range)
      browser.headers.emplace("Range", range);
    auto x = browser.ask(method, "/", "some text");
    BOOST_TEST(x.status == status, method);
    auto end = x.headers.find("Connection");
    BOOST_TEST((end != x.headers.end() && end->second == "close"), method);
    browser.headers.clear();
    BOOST_TEST(browser.ask("GET", "/").text == "hello");
  };
  for (auto* method : {"GET", "HEAD", "PATCH", "OPTIONS"})
    refused(method, 400, nullptr);
  for (auto* method : {"GET", "POST"}) // before it is read
    refused(method, 416, "bytes=2-1x");
  BOOST_TEST(seen == 6); // those that came after
}

BOOST_AUTO_TEST_CASE(nothing_is_read_behind_a_body_that_nobody_reads) {
  std::atomic<int> later{0};
  auto uut = start([&](const http_request& x) {
    later += x.path == "/later";
    return text("hello");
  });
  for (auto* head :
       {"PATCH / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nRange: bytes=2-1x\r\n"}) {
    mute raw{uut->port()};
    auto context = SSL_CTX_new(TLS_client_method());
    auto link = SSL_new(context);
    SSL_set_fd(link, raw.fd);
    BOOST_TEST_REQUIRE(SSL_connect(link) == 1);
    auto with_body = std::string{head}
                     + "Host: x\r\nContent-Length: 11\r\n\r\nsome text\r\n";
    for (auto& x : {with_body, std::string{"GET /later HTTP/1.1\r\nHost: x\r\n"
                                           "\r\n"}})
      BOOST_TEST(SSL_write(link, x.data(), int(x.size())) > 0);
    char answer[1000];
    while (SSL_read(link, answer, sizeof answer) > 0)
      ; // until the server ends the connection
    SSL_free(link);
    SSL_CTX_free(context);
    BOOST_TEST(later == 0, head);
  }
}

BOOST_AUTO_TEST_CASE(a_stream_goes_on_until_it_ends) {
  auto uut = start([&](const http_request&) {
    http_answer x;
    x.type = "text/event-stream";
    x.stream = [n = std::make_shared<int>(0)](const http_sink& sink) {
      sink("x", 1);
      return ++*n < 5;
    };
    return x;
  });
  test::https_client browser{uut->port()};
  BOOST_TEST(browser.ask("GET", "/").text == "xxxxx");
  BOOST_TEST(uut->counts().streams == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_ends_under_streams_that_do_not) {
  std::atomic<int> calls{0};
  auto uut = start([&](const http_request&) {
    http_answer x;
    x.stream = [&](const http_sink& sink) { return ++calls, sink("x", 1); };
    return x;
  });
  test::https_client browser{uut->port()};
  std::thread reader{[&] { browser.ask("GET", "/"); }};
  while (calls == 0)
    std::this_thread::yield();
  uut.reset();
  reader.join();
}

BOOST_AUTO_TEST_CASE(too_many_streams_are_refused) {
  cfg.max_streams = 1;
  std::atomic<bool> open{false}, close{false};
  auto uut = start([&](const http_request&) {
    http_answer x;
    x.stream = [&](const http_sink& sink) {
      open = true;
      return sink("x", 1) && !close;
    };
    return x;
  });
  test::https_client first{uut->port()}, second{uut->port()};
  std::thread reader{[&] { first.ask("GET", "/"); }};
  while (!open)
    std::this_thread::yield();
  auto x = second.ask("GET", "/");
  BOOST_TEST(x.status == 503);
  BOOST_TEST(x.headers.count("Retry-After") == 1u);
  close = true;
  reader.join();
  BOOST_TEST(second.ask("GET", "/").text == "x");
}

BOOST_AUTO_TEST_CASE(who_says_nothing_holds_nobody_up) {
  cfg.max_connections = 8;
  auto uut = start([&](const http_request&) { return text("hello"); });
  std::vector<mute> visitors;
  for (int i = 0; i < 40; ++i)
    visitors.emplace_back(uut->port());
  test::https_client browser{uut->port()};
  browser.client().set_read_timeout(60);
  // A moment later, when those were cut off.
  auto text = std::string{};
  for (int i = 0; i < 100 && text != "hello"; ++i)
    text = browser.ask("GET", "/").text;
  BOOST_TEST(text == "hello");
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_said) {
  auto first = start([](const http_request&) { return http_answer{}; });
  cfg.port = first->port();
  auto second = http_server::start(
    cfg, [](const http_request&) { return http_answer{}; });
  BOOST_REQUIRE(!second);
  BOOST_TEST((second.error() == ec::io));
}

BOOST_AUTO_TEST_CASE(files_that_are_no_certificate_are_said) {
  cfg.key = cfg.certificate;
  auto x = http_server::start(
    cfg, [](const http_request&) { return http_answer{}; });
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
