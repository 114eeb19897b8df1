#include "runtime/mqtt/mqtt_client.hpp"

#include "runtime/error.hpp"

#include <mosquitto.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <thread>
#include <utility>

namespace vpaas {

namespace {

using clock = std::chrono::steady_clock;

constexpr int keepalive = 20; // s
constexpr auto first_pause = std::chrono::milliseconds(200);
constexpr auto max_pause = std::chrono::seconds(10);
/// For the thread to end; one that waits for a connection is left alone.
constexpr auto farewell = std::chrono::seconds(2);

/// Scheme, user, host, port with its colon, port; none: it is no address.
std::optional<std::smatch> parts_of(const std::string& url) {
  static const std::regex form{
    R"((mqtts?)://([^@:/\s]+@)?(\[[0-9a-fA-F:]+\]|[^/:@\s]+)(:([0-9]{1,5}))?/?)"};
  std::smatch result;
  if (!std::regex_match(url, result, form))
    return std::nullopt;
  auto port = result[5].matched ? std::stoi(result[5]) : 1; // five digits
  return port >= 1 && port <= 65535 ? std::optional{result} : std::nullopt;
}

void begin_library() {
  static const auto done = mosquitto_lib_init();
  (void)done;
}

} // namespace

struct mqtt_client::impl {
  ~impl() {
    if (client)
      mosquitto_destroy(client);
  }

  void run();

  bool pause(caf::timespan x) {
    std::unique_lock guard{mutex};
    return !changed.wait_for(guard, x, [&] { return ending; });
  }

  void lost(const std::string& why) {
    std::lock_guard guard{mutex};
    connected = false;
    ++losses;
    problem = why;
    changed.notify_all();
  }

  void greet() {
    mosquitto_publish(client, nullptr, cfg.state.c_str(), 6, "online", 1, true);
    std::lock_guard guard{mutex};
    connected = true;
    ++connects;
    problem.clear();
    changed.notify_all();
  }

