#include "runtime/http/server.hpp"

#include "runtime/error.hpp"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/socket.h>

namespace vpaas {

namespace {

constexpr int backlog = 128; // the library's own is 5

/// Set for the one thread that turns away who comes when all others are busy.
thread_local bool turns_away = false;

/// Set where the library refused a request of this thread's connection without
/// having read all of it: what comes next may be its body.
thread_local bool spoiled = false;

/// A thread for each connection, made when it is needed, kept for the next one.
class connection_threads : public httplib::TaskQueue {
public:
  explicit connection_threads(size_t most) : most_(most) {
    threads_.emplace_back([this] {
      turns_away = true;
      run(too_many_);
    });
  }

  void enqueue(std::function<void()> job) override {
    std::lock_guard guard{mutex_};
    if (idle_ <= jobs_.size() && threads_.size() > most_)
      too_many_.push_back(std::move(job));
    else
      jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && threads_.size() <= most_)
      threads_.emplace_back([this] { run(jobs_); });
    changed_.notify_all();
  }

  void shutdown() override {
    {
      std::lock_guard guard{mutex_};
      ended_ = true;
      changed_.notify_all();
    }
    for (auto& x : threads_)
      x.join();
  }

private:
  void run(std::deque<std::function<void()>>& from) {
    std::unique_lock guard{mutex_};
    for (;;) {
      idle_ += turns_away ? 0 : 1;
      changed_.wait(guard, [&] { return ended_ || !from.empty(); });
      idle_ -= turns_away ? 0 : 1;
      if (from.empty())
        return;
      auto job = std::move(from.front());
      from.pop_front();
      guard.unlock();
      spoiled = false;
      job();
      guard.lock();
    }
  }

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_, too_many_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool ended_ = false;
};

http_request request_of(const httplib::Request& x) {
  http_request result;
  result.method = x.method;
  result.path = x.path;
  result.body = x.body;
  result.from = x.remote_addr;
  for (auto& [name, value] : x.params)
    result.query.emplace(name, value);
  for (auto& [name, value] : x.headers) {
    auto small = name;
    for (auto& c : small)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    result.headers.emplace(std::move(small), value);
  }
  return result;
}

/// TLS 1.2 and later with the files' certificate.
bool set_up(SSL_CTX& context, const http_server_config& cfg) {
  return SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1
         && SSL_CTX_use_certificate_chain_file(&context,
                                               cfg.certificate.c_str())
              == 1
         && SSL_CTX_use_PrivateKey_file(&context, cfg.key.c_str(),
                                        SSL_FILETYPE_PEM)
              == 1
         && SSL_CTX_check_private_key(&context) == 1;
}

/// What is wrong with a request that no handler sees.
const char* text_of_status(int status) {
  switch (status) {
    case 413:
      return R"({"code":"bad_input","message":"the body is too large",)"
             R"("remedy":"send less"})";
    case 414:
      return R"({"code":"bad_input","message":"the address is too long",)"
             R"("remedy":"ask for less"})";
    case 416:
      return R"({"code":"bad_input","message":"this is no range of bytes",)"
             R"("remedy":"ask without Range, or as in bytes=0-99"})";
    case 404:
      return R"({"code":"not_found","message":"there is no such page",)"
             R"("remedy":"see /api/v1/openapi.json"})";
    default:
      return R"({"code":"bad_input","message":"this is no HTTP request",)"
             R"("remedy":"mend the client"})";
  }
}

bool reads_body(const httplib::Request& x) {
  return x.method == "POST" || x.method == "PUT" || x.method == "DELETE";
}

/// Whether bytes follow that the library would take for the next request.
bool leaves_a_body(const httplib::Request& x) {
  auto length = x.get_header_value("Content-Length");
  auto has_body = x.has_header("Transfer-Encoding")
                  || (!length.empty() && length != "0");
  return spoiled || (has_body && (!reads_body(x) || turns_away));
}

/// Nothing more is read of this connection. The library has no word for it.
void hang_up(const httplib::Request& x) {
  SSL_set_shutdown(const_cast<SSL*>(x.ssl), SSL_RECEIVED_SHUTDOWN);
}

constexpr const char* no_body
  = R"({"code":"bad_input","message":"a request of this kind has no body",)"
    R"("remedy":"send it without"})";

constexpr const char* busy
  = R"({"code":"overload","message":"too many connections",)"
    R"("remedy":"try again in a moment"})";

} // namespace

struct http_server::engine {
  engine(const http_server_config& x, http_handler f)
    : cfg(x), handler(std::move(f)),
      server([this](SSL_CTX& context) { return set_up(context, cfg); }) {
    // nop
  }

  void configure();

  caf::error listen();

  void answer(const httplib::Request& in, httplib::Response& out);

  void stream(const http_answer& x, httplib::Response& out);

  bool send(const http_answer& x, httplib::DataSink& sink) const;

  http_server_config cfg;
  http_handler handler;
  httplib::SSLServer server;
  std::atomic<socket_t> socket{-1};
  int port = 0;
  std::atomic<bool> stopping{false};
  std::atomic<uint64_t> requests{0}, refused{0}, failed{0}, streams{0};
  std::atomic<bool> ended{false};
  std::thread thread;
};

