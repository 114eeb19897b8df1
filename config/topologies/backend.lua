-- The backend: the stateful services that the other nodes report to.
node.supervise { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "bulk_receiver", restart = "permanent" } }
