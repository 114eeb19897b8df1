#pragma once

// A peer that proved who it is, and sends any message to any actor of a node by
// its number, whether or not the node ever named it to this peer.

#include "runtime/node/mail.hpp"
#include "runtime/node/probe.hpp"
#include "runtime/node/tls_session.hpp"

#include <caf/all.hpp>
#include <caf/scoped_execution_unit.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <poll.h>

namespace vpaas::test {

class raw_peer {
public:
  using bytes = std::vector<char>;

  /// @param sys knows the types of messages
  raw_peer(caf::actor_system& sys, const credentials_ptr& own, uint16_t port)
    : unit_(&sys) {
    auto socket = connect_to("127.0.0.1", port, patience);
    if (!socket)
      throw std::runtime_error("no connection");
    session_ = std::make_unique<tls_session>(*own, *socket,
                                             tls_session::side::connects);
    if (session_->handshake_until(std::chrono::steady_clock::now() + patience))
      throw std::runtime_error("no TLS: " + session_->cause());
    auto [header, payload] = take(); // what the node says of itself
    caf::binary_deserializer source{&unit_, payload};
    if (source(node_))
      throw std::runtime_error("no handshake");
    say({kind::client_handshake, 0, 0, 0, 0, 0}, [&](auto& sink) {
      auto process = process_of_its_own();
      return sink(process);
    });
  }

  /// Asks the actor of this number. @returns why it was not delivered; empty:
  /// it was
  std::string ask(caf::actor_id whom, const caf::message& what) {
    return ask(whom, [&](auto& sink) {
      std::vector<caf::strong_actor_ptr> stages;
      return sink(stages, what);
    });
  }

  /// The same, where the answer shall go on to another actor.
  std::string ask_for(caf::actor_id next, caf::actor_id whom,
                      const caf::message& what) {
    return ask(whom, [&](auto& sink) {
      size_t stages = 1;
      auto text = what;
      if (auto err = sink.begin_sequence(stages))
        return err;
      return sink(next, node_, text);
    });
  }

  /// Answers the request of this number, which nobody may have made.
  void answer(caf::actor_id whom, uint64_t request, const caf::message& what) {
    auto id = caf::make_message_id(request).response_id();
    say({kind::direct_message, 0, 0, id.integer_value(), self, whom},
        [&](auto& sink) {
          std::vector<caf::strong_actor_ptr> stages;
          return sink(stages, what);
        });
  }

  /// As if it came from another process, for a third one.
  std::string hand_on(const caf::message& what) {
    return ask(
      1,
      [&](auto& sink) {
        std::vector<caf::strong_actor_ptr> stages;
        auto process = process_of_its_own();
        return sink(process, process, stages, what);
      },
      kind::routed_message);
  }

private:
  using header = caf::io::basp::header;
  using kind = caf::io::basp::message_type;

  static constexpr auto patience = std::chrono::seconds(30);
  static constexpr caf::actor_id nobody = 1u << 30;
  static constexpr caf::actor_id self = 77;

  caf::node_id process_of_its_own() {
    if (!process_) {
      static std::atomic<uint32_t> last{1};
      caf::node_id::default_data::host_id_type host{};
      host[0] = 7;
      process_ = caf::make_node_id(++last, host);
    }
    return process_;
  }

  /// A refusal is said at once; that nobody is there, after it.
  template <class F>
  std::string ask(caf::actor_id whom, F content,
                  kind how = kind::direct_message) {
    auto asked = ++last_;
    say({how, 0, 0, caf::make_message_id(asked).integer_value(), self, whom},
        content);
    auto mark = ++last_;
    say({kind::direct_message, 0, 0, caf::make_message_id(mark).integer_value(),
         self, nobody},
        [](auto& sink) {
          std::vector<caf::strong_actor_ptr> stages;
          auto text = caf::make_message(caf::ok_atom::value);
          return sink(stages, text);
        });
    for (;;) {
      auto [head, payload] = take();
      auto id = caf::make_message_id(head.operation_data);
      if (id == caf::make_message_id(mark).response_id())
        return "";
      if (id == caf::make_message_id(asked).response_id())
        if (auto why = refusal_in(head, payload); !why.empty()) {
          wait_for(mark);
          return why;
        }
    }
  }

  void wait_for(uint64_t mark) {
    while (caf::make_message_id(take().first.operation_data)
           != caf::make_message_id(mark).response_id())
      continue;
  }

  std::string refusal_in(const header& head, const bytes& payload) {
    auto what = read_mail(&unit_, head, payload.data(), payload.size());
    if (!what || what->says.what != "error")
      return "";
    caf::binary_deserializer source{&unit_, payload};
    caf::node_id from, to;
    if (head.operation == kind::routed_message && source(from, to))
      return "";
    std::vector<caf::strong_actor_ptr> stages;
    caf::message text;
    if (source(stages, text))
      return "";
    auto why = describe(text.get_as<caf::error>(0));
    return why.find("role: ") == std::string::npos ? "" : why;
  }

  template <class F>
  void say(header head, F content) {
    bytes payload, all;
    caf::binary_serializer body{&unit_, payload};
    if (content(body))
      throw std::runtime_error("cannot be written");
    head.payload_len = static_cast<uint32_t>(payload.size());
    caf::binary_serializer front{&unit_, all};
    if (front(head))
      throw std::runtime_error("cannot be written");
    all.insert(all.end(), payload.begin(), payload.end());
    size_t put = 0;
    for (size_t from = 0; from < all.size(); from += put) {
      auto x = session_->write(all.data() + from, all.size() - from, put);
      if (x == tls_session::progress::failed)
        throw std::runtime_error("cut off");
      if (put == 0)
        wait(POLLOUT);
    }
  }

  /// The next message. @throws std::runtime_error where it is cut off, or none
  /// comes
  std::pair<header, bytes> take() {
    auto front = read(caf::io::basp::header_size);
    caf::binary_deserializer source{&unit_, front};
    header head{};
    if (source(head))
      throw std::runtime_error("no header");
    return {head, read(head.payload_len)};
  }

  bytes read(size_t size) {
    bytes result(size);
    auto end = std::chrono::steady_clock::now() + patience;
    for (size_t had = 0; had < size;) {
      size_t got = 0;
      if (session_->read(result.data() + had, size - had, got)
          == tls_session::progress::failed)
        throw std::runtime_error("cut off: " + session_->cause());
      had += got;
      if (got == 0)
        wait(POLLIN);
      if (std::chrono::steady_clock::now() > end)
        throw std::runtime_error("no answer");
    }
    return result;
  }

  void wait(short events) {
    pollfd what{session_->socket(), events, 0};
    ::poll(&what, 1, 200);
  }

  caf::scoped_execution_unit unit_;
  std::unique_ptr<tls_session> session_;
  caf::node_id node_, process_;
  uint64_t last_ = 0;
};

} // namespace vpaas::test
