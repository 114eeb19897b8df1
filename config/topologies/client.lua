-- A client: cameras hang on the link to their fog, where a stream names one of
-- them: camera = "client-1:cameras/door". `vpaas stream add --client` adds one
-- while the node runs; one that shall be there from the start stands in
-- `cameras`, behind the first: { name = "door", source = "rtsp://10.0.0.7/1" }
node.supervise { strategy = "one_for_one", intensity = 5, period = "30s",
  { kind = "fog_link", to = config.fog },
  { kind = "supervisor", name = "cameras",
    strategy = "simple_one_for_one", { kind = "camera" } } }
