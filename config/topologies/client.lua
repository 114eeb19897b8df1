-- A client: cameras hang on the link to their fog.
node.supervise { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "fog_link", restart = "permanent", to = config.fog } }
