-- A cloud node: where the strong detectors run. Chunks arrive at the
-- runner, which takes them to the others and finds them by their names.
local cloud = config.cloud
local tree = { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver", restart = "permanent" },
  { kind = "backend_link", restart = "permanent", to = config.backend } }
for i = 1, cloud.decoders do
  tree[#tree + 1] = { kind = "chunk_decoder", name = "chunk_decoder-" .. i,
    restart = "permanent" }
end
tree[#tree + 1] = { kind = "detectors", restart = "permanent",
  start_timeout = "5min", model = cloud.detector, device = cloud.device,
  type = cloud.type, workers = cloud.workers, threads = cloud.threads,
  max_batch = cloud.max_batch, max_delay = cloud.max_delay }
tree[#tree + 1] = { kind = "region_filter", restart = "permanent" }
tree[#tree + 1] = { kind = "paster", restart = "permanent" }
if (config.vars or {}).super_resolver then -- for the pipeline cloudseg
  tree[#tree + 1] = { kind = "super_resolver", restart = "permanent",
    model = config.vars.super_resolver, device = cloud.device,
    threads = cloud.threads, start_timeout = "5min" }
end
tree[#tree + 1] = { kind = "runner", restart = "permanent",
  decoders = cloud.decoders }
tree[#tree + 1] = { kind = "model_cache" }
node.supervise(tree)
