#include "actors/gateway/gateway.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/node/page_certificate.hpp"
#include "runtime/private_folder.hpp"

#include <spdlog/spdlog.h>

#include <cstring>
#include <filesystem>

namespace vpaas {

caf::error gateway_config::validate() const {
  if (server.certificate.empty() != server.key.empty())
    return caf::make_error(ec::bad_config,
                           "gateway: certificate and key go together; name "
                           "both or none");
  return caf::none;
}

gateway_state::gateway_state(
  observable_actor::stateful_pointer<gateway_state> self)
  : self(self) {
  // nop
}

gateway_state::~gateway_state() {
  all->results.close();
  all->events.close();
  all->statuses.close();
  server.reset();
  if (hearing)
    caf::anon_send_exit(hearing, caf::exit_reason::user_shutdown);
}

void gateway_state::begin(gateway_config x) {
  cfg = std::move(x);
  cfg.server.headers = security_headers();
  feed_config fcfg;
  fcfg.node = cfg.node;
  fcfg.to = all;
  fcfg.traces = cfg.traces;
  hearing = self->system().spawn(feed, fcfg);
  answers = std::make_unique<api>(api_world{
    self->system(), cfg.node, "monitor", "data_store", std::chrono::seconds(3),
    std::chrono::seconds(40), all->results, all->events, all->statuses,
    [this] { return server ? server->counts() : http_server_counts{}; },
    cfg.known, cfg.page});
  open();
}

void gateway_state::open() {
  caf::error problem;
  if (cfg.server.certificate.empty()) {
    auto folder = std::filesystem::path{cfg.certificate_stem}.parent_path();
    if (auto code = make_private_folder(folder.string()))
      problem = caf::make_error(ec::io, "failed to make " + folder.string()
                                          + ": " + std::strerror(code));
    else
      problem = make_page_certificate(cfg.certificate_stem, cfg.server.host);
    if (!problem) {
      cfg.server.certificate = cfg.certificate_stem + ".pem";
      cfg.server.key = cfg.certificate_stem + ".key";
    }
  }
  if (!problem) {
    auto started = http_server::start(
      cfg.server, [this](const http_request& x) { return answers->answer(x); });
    if (started)
      server = std::move(*started);
    else
      problem = std::move(started.error());
  }
  if (!problem) {
    last_error.clear();
    auto address = "https://" + cfg.server.host + ":"
                   + std::to_string(server->port()) + "/";
    spdlog::info("the page is on {}", address);
    if (cfg.tell)
      cfg.tell(address, fingerprint_of(cfg.server.certificate));
    return;
  }
  if (cause_of(problem) != last_error)
    spdlog::warn("no page yet: {}", cause_of(problem));
  last_error = cause_of(problem);
  clock.set(self, self->clock().now() + cfg.retry, [this] { open(); });
}

status_report gateway_state::status() const {
  gateway_status x;
  if (server) {
    auto counts = server->counts();
    x.address = "https://" + cfg.server.host + ":"
                + std::to_string(server->port()) + "/";
    x.requests = counts.requests;
    x.refused = counts.refused;
    x.failed = counts.failed;
    x.streams = counts.streams;
  }
  x.last_error = last_error;
  return report(self, server ? "ready" : "waiting", x);
}

observable_actor::behavior_type
gateway(observable_actor::stateful_pointer<gateway_state> self,
        gateway_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // It listens as soon as it can.
    },
  };
}

} // namespace vpaas