  mqtt_config cfg;
  std::string host;
  std::string shown; ///< host and port
  int port = 1883;
  mosquitto* client = nullptr;
  std::thread thread;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::set<int> acknowledged;
  std::string problem = "not yet connected";
  bool connected = false;
  bool ending = false;
  bool ended = false;
  uint64_t connects = 0;
  uint64_t losses = 0;
};

void mqtt_client::impl::run() {
  auto wait = caf::timespan{first_pause};
  for (auto goes_on = true; goes_on;) {
    auto rc = mosquitto_connect(client, host.c_str(), port, keepalive);
    while (rc == MOSQ_ERR_SUCCESS) {
      rc = mosquitto_loop(client, 200, 1);
      std::lock_guard guard{mutex};
      if (connected)
        wait = first_pause;
      if (ending)
        break;
    }
    if (rc != MOSQ_ERR_SUCCESS) {
      std::string known;
      {
        std::lock_guard guard{mutex};
        known = std::exchange(problem, "");
      }
      // A broker that refuses says why before it hangs up.
      lost(known.rfind("refused", 0) == 0 ? known : mosquitto_strerror(rc));
    }
    goes_on = pause(wait);
    wait = std::min<caf::timespan>(wait * 2, max_pause);
  }
  std::lock_guard guard{mutex};
  ended = true;
  changed.notify_all();
}

caf::error mqtt_client::check(const std::string& url) {
  if (parts_of(url))
    return caf::none;
  return caf::make_error(ec::bad_config,
                         "the broker is no address; write "
                         "mqtt://[USER@]HOST[:PORT] or mqtts://..., and the "
                         "password into its file");
}

caf::expected<mqtt_client> mqtt_client::open(const mqtt_config& cfg) {
  if (auto err = check(cfg.url))
    return err;
  auto parts = *parts_of(cfg.url);
  begin_library();
  auto x = std::make_shared<impl>();
  x->cfg = cfg;
  auto secure = parts[1] == "mqtts";
  x->host = parts[3];
  x->port = parts[5].matched ? std::stoi(parts[5]) : secure ? 8883 : 1883;
  x->shown = x->host + ":" + std::to_string(x->port);
  x->client = mosquitto_new(cfg.client.c_str(), true, x.get());
  if (!x->client)
    return caf::make_error(ec::io, "failed to make a client of MQTT: out of "
                                   "memory");
  mosquitto_threaded_set(x->client, true);
  mosquitto_will_set(x->client, cfg.state.c_str(), 7, "offline", 1, true);
  if (auto user = parts[2].str(); !user.empty())
    mosquitto_username_pw_set(
      x->client, user.substr(0, user.size() - 1).c_str(), cfg.password.c_str());
  if (secure
      && mosquitto_tls_set(x->client,
                           cfg.cafile.empty() ? nullptr : cfg.cafile.c_str(),
                           cfg.cafile.empty() ? "/etc/ssl/certs" : nullptr,
                           nullptr, nullptr, nullptr)
           != MOSQ_ERR_SUCCESS)
    return caf::make_error(ec::bad_config, "failed to read " + cfg.cafile
                                             + "; name a file of certificates "
                                               "in PEM");
  mosquitto_connect_callback_set(x->client, [](mosquitto*, void* of, int rc) {
    auto* self = static_cast<impl*>(of);
    if (rc == 0)
      return self->greet();
    std::lock_guard guard{self->mutex};
    self->problem = std::string{"refused: "} + mosquitto_connack_string(rc);
  });
  mosquitto_publish_callback_set(x->client, [](mosquitto*, void* of, int id) {
    auto* self = static_cast<impl*>(of);
    std::lock_guard guard{self->mutex};
    self->acknowledged.insert(id);
    self->changed.notify_all();
  });
  x->thread = std::thread{[x] { x->run(); }};
  return mqtt_client{std::move(x)};
}

mqtt_client::mqtt_client(std::shared_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

mqtt_client::mqtt_client(mqtt_client&&) noexcept = default;

mqtt_client& mqtt_client::operator=(mqtt_client&&) noexcept = default;

mqtt_client::~mqtt_client() {
  if (!impl_)
    return;
  auto& x = *impl_;
  if (connected())
    publish({{x.cfg.state, "offline", true, true}}, std::chrono::seconds(1));
  std::unique_lock guard{x.mutex};
  x.ending = true;
  x.changed.notify_all();
  auto gone = x.changed.wait_for(guard, farewell, [&] { return x.ended; });
  guard.unlock();
  if (gone)
    x.thread.join();
  else
    x.thread.detach(); // it shares what it works with
}

bool mqtt_client::connected() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->connected;
}

uint64_t mqtt_client::connects() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->connects;
}

caf::error mqtt_client::publish(const std::vector<mqtt_message>& xs,
                                caf::timespan patience) {
  auto& x = *impl_;
  auto failed = [&](const std::string& why) {
    return caf::make_error(ec::io, "failed to tell the broker " + x.shown + ": "
                                     + why + "; it is tried again");
  };
  std::unique_lock guard{x.mutex};
  auto deadline = clock::now() + patience;
  if (!x.changed.wait_until(guard, deadline, [&] { return x.connected; }))
    return failed(x.problem);
  x.acknowledged.clear();
  auto losses = x.losses;
  guard.unlock();
  std::vector<int> open;
  for (auto& y : xs) {
    int id = 0;
    auto rc = mosquitto_publish(x.client, &id, y.topic.c_str(),
                                static_cast<int>(y.text.size()), y.text.data(),
                                y.certain ? 1 : 0, y.retained);
    if (rc != MOSQ_ERR_SUCCESS)
      return failed(mosquitto_strerror(rc));
    if (y.certain)
      open.push_back(id);
  }
  guard.lock();
  auto done = [&] {
    for (; !open.empty() && x.acknowledged.count(open.back()) > 0;)
      open.pop_back();
    return open.empty() || x.losses != losses;
  };
  if (!x.changed.wait_until(guard, deadline, done))
    return failed("it does not acknowledge");
  return open.empty() ? caf::error{} : failed(x.problem);
}

} // namespace vpaas
