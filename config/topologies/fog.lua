-- A fog node: between the cameras and the cloud.
node.supervise { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver", restart = "permanent" },
  { kind = "cloud_link", restart = "permanent", to = config.cloud },
  { kind = "backend_link", restart = "permanent", to = config.backend },
  { kind = "ledger", restart = "permanent", connection = config.store.ledger },
  { kind = "results", restart = "permanent" } }
