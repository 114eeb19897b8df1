-- The backend: the stateful services that the other nodes report to.
local tree = { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver", restart = "permanent" },
  { kind = "registry", connection = config.store.data },
  { kind = "dispatcher" },
  { kind = "stream_keeper" } }
local function add(child) tree[#tree + 1] = child end
local notify = config.notify
if config.gateway.listen .. notify.webhook .. notify.mqtt ~= "" then
  add { kind = "monitor" }
end
if notify.webhook ~= "" then
  add { kind = "webhook", url = notify.webhook,
    secret = notify.webhook_secret, cafile = notify.cafile }
end
if notify.mqtt ~= "" then
  add { kind = "mqtt", url = notify.mqtt, password = notify.mqtt_password,
    cafile = notify.cafile, prefix = notify.mqtt_prefix,
    discovery = notify.discovery, results = notify.results }
end
if config.traces.endpoint ~= "" then
  add { kind = "trace_exporter", endpoint = config.traces.endpoint,
    cafile = config.traces.cafile }
end
if config.gateway.listen ~= "" then -- page and API
  add { kind = "data_store", connection = config.store.data }
  add { kind = "data_collector", connection = config.store.data }
  add { kind = "trainer" }
  add { kind = "gateway", listen = config.gateway.listen,
    certificate = config.gateway.certificate, key = config.gateway.key }
end
node.supervise(tree)