void http_server::engine::configure() {
  auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(cfg.patience).count();
  server.new_task_queue = [this] {
    return new connection_threads{cfg.max_connections};
  };
  server.set_socket_options([this](socket_t x) {
    int yes = 1;
    ::setsockopt(x, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    socket = x;
  });
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1000);
  server.set_keep_alive_timeout(seconds);
  server.set_read_timeout(seconds);
  server.set_write_timeout(seconds);
  server.set_payload_max_length(cfg.max_body);
  server.set_pre_routing_handler(
    [this](const httplib::Request& in, httplib::Response& out) {
      auto refuse = [&](int status, const char* text) {
        ++refused;
        out.status = status;
        out.set_header("Connection", "close");
        out.set_content(text, "application/json");
        return httplib::Server::HandlerResponse::Handled;
      };
      if (leaves_a_body(in))
        hang_up(in);
      if (turns_away) {
        out.set_header("Retry-After", "2");
        return refuse(503, busy);
      }
      if (leaves_a_body(in))
        return refuse(400, no_body);
      if (reads_body(in))
        return httplib::Server::HandlerResponse::Unhandled;
      answer(in, out);
      return httplib::Server::HandlerResponse::Handled;
    });
  httplib::Headers always;
  for (auto& [name, value] : cfg.headers)
    always.emplace(name, value);
  server.set_default_headers(std::move(always));
  // What the library itself answers.
  server.set_error_handler([](const httplib::Request&, httplib::Response& out) {
    if (!out.body.empty() || out.content_provider_)
      return;
    spoiled = true;
    out.set_header("Connection", "close");
    out.set_content(text_of_status(out.status), "application/json");
  });
  // Those with a body are read before they are handled.
  auto handle = [this](const httplib::Request& in, httplib::Response& out) {
    answer(in, out);
  };
  server.Post(".*", handle);
  server.Put(".*", handle);
  server.Delete(".*", handle);
}

caf::error http_server::engine::listen() {
  if (!server.is_valid())
    return caf::make_error(ec::bad_config,
                           "failed to use the certificate " + cfg.certificate
                             + " with the key " + cfg.key
                             + "; name a PEM file each that belong together");
  port = cfg.port == 0 ? server.bind_to_any_port(cfg.host)
         : server.bind_to_port(cfg.host, cfg.port) ? cfg.port
                                                   : -1;
  if (port <= 0)
    return caf::make_error(
      ec::io, "failed to listen on " + cfg.host + ":" + std::to_string(cfg.port)
                + ": " + std::strerror(errno) + "; set another port");
  thread = std::thread{[this] {
    server.listen_after_bind();
    ended = true;
  }};
  ::listen(socket, backlog);
  return caf::none;
}

void http_server::engine::answer(const httplib::Request& in,
                                 httplib::Response& out) {
  ++requests;
  http_answer x;
  try {
    x = handler(request_of(in));
  } catch (const std::exception& problem) {
    ++failed;
    x = {};
    x.status = 500;
    x.body = R"({"code":"io","message":"the request failed","remedy":"see the )"
             R"(log"})";
  }
  out.status = x.status;
  for (auto& [name, value] : x.headers)
    out.set_header(name, value);
  if (x.stream)
    return stream(x, out);
  if (x.body.empty()) {
    out.set_content("", x.type);
    return;
  }
  // A provider, for what is set as content is compressed at a high price.
  auto body = std::make_shared<const std::string>(std::move(x.body));
  out.set_content_provider(
    body->size(), x.type,
    [body](size_t offset, size_t size, httplib::DataSink& sink) {
      return sink.write(body->data() + offset, size);
    });
}

void http_server::engine::stream(const http_answer& x, httplib::Response& out) {
  if (++streams > cfg.max_streams) {
    --streams;
    ++refused;
    out.status = 503;
    out.set_header("Retry-After", "5");
    out.set_content(busy, "application/json");
    return;
  }
  out.set_chunked_content_provider(
    x.type,
    [this, x](size_t, httplib::DataSink& sink) { return send(x, sink); },
    [this](bool) { --streams; });
}

bool http_server::engine::send(const http_answer& x,
                               httplib::DataSink& sink) const {
  auto reads = true;
  auto goes_on = x.stream([&](const char* data, size_t size) {
    reads = reads && !stopping && sink.write(data, size);
    return reads;
  });
  if (!reads)
    return false;
  if (!goes_on || stopping)
    sink.done();
  return true;
}

http_server::http_server(std::unique_ptr<engine> x) : engine_(std::move(x)) {
  // nop
}

caf::expected<std::unique_ptr<http_server>>
http_server::start(const http_server_config& cfg, http_handler handler) {
  auto x = std::make_unique<engine>(cfg, std::move(handler));
  x->configure();
  if (auto err = x->listen())
    return err;
  return std::unique_ptr<http_server>{new http_server{std::move(x)}};
}

http_server::~http_server() {
  engine_->stopping = true;
  // Before its thread says that it runs, it could not be stopped.
  while (!engine_->ended && !engine_->server.is_running())
    std::this_thread::yield();
  engine_->server.stop();
  engine_->thread.join();
}

uint16_t http_server::port() const {
  return static_cast<uint16_t>(engine_->port);
}

http_server_counts http_server::counts() const {
  return {engine_->requests, engine_->refused, engine_->failed,
          engine_->streams};
}

} // namespace vpaas
