#include "runtime/node/peer_scribe.hpp"

#include "runtime/error.hpp"
#include "runtime/node/log.hpp"
#include "runtime/node/mail.hpp"
#include "runtime/policy/open_requests.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/node_id.hpp>

#include <sys/socket.h>

#include <algorithm>

namespace vpaas {

namespace {

namespace io = caf::io;
namespace net = caf::io::network;

using kind = io::basp::message_type;
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
              std::shared_ptr<peer_book> book, credentials_ptr own)
    : scribe(net::conn_hdl_from_socket(session->socket())), session_(session),
      book_(std::move(book)), own_(std::move(own)),
      where_(own_->role()), peer_{session->peer(), session->peer_role()},
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
    auto& result = stream_.wr_buf();
    if (!writing_)
      begin_ = result.size();
    writing_ = true;
    return result;
  }

  std::vector<char>& rd_buf() override {
    return stream_.rd_buf();
  }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  void flush() override {
    if (writing_ && peer_.role != node_role::any)
      note_requests();
    writing_ = false;
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
    if (auto now = own_->revision(); now != revision_) {
      revision_ = now;
      if (own_->is_revoked(session_->peer_serial()))
        return cut_off("its certificate is revoked");
    }
    caf::binary_deserializer source{context, bytes, size};
    if (!source(header_)) // else CAF refuses it
      is_payload_ = header_.payload_len > 0;
  }

  void look_at_payload(caf::execution_unit* context, const char* bytes,
                       size_t size) {
    is_payload_ = false;
    auto direct = header_.operation == kind::direct_message;
    if (!direct)
      look_at_process(context, bytes, size);
    if (!cut_ && peer_.role != node_role::any
        && (direct || header_.operation == kind::routed_message))
      look_at_message(context, bytes, size);
  }

  /// All but direct messages begin with the process that they are from.
  void look_at_process(caf::execution_unit* context, const char* bytes,
                       size_t size) {
    caf::binary_deserializer source{context, bytes, size};
    caf::node_id process;
    if (source(process))
      return; // CAF refuses it
    std::string cause;
    if (io::basp::is_handshake(header_))
      cause = book_->introduce(id(), to_string(process));
    else if (!book_->may_speak_for(id(), to_string(process)))
      cause = "it speaks for a process of somebody else";
    if (cause.empty())
      return;
    if (header_.operation == kind::down_message
        || header_.operation == kind::monitor_message)
      blank(context, size); // as it may come by the way of a moment ago
    else
      cut_off(cause);
  }

  /// CAF finds no message in this, and nobody to hand it on to.
  void blank(caf::execution_unit* context, size_t size) {
    std::vector<char> nothing;
    caf::binary_serializer sink{context, nothing};
    caf::node_id nowhere;
    if (header_.operation != kind::direct_message)
      sink(nowhere, nowhere); // which zeroes are not
    nothing.resize(size);
    std::copy(nothing.begin(), nothing.end(), rd_buf().begin());
  }

  /// Looks at what was written since the last time: only what was asked is
  /// answered.
  void note_requests() {
    auto& all = stream_.wr_buf();
    for (auto from = begin_; from + io::basp::header_size <= all.size();) {
      caf::binary_deserializer source{nullptr, all.data() + from,
                                      io::basp::header_size};
      io::basp::header x;
      if (source(x))
        return;
      auto id = caf::make_message_id(x.operation_data);
      if ((x.operation == kind::direct_message
           || x.operation == kind::routed_message)
          && id.is_request())
        asked_.add(x.source_actor, id.request_id().integer_value());
      from += io::basp::header_size + x.payload_len;
    }
  }

  void look_at_message(caf::execution_unit* context, const char* bytes,
                       size_t size) {
    auto what = read_mail(context, header_, bytes, size);
    if (what && is_allowed(context->system(), *what))
      return;
    refuse(context, what ? *what : mail{});
    blank(context, size);
  }

  bool is_allowed(caf::actor_system& sys, mail& what) {
    if (what.goes_on)
      return false;
    auto id = caf::make_message_id(header_.operation_data);
    if (id.is_response())
      return asked_.take(header_.dest_actor, id.request_id().integer_value());
    if (header_.operation == kind::routed_message && what.to != sys.node())
      return may_relay(peer_.role);
    auto whom
      = header_.has(io::basp::header::named_receiver_flag)
          ? sys.registry().get(static_cast<caf::atom_value>(header_.dest_actor))
          : sys.registry().get(header_.dest_actor);
    if (!whom) // CAF says that it is not there
      return true;
    what.says.to = kind_of(whom);
    return may_send(peer_, where_, what.says);
  }

  void refuse(caf::execution_unit* context, const mail& what) {
    auto why = refusal_of(peer_, what.says);
    book_->note_refusal();
    log_line(log_level::warning, "role " + peer_.name, "refused: " + why);
    if (!caf::make_message_id(header_.operation_data).is_request())
      return;
    auto answer = make_refusal(context, header_, what.from,
                               caf::make_error(ec::bad_config, why));
    wr_buf().insert(wr_buf().end(), answer.begin(), answer.end());
    flush();
  }

  std::shared_ptr<tls_session> session_;
  std::shared_ptr<peer_book> book_;
  credentials_ptr own_;
  node_role where_; ///< the role of this node
  uint64_t revision_ = 0;
  peer peer_;
  net::stream_impl<tls_policy> stream_;
  io::basp::header header_{};
  open_requests asked_;
  size_t begin_ = 0; ///< of what is written now
  bool writing_ = false;
  bool is_payload_ = false;
  bool cut_ = false;
  bool launched_ = false;
};

} // namespace

caf::io::scribe_ptr make_peer_scribe(
  net::default_multiplexer& loop, const std::shared_ptr<tls_session>& session,
  const std::shared_ptr<peer_book>& book, const credentials_ptr& own) {
  auto result = caf::make_counted<peer_scribe>(loop, session, book, own);
  auto cause = book->enter(result->id(), session->peer(), session->peer_role());
  if (cause.empty())
    return result;
  log_line(log_level::warning, "refused " + session->peer(),
           "refused a connection of \"" + session->peer() + "\" from "
             + session->address() + ": " + cause);
  return nullptr;
}

} // namespace vpaas
