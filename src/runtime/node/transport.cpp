#include "runtime/node/transport.hpp"

#include "runtime/error.hpp"
#include "runtime/node/door.hpp"
#include "runtime/node/log.hpp"
#include "runtime/node/peer_scribe.hpp"
#include "runtime/node/probe.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/scoped_actor.hpp>

#include <optional>

namespace vpaas {

namespace {

namespace io = caf::io;
namespace net = caf::io::network;

using multiplexer = net::default_multiplexer;

/// What the broker of CAF takes for a listening socket.
class peer_doorman : public io::doorman {
public:
  peer_doorman(multiplexer& loop, std::unique_ptr<door> where,
               std::shared_ptr<peer_book> book, credentials_ptr own)
    : doorman(net::accept_hdl_from_socket(where->socket())), loop_(loop),
      door_(std::move(where)), book_(std::move(book)), own_(std::move(own)) {
    // nop
  }

  ~peer_doorman() override {
    door_->stop();
  }

  void launch() override {
    // The broker holds this object until the door was stopped.
    door_->start([this](std::unique_ptr<tls_session> x) {
      loop_.post([self = caf::intrusive_ptr<peer_doorman>{this},
                  session = std::shared_ptr<tls_session>{std::move(x)}] {
        self->admit(session);
      });
    });
  }

  void graceful_shutdown() override {
    door_->stop();
    detach(&loop_, false);
  }

  bool new_connection() override {
    return true; // the door accepts, not the loop of CAF
  }

  void add_to_loop() override {
    // nop: as above
  }

  void remove_from_loop() override {
    // nop: as above
  }

  std::string addr() const override {
    return "";
  }

  uint16_t port() const override {
    return door_->port();
  }

private:
  void admit(const std::shared_ptr<tls_session>& session) {
    if (detached())
      return;
    auto scribe = make_peer_scribe(loop_, session, book_, own_);
    if (!scribe)
      return;
    auto handle = scribe->hdl();
    parent()->add_scribe(std::move(scribe));
    doorman::new_connection(&loop_, handle);
  }

  multiplexer& loop_;
  std::unique_ptr<door> door_;
  std::shared_ptr<peer_book> book_;
  credentials_ptr own_;
};

/// Makes what CAF's broker talks through.
class transport_actor : public io::middleman_actor_impl {
public:
  transport_actor(caf::actor_config& cfg, caf::actor broker,
                  transport_config own, std::shared_ptr<peer_book> book)
    : middleman_actor_impl(cfg, std::move(broker)), own_(std::move(own)),
      book_(std::move(book)) {
    // nop
  }

  const char* name() const override {
    return "transport";
  }

protected:
  caf::expected<io::scribe_ptr> connect(const std::string& host,
                                        uint16_t port) override try {
    auto deadline = std::chrono::steady_clock::now() + own_.patience;
    auto socket = connect_to(host, port, own_.patience);
    if (!socket)
      return std::move(socket.error());
    auto session = std::make_shared<tls_session>(*own_.own, *socket,
                                                 tls_session::side::connects);
    if (auto err = session->handshake_until(deadline))
      return err;
    if (auto result = make_peer_scribe(loop(), session, book_, own_.own))
      return result;
    return caf::make_error(ec::io, "failed to keep a connection to " + host);
  } catch (const std::exception& x) {
    return caf::make_error(ec::io,
                           "failed to connect to " + host + ": " + x.what());
  }

  caf::expected<io::doorman_ptr> open(uint16_t port, const char* address,
                                      bool) override {
    auto result = door::open(address ? address : "", port, own_.own,
                             own_.strangers);
    if (!result)
      return std::move(result.error());
    return io::doorman_ptr{caf::make_counted<peer_doorman>(
      loop(), std::move(*result), book_, own_.own)};
  }

private:
  multiplexer& loop() {
    return static_cast<multiplexer&>(system().middleman().backend());
  }

  transport_config own_;
  std::shared_ptr<peer_book> book_;
};

/// Stands where CAF's OpenSSL module would, and ends before the middleman.
class transport_module : public caf::actor_system::module {
public:
  transport_module(caf::actor_system& sys, transport_config cfg)
    : sys_(sys), cfg_(std::move(cfg)),
      book_(std::make_shared<peer_book>(cfg_.peers)) {
    // nop
  }

  void start() override {
    auto broker
      = sys_.middleman().named_broker<io::basp_broker>(caf::atom("BASP"));
    actor_ = sys_.spawn<transport_actor, caf::detached + caf::hidden>(
      std::move(broker), cfg_, book_);
  }

