-- High and Low video streaming [IV-B]: the cloud locates objects on a poor copy
-- and names those that it is sure of; the fog names the rest from the full
-- quality that it still holds.
return pipeline {
  help = "a poor copy to the cloud; the fog names what stays unclear",
  parameters = { qp = 36, scale = 0.8 }, -- VI-B
  copy = fog.encoder { keyframes, qp = param.qp, scale = param.scale },
  found = cloud.detector { copy },
  known = cloud.region_filter { found },
  named = fog.classifier { keyframes, known, optional = true },
  result = merge { known, named },
  without = { cloud = fog.backup_detector { keyframes } } }
