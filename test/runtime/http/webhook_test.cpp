#include "runtime/http/webhook.hpp"

#include "runtime/error.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>
#include <httplib.h>

#include <future>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;

namespace {

/// A receiver that answers as it is told.
struct receiver {
  receiver() {
    server.Post("/hook",
                [this](const httplib::Request& in, httplib::Response& out) {
                  body = in.body;
                  signature = in.get_header_value("X-VPaaS-Signature");
                  type = in.get_header_value("Content-Type");
                  connection = in.get_header_value("Connection");
                  out.status = status;
                });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread{[this] { server.listen_after_bind(); }};
    while (!server.is_running())
      std::this_thread::yield();
  }

  ~receiver() {
    server.stop();
    thread.join();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port) + "/hook";
  }

  httplib::Server server;
  std::thread thread;
  int port = 0;
  int status = 204;
  std::string body, signature, type, connection;
};

caf::timestamp now() {
  return caf::timestamp{1700000000s};
}

webhook hook_of(const std::string& url, const std::string& secret = "") {
  webhook_config cfg;
  cfg.url = url;
  cfg.secret = secret;
  return value_of(webhook::open(cfg));
}

} // namespace

BOOST_AUTO_TEST_SUITE(webhook_tests)

BOOST_AUTO_TEST_CASE(it_posts_and_signs) {
  receiver to;
  auto uut = hook_of(to.url(), "key");
  auto err = uut.post("{\"notices\":[]}", now());
  BOOST_TEST(!err, describe(err));
  BOOST_TEST(to.body == "{\"notices\":[]}");
  BOOST_TEST(to.type == "application/json");
  // Over TLS the next post would not notice that an idle receiver closed it.
  BOOST_TEST(to.connection == "close");
  // printf '1700000000.{"notices":[]}' | openssl dgst -sha256 -hmac key
  BOOST_TEST(
    to.signature
    == "t=1700000000,v1="
       "4d3c18dca0e4bd944aabcbda942daae9cdb5a83d65fae0d57d7e481e4a74d017");
}

BOOST_AUTO_TEST_CASE(without_a_key_it_does_not_sign) {
  receiver to;
  BOOST_TEST(!hook_of(to.url()).post("{}", now()));
  BOOST_TEST(to.signature == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_taken_is_an_error_that_says_why) {
  receiver to;
  to.status = 503;
  auto err = hook_of(to.url()).post("{}", now());
  BOOST_TEST((err == ec::io));
  BOOST_TEST(describe(err).find("it answered 503") != std::string::npos,
             describe(err));
}

BOOST_AUTO_TEST_CASE(who_does_not_listen_is_said) {
  std::string url;
  {
    receiver gone;
    url = gone.url();
  }
  auto err = hook_of(url).post("{}", now());
  BOOST_TEST((err == ec::io));
  BOOST_TEST(describe(err).find("no answer") != std::string::npos,
             describe(err));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_none_is_refused) {
  for (auto* url : {"", "hook", "ftp://host/x", "https://", "https://u:p@host/",
                    "https://host:x/"}) {
    webhook_config cfg;
    cfg.url = url;
    auto opened = webhook::open(cfg);
    BOOST_TEST(!opened, url);
    if (!opened)
      BOOST_TEST((opened.error() == ec::bad_config));
  }
}

BOOST_AUTO_TEST_SUITE_END()
