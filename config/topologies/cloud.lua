-- A cloud node: where the strong detectors run.
node.supervise { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver", restart = "permanent" },
  { kind = "backend_link", restart = "permanent", to = config.backend } }
