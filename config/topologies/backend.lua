-- The backend: the stateful services that the other nodes report to.
local tree = { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver", restart = "permanent" } }
local function add(child) tree[#tree + 1] = child end
if config.gateway.listen ~= "" then -- page and API
  add { kind = "data_store", connection = config.store.data }
  add { kind = "monitor" }
  add { kind = "gateway", listen = config.gateway.listen,
    certificate = config.gateway.certificate, key = config.gateway.key }
end
node.supervise(tree)
