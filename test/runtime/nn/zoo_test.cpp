#include "runtime/nn/zoo.hpp"

#include "runtime/error.hpp"
#include "runtime/sha256.hpp"
#include "support/expect.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <httplib.h>

#include <fstream>
#include <thread>

using namespace vpaas;

using test::why;

namespace {

void write(const std::string& path, const std::string& content) {
  std::ofstream{path, std::ios::binary} << content;
}

/// A server of one file that truncates, lies or is slow as a test asks.
struct file_server {
  explicit file_server(std::string content) {
    server.Get("/file",
               [content](const httplib::Request&, httplib::Response& answer) {
                 answer.set_content(content, "application/octet-stream");
               });
    server.Get("/moved",
               [](const httplib::Request&, httplib::Response& answer) {
                 answer.set_redirect("/file");
               });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread{[this] { server.listen_after_bind(); }};
    while (!server.is_running())
      std::this_thread::yield();
  }

  ~file_server() {
    server.stop();
    thread.join();
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port) + path;
  }

  httplib::Server server;
  std::thread thread;
  int port = 0;
};

struct fixture {
  test::temp_dir folder;
  std::string content = "the weights";
  card_file file{"weights", "net.pt", sha256("the weights"), 11, ""};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(zoo_tests, fixture)

BOOST_AUTO_TEST_CASE(the_hash_is_that_of_the_standard) {
  // FIPS 180-2, appendix B.1
  BOOST_TEST(sha256("abc")
             == "ba7816bf8f01cfea414140de5dae2223"
                "b00361a396177a9cb410ff61f20015ad");
  write(folder.path("abc"), "abc");
  BOOST_TEST(*sha256_of_file(folder.path("abc")) == sha256("abc"));
}

BOOST_AUTO_TEST_CASE(a_file_is_found_under_any_name) {
  zoo uut{{}, {"/nowhere", folder.path()}};
  write(folder.path("net.pt"), content);
  BOOST_TEST(*uut.find(file) == folder.path("net.pt"));
  std::filesystem::rename(folder.path("net.pt"), folder.path("other.bin"));
  BOOST_TEST(*uut.find(file) == folder.path("other.bin"));
  std::filesystem::rename(folder.path("other.bin"), folder.path(file.sha256));
  file.bytes = 0;
  BOOST_TEST(*uut.find(file) == folder.path(file.sha256));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_missing_or_wrong_is_explained) {
  zoo uut{{}, {folder.path()}};
  auto none = uut.find(file);
  BOOST_REQUIRE(!none);
  BOOST_TEST((none.error() == ec::model_missing));
  BOOST_TEST(why(none).find("not in " + folder.path()) != std::string::npos);
  write(folder.path("net.pt"), "the wweight"); // as long, but another
  auto wrong = uut.find(file);
  BOOST_REQUIRE(!wrong);
  BOOST_TEST(why(wrong).find("has another hash") != std::string::npos);
  write(folder.path("net.pt"), "the weig"); // truncated
  BOOST_TEST(!uut.find(file));
}

BOOST_AUTO_TEST_CASE(an_unknown_model_lists_those_that_are_known) {
  write(folder.path("a.ini"), "");
  zoo uut{{folder.path()}, {}};
  auto x = uut.card("b");
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::not_found));
  BOOST_TEST(why(x).find("there are a") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_is_pulled_verified_and_kept) {
  file_server server{content};
  uint64_t seen = 0;
  for (auto path : {"/file", "/moved"}) {
    file.url = server.url(path);
    auto got = pull(file, folder.path("new/cache"),
                    [&](uint64_t now, uint64_t) {
                      seen = now;
                      return true;
                    });
    BOOST_REQUIRE_MESSAGE(got, why(got));
    BOOST_TEST(matches(*got, file));
    BOOST_TEST(seen == content.size());
    std::filesystem::remove(*got);
  }
}

BOOST_AUTO_TEST_CASE(a_pull_leaves_another_models_file_alone) {
  file_server server{content};
  file.url = server.url("/file");
  write(folder.path("net.pt"), "of another model");
  auto got = pull(file, folder.path(), {});
  BOOST_REQUIRE_MESSAGE(got, why(got));
  BOOST_TEST(*got == folder.path(file.sha256));
  BOOST_TEST(matches(*got, file));
  BOOST_TEST(!matches(folder.path("net.pt"), file));
  zoo uut{{}, {folder.path()}};
  BOOST_TEST(*uut.find(file) == *got);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_pulled_leaves_nothing_behind) {
  file_server server{content};
  auto refused = [&](const char* cause) {
    auto got = pull(file, folder.path(), {});
    BOOST_REQUIRE(!got);
    BOOST_TEST_INFO(why(got));
    BOOST_TEST(why(got).find(cause) != std::string::npos);
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
  };
  refused("no url");
  file.url = "ftp://example.org/x";
  refused("only http and https");
  file.url = server.url("/gone");
  refused("the server says 404");
  file.url = server.url("/file");
  file.bytes = 5;
  refused("longer than 5 bytes");
  file.bytes = 0;
  file.sha256 = sha256("other");
  refused("another hash");
}

BOOST_AUTO_TEST_CASE(a_pull_can_be_stopped) {
  file_server server{content};
  file.url = server.url("/file");
  auto got = pull(file, folder.path(),
                  [](uint64_t, uint64_t) { return false; });
  BOOST_REQUIRE(!got);
  BOOST_TEST(why(got).find("stopped by its caller") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