  void stop() override {
    caf::scoped_actor self{sys_, true};
    self->send_exit(actor_, caf::exit_reason::kill);
    self->wait_for(actor_);
    actor_ = nullptr;
  }

  void init(caf::actor_system_config&) override {
    // nop
  }

  id_t id() const override {
    return openssl_manager;
  }

  void* subtype_ptr() override {
    return this;
  }

  caf::actor connector() const {
    return caf::actor_cast<caf::actor>(actor_);
  }

  peer_book& book() {
    return *book_;
  }

  credentials& own() {
    return *cfg_.own;
  }

private:
  caf::actor_system& sys_;
  transport_config cfg_;
  std::shared_ptr<peer_book> book_;
  io::middleman_actor actor_;
};

/// Null where none was loaded. CAF hands out what `subtype_ptr` returned.
transport_module* module_of(caf::actor_system& sys) {
  if (!sys.has_openssl_manager())
    return nullptr;
  return reinterpret_cast<transport_module*>(&sys.openssl_manager());
}

} // namespace

void load_transport(caf::actor_system_config& cfg, transport_config transport) {
  cfg.module_factories.push_back(
    [transport](caf::actor_system& sys) -> caf::actor_system::module* {
      return new transport_module(sys, transport);
    });
}

caf::actor connector_of(caf::actor_system& sys) {
  if (auto module = module_of(sys))
    return module->connector();
  return caf::actor_cast<caf::actor>(sys.middleman().actor_handle());
}

caf::error check_name(caf::actor_system& sys, const caf::node_id& process,
                      const std::string& name, const std::string& tier) {
  auto module = module_of(sys);
  if (!module || !module->own().certified() || process == sys.node())
    return caf::none;
  auto proven = module->book().find(to_string(process));
  auto its_name = proven && proven->name == name;
  if (its_name
      && (proven->role == node_role::any || to_string(proven->role) == tier))
    return caf::none;
  auto who = !proven    ? "did not show its certificate here"
             : its_name ? "has the certificate of a " + to_string(proven->role)
                            + " and says that it is a " + tier
                        : "has the certificate of \"" + proven->name + "\"";
  log_line(log_level::warning, "name " + name,
           "refused a node that calls itself \"" + name + "\": it " + who);
  return caf::make_error(ec::bad_config,
                         "a node that calls itself \"" + name + "\" " + who
                           + "; give it the certificate of its name"
                           + (its_name ? " and role" : ""));
}

uint64_t refused_messages(caf::actor_system& sys) {
  auto module = module_of(sys);
  return module ? module->book().refusals() : 0;
}

std::string who_is(caf::actor_system& sys, const caf::node_id& process) {
  if (process == sys.node())
    return "";
  auto module = module_of(sys);
  auto proven = module ? module->book().find(to_string(process))
                       : std::optional<peer>{};
  if (!proven)
    return "a process that has left";
  return proven->name.empty() ? "a program of this user" : proven->name;
}

credentials::identity own_identity(caf::actor_system& sys) {
  auto module = module_of(sys);
  return module ? module->own().who() : credentials::identity{};
}

caf::error reload_certificate(caf::actor_system& sys) {
  auto module = module_of(sys);
  return module ? module->own().reload() : caf::error{};
}

caf::expected<uint16_t> publish(caf::actor_system& sys,
                                const caf::strong_actor_ptr& whom,
                                const std::set<std::string>& interface,
                                const std::string& host, uint16_t port) {
  caf::expected<uint16_t> result{caf::none};
  caf::scoped_actor self{sys};
  self
    ->request(caf::actor_cast<io::middleman_actor>(connector_of(sys)),
              caf::infinite, caf::publish_atom::value, port, whom, interface,
              host, true)
    .receive([&](uint16_t x) { result = x; },
             [&](const caf::error& x) { result = x; });
  return result;
}

caf::expected<caf::strong_actor_ptr>
find_published(caf::actor_system& sys, const std::string& host, uint16_t port,
               caf::timespan timeout) {
  caf::expected<caf::strong_actor_ptr> result{
    caf::make_error(ec::io, "no node is published there")};
  caf::scoped_actor self{sys};
  self
    ->request(caf::actor_cast<io::middleman_actor>(connector_of(sys)), timeout,
              caf::connect_atom::value, host, port)
    .receive(
      [&](const caf::node_id&, const caf::strong_actor_ptr& x,
          const std::set<std::string>&) {
        if (x)
          result = x;
      },
      [&](const caf::error& x) { result = x; });
  return result;
}

} // namespace vpaas
