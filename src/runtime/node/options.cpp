#include "runtime/metrics/cost.hpp"
#include "runtime/node/settings.hpp"

namespace vpaas {

namespace {

constexpr int first_port = 4710; // client, fog, cloud, backend: one each

std::string local_address(tier x) {
  return "127.0.0.1:" + std::to_string(first_port + static_cast<int>(x));
}

/// The nodes to which one of this tier opens a link.
std::vector<tier> upstream(tier x) {
  switch (x) {
    case tier::client:
      return {tier::fog};
    case tier::fog:
      return {tier::cloud, tier::backend};
    case tier::cloud:
      return {tier::backend};
    case tier::backend:
      return {};
  }
  return {};
}

parameter_spec network_option() {
  return choice("network", {"wan", "lan"},
                "how patient links are with the network");
}

/// How a process shows itself to others, and what it believes of them.
std::vector<option> peer_options() {
  return {
    {"node", text("secret", "",
                  "file with the secret of nodes without certificates; empty: "
                  "$XDG_DATA_HOME/vpaas/secret")},
    {"node", size("max_message", "64MiB", 1 << 20, 1 << 30,
                  "of one message; who announces more is cut off")},
  };
}

std::vector<option> scheduler_options() {
  return {
    {"scheduler", integer("max-threads", 0, 0, 1024,
                          "for cooperative actors; 0: one a core, at least 2")},
    {"scheduler", choice("policy", {"lifo-slot", "sharing", "stealing"},
                         "who runs an actor that has a message: whoever sent "
                         "it, or as CAF does")},
  };
}

std::vector<option> tls_options() {
  return {
    {"openssl", text("folder", "",
                     "where vpaas certs put ca.pem, NAME.pem and NAME.key of "
                     "this node; or name each:")},
    {"openssl", text("certificate", "", "of this node, PEM")},
    {"openssl", text("key", "", "private key of the certificate, PEM")},
    {"openssl", text("cafile", "", "the authority of all nodes, PEM")},
    {"openssl", text("revoked", "",
                     "certificates that vpaas certs revoke named, PEM; empty: "
                     "revoked.pem in folder, once it is there")},
    {"openssl", choice("without_role", {"nothing", "anything"},
                       "what those may do whose certificates name no role")},
  };
}

/// What runs on a cloud node, and how much of it.
std::vector<option> cloud_options() {
  return {
    {"cloud", text("detector", "street-detector",
                   "name of the detector's card; null: none, fixed boxes")},
    {"cloud", text("device", "cpu", "where it runs: cpu or cuda:N")},
    {"cloud", choice("type", {"card", "fp32", "bf16"},
                     "of its numbers; card: what its card says")},
    {"cloud", integer("workers", 1, 1, 256, "detectors that run side by side")},
    {"cloud", integer("threads", 1, 1, 256, "of each of them")},
    {"cloud", integer("max_batch", 4, 1, 1024,
                      "keyframes that run at once; more helps a GPU")},
    {"cloud", duration("max_delay", "20ms", 0, 60,
                       "longest wait of a keyframe for others to run with")},
    {"cloud", integer("decoders", 1, 1, 1024, "of chunks, one thread each")},
  };
}

/// Which networks the streams of a fog node share.
std::vector<option> fog_options() {
  return {
    {"fog", text("classifier", "street-backbone",
                 "card of the backbone that names regions; empty: none")},
    {"fog", text("heads", "street-heads", "that name them, beside weights")},
    {"fog", text("second_look", "",
                 "card of the detector that looks at them before, best the "
                 "cloud's own; empty: none")},
    {"fog", texts("labels", "that matter to it; none named: all")},
    {"fog", flag("gives_way", true,
                 "it looks at less while others want the processor")},
    {"fog", text("backup", "street-backup",
                 "card of the detector for when the cloud is gone; empty: "
                 "none")},
    {"fog", text("device", "cpu", "where they run: cpu or cuda:N")},
    {"fog", integer("threads", 1, 1, 256, "of each of them")},
  };
}

/// Page and API, and what they keep.
std::vector<option> gateway_options(tier x) {
  return {
    {"store", text("data", "data.db",
                   "who may log in, and what they changed: as a ledger")},
    {"gateway", text("listen", x == tier::backend ? "127.0.0.1:4780" : "",
                     "host:port of page and API; empty: none")},
    {"gateway", text("certificate", "",
                     "of the page, PEM; empty: one that it makes itself")},
    {"gateway", text("key", "", "private key of the certificate, PEM")},
    {"notify", text("webhook", "",
                    "https://HOST/PATH that is told of events and alarms; "
                    "empty: none")},
    {"notify", text("webhook_secret", "",
                    "file with the key of its signatures; empty: none")},
    {"notify", text("mqtt", "",
                    "mqtt[s]://[USER@]HOST[:PORT] of a broker that is told; "
                    "empty: none")},
    {"notify", text("mqtt_password", "", "file with the user's password")},
    {"notify", text("mqtt_prefix", "vpaas", "first part of its topics")},
    {"notify", text("discovery", "",
                    "first part of Home Assistant's topics, as homeassistant; "
                    "empty: it is not told")},
    {"notify", flag("results", false, "MQTT gets every result")},
    {"notify", text("cafile", "",
                    "who signs webhook and broker, PEM; empty: the system's")},
  };
}

/// Who is told where a keyframe's time went.
std::vector<option> trace_options() {
  return {
    {"traces", text("endpoint", "",
                    "http[s]://HOST:PORT of a collector of OpenTelemetry (OTLP "
                    "over HTTP); empty: none")},
    {"traces",
     number("ratio", 0.01, 0, 1, "share of keyframes; the same on all nodes")},
    {"traces",
     text("cafile", "", "who signs the collector, PEM; empty: the system's")},
  };
}

std::vector<option> store_options() {
  return {
    {"store", text("folder", "",
                   "for what must survive a restart; empty: "
                   "$XDG_DATA_HOME/vpaas/NAME")},
    {"store", text("ledger", "ledger.db",
                   "where results are kept: a file in folder, sqlite3://FILE "
                   "or postgresql://host=... dbname=...")},
    {"store", text("spool", "spool",
                   "where segments wait for answers: a folder in folder; "
                   "empty: none, and a fog that is killed loses them")},
    {"store", size("spool_bytes", "4GiB", 1 << 20, 1e12,
                   "of disk; beyond them the oldest segments go")},
    {"store",
     duration("spool_age", "24h", 1, 1e9, "of a segment; older ones go")},
    {"store", text("clips", "clips",
                   "video around events: a folder in folder; empty: none")},
    {"store", size("clip_bytes", "1GiB", 1 << 20, 1e12,
                   "of disk, a stream; beyond them its oldest clips go")},
    {"store", duration("clip_age", "168h", 1, 1e9, "of a clip; older ones go")},
  };
}

void append(std::vector<option>& to, std::vector<option> xs) {
  to.insert(to.end(), xs.begin(), xs.end());
}

} // namespace

std::vector<std::string> local_addresses() {
  std::vector<std::string> result;
  for (auto x : {tier::client, tier::fog, tier::cloud, tier::backend})
    result.push_back(local_address(x));
  return result;
}

std::vector<option> node_options(tier x) {
  auto kind = to_string(x);
  std::vector<option> result{
    {"node", text("name", kind + "-1", "unique among all nodes")},
    {"node", text("host", "127.0.0.1",
                  "address to listen on; without TLS only loopback")},
    {"node", integer("port", first_port + static_cast<int>(x), 0, 65535,
                     "port to listen on; 0 takes a free one")},
    {"node", text("advertise", "",
                  "host:port under which others reach it; empty: as above")},
    {"node", text("topology", "topologies/" + kind + ".lua",
                  "what runs here; relative to this file")},
    {"node", network_option()},
    {"node", duration("grace", "20s", 1, 3600, "for an orderly stop")},
  };
  for (auto peer : upstream(x))
    result.push_back(
      {"node", address(to_string(peer), local_address(peer),
                       "where the " + to_string(peer) + " listens")});
  append(result, peer_options());
  append(result,
         {
           {"log", choice("level", {"info", "debug", "warning", "error"},
                          "what is worth a line")},
           {"log", choice("format", {"text", "json"}, "of a line")},
           {"log", text("file", "", "where lines go; empty: standard error")},
         });
  if (x == tier::fog || x == tier::cloud)
    append(result, {{"zoo", text("path", "",
                                 "folders with weights and heads, searched "
                                 "first; separated by ':'")}});
  if (x == tier::cloud)
    append(result, cloud_options());
  if (x == tier::fog) {
    append(result, fog_options());
    append(result, store_options());
  }
  if (x == tier::cloud || x == tier::backend)
    append(result, {store_options().front()}); // the folder
  if (x == tier::fog || x == tier::backend) {
    append(result, gateway_options(x));
    append(result, trace_options());
  }
  append(result, scheduler_options());
  append(result, tls_options());
  return result;
}

std::vector<option> all_options() {
  auto result = node_options(tier::fog);
  append(result, cloud_options());
  return result;
}

std::vector<option> tool_options() {
  std::vector<option> result{
    {"tool", texts("nodes", "host:port of nodes to ask; empty: one of each "
                            "tier on this machine")},
    {"tool", duration("timeout", "3s", .01, 600, "for an answer")},
    {"node", network_option()},
  };
  append(result, peer_options());
  append(result, scheduler_options());
  append(result, tls_options());
  for (auto& x : price_settings())
    result.push_back({"price", x});
  return result;
}

} // namespace vpaas
