-- The cloud's labels are the result; what it is less sure of is called by what
-- it would have said.
return pipeline {
  help = "a poor copy to the cloud; its labels are the result",
  parameters = { qp = 36, scale = 0.8, hints = 0.5 },
  copy = fog.encoder { keyframes, qp = param.qp, scale = param.scale },
  found = cloud.detector { copy },
  known = cloud.region_filter { found },
  result = merge { known, hints = param.hints },
  without = { cloud = fog.backup_detector { keyframes } } }
