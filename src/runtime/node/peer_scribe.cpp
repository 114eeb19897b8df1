#include "runtime/node/peer_scribe.hpp"

#include "runtime/node/log.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/node_id.hpp>

#include <sys/socket.h>

namespace vpaas {

namespace {

namespace io = caf::io;
namespace net = caf::io::network;

using progress = tls_session::progress;

/// How CAF's stream reads and writes.
struct tls_policy {
  net::rw_state read_some(size_t& got, int, void* out, size_t size) {
    return state_of(session->read(out, size, got));
  }

  net::rw_state write_some(size_t& put, int, const void* from, size_t size) {
    put = 0;
    if (size == 0)
      return net::rw_state::indeterminate;
    return state_of(session->write(from, size, put));
  }

  bool must_read_more(int, size_t threshold) {
    return session->pending() >= threshold;
  }

  /// "Success" with nothing done waits for the socket.
  net::rw_state state_of(progress x) {
    return x == progress::failed ? net::rw_state::failure
                                 : net::rw_state::success;
  }

  std::shared_ptr<tls_session> session;
};

class peer_scribe : public io::scribe {
public:
  peer_scribe(net::default_multiplexer& loop,
              std::shared_ptr<tls_session> session,
              std::shared_ptr<peer_book> book)
    : scribe(net::conn_hdl_from_socket(session->socket())), session_(session),
      book_(std::move(book)),
      stream_(loop, session->release(), tls_policy{session}) {
    // nop
  }

  ~peer_scribe() override {
    book_->leave(id());
  }

  void configure_read(io::receive_policy::config config) override {
    if (auto cause = book_->announce(id(), config.second); !cause.empty())
      cut_off(cause);
    else
      stream_.configure_read(config);
    if (launched_)
      return;
    launched_ = true;
    stream_.start(this);
  }

  bool consume(caf::execution_unit* context, const void* bytes,
               size_t size) override {
    if (!cut_ && is_payload_)
      look_at_payload(context, static_cast<const char*>(bytes), size);
    else if (!cut_)
      look_at_header(context, static_cast<const char*>(bytes), size);
    return cut_ ? true : scribe::consume(context, bytes, size);
  }

  void ack_writes(bool enable) override {
    stream_.ack_writes(enable);
  }

  std::vector<char>& wr_buf() override {
    return stream_.wr_buf();
  }

  std::vector<char>& rd_buf() override {
    return stream_.rd_buf();
  }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  void flush() override {
    stream_.flush(this);
  }

  std::string addr() const override {
    return session_->address();
  }

  uint16_t port() const override {
    return 0; // of no use to anybody
  }

  void add_to_loop() override {
    stream_.activate(this);
  }

  void remove_from_loop() override {
    stream_.passivate();
  }

  peer_book::connection id() const {
    return reinterpret_cast<intptr_t>(this);
  }

private:
  /// The socket ends; CAF notices and tidies up.
  void cut_off(const std::string& cause) {
    cut_ = true;
    auto who = session_->peer().empty()
                 ? session_->address()
                 : "\"" + session_->peer() + "\" at " + session_->address();
    log_line(log_level::warning, "cut off " + who,
             "cut off " + who + ": " + cause);
    ::shutdown(stream_.fd(), SHUT_RDWR);
  }

  void look_at_header(caf::execution_unit* context, const char* bytes,
                      size_t size) {
    caf::binary_deserializer source{context, bytes, size};
    io::basp::header header;
    if (source(header))
      return; // CAF refuses it
    kind_ = header.operation;
    is_payload_ = header.payload_len > 0;
  }

  void look_at_payload(caf::execution_unit* context, const char* bytes,
                       size_t size) {
    is_payload_ = false;
    auto introduces = kind_ == io::basp::message_type::server_handshake
                      || kind_ == io::basp::message_type::client_handshake;
    if (!introduces && kind_ != io::basp::message_type::routed_message)
      return;
    caf::binary_deserializer source{context, bytes, size};
    caf::node_id process;
    if (source(process))
      return; // CAF refuses it
    std::string cause;
    if (introduces)
      cause = book_->introduce(id(), to_string(process));
    else if (!book_->may_speak_for(id(), to_string(process)))
      cause = "it speaks for a process of somebody else";
    if (!cause.empty())
      cut_off(cause);
  }

  std::shared_ptr<tls_session> session_;
  std::shared_ptr<peer_book> book_;
  net::stream_impl<tls_policy> stream_;
  io::basp::message_type kind_ = io::basp::message_type::heartbeat;
  bool is_payload_ = false;
  bool cut_ = false;
  bool launched_ = false;
};

} // namespace

caf::io::scribe_ptr
make_peer_scribe(net::default_multiplexer& loop,
                 const std::shared_ptr<tls_session>& session,
                 const std::shared_ptr<peer_book>& book) {
  auto result = caf::make_counted<peer_scribe>(loop, session, book);
  auto cause = book->enter(result->id(), session->peer());
  if (cause.empty())
    return result;
  log_line(log_level::warning, "refused " + session->peer(),
           "refused a connection of \"" + session->peer() + "\" from "
             + session->address() + ": " + cause);
  return nullptr;
}

} // namespace vpaas
