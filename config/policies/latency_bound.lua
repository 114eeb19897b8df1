-- Keeps results fresh: a poorer copy when they come late, the fog's own
-- detector when the cloud is gone. `state` is what the coordinator knows:
-- stream, cloud_up, in_flight (keyframes without an answer), freshness_ms,
-- processing_ms (of the last result), failures (of the cloud, in a row),
-- answered_kbit_s (of copies, over 4 s), under_way_kbit (of copies that were sent
-- and not answered).
function decide(state)
  if not state.cloud_up or state.failures > 2 then
    return { pipeline = "fog_only" }
  elseif state.freshness_ms > 1500 then
    return { pipeline = "high_low", qp = 40, scale = 0.6 }
  end
  return { pipeline = "high_low", qp = 36, scale = 0.8 }
end
