-- A fog node: between the cameras and the cloud. Streams share the link and the
-- networks; `vpaas stream add` adds one while the node runs, and one that shall
-- be there from the start stands in `streams`, behind what all of them share:
--   { name = "door", source = "rtsp://10.0.0.7/1" }
local fog = config.fog
local tree = { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver" },
  { kind = "cloud_link", to = config.cloud },
  { kind = "backend_link", to = config.backend },
  { kind = "ledger", connection = config.store.ledger },
  { kind = "results" } }
local function add(child) tree[#tree + 1] = child end
if config.store.spool ~= "" then
  add { kind = "chunk_spool", folder = config.store.spool,
    max_bytes = config.store.spool_bytes, max_age = config.store.spool_age }
end
if config.store.clips ~= "" then
  add { kind = "clip_store", folder = config.store.clips,
    max_bytes = config.store.clip_bytes, max_age = config.store.clip_age }
end
if fog.classifier ~= "" then
  add { kind = "classifier", model = fog.classifier, heads = fog.heads,
    device = fog.device, threads = fog.threads }
  add { kind = "collector", heads = fog.heads }
end
if fog.second_look ~= "" then
  add { kind = "second_look", model = fog.second_look, labels = fog.labels,
    gives_way = fog.gives_way,
    max_batch = not fog.gives_way and 1 or nil, -- else time says who is with whom
    device = fog.device, threads = fog.threads, max_delay = "0s" }
end
if fog.backup ~= "" then
  add { kind = "backup_detector", model = fog.backup, device = fog.device,
    threads = fog.threads, max_delay = "0s" }
end
-- Functions of users, by their names: --vars.functions="motion brightness"
local names, name = ((config.vars or {}).functions or "") .. " ", ""
for i = 1, #names do
  local letter = names:sub(i, i)
  if letter ~= " " then
    name = name .. letter
  elseif name ~= "" then
    add { kind = name }
    name = ""
  end
end
add { kind = "model_cache" }
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
add { kind = "policy_cache" }
add { kind = "supervisor", name = "streams",
  strategy = "simple_one_for_one", { kind = "stream" } }
node.supervise(tree)
