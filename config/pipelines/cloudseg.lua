-- CloudSeg, the super-resolving compared system [VI-A]: a small and poor copy to
-- the cloud, which is enlarged there by CARN before the detector looks. Two
-- networks look at every keyframe, so each is billed twice.
return pipeline {
  help = "a small copy to the cloud, which sharpens it before it looks",
  parameters = { qp = 20, scale = 0.35, hints = -1 },
  copy = fog.encoder { keyframes, qp = param.qp, scale = param.scale },
  sharp = cloud.super_resolver { copy },
  found = cloud.detector { sharp },
  known = cloud.region_filter { found },
  result = merge { known, hints = param.hints },
  without = { cloud = fog.backup_detector { keyframes } } }
