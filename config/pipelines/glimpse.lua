-- Glimpse, the compared system that sends few frames [VI-A]: a keyframe goes to
-- the cloud where more than one of k pixels differs by more than 35 grey levels
-- from the last one that was sent; on those between them the fog moves the
-- cloud's boxes along. Each k trades bytes for F1: 20, 15, 10, 5, 4, 3, 2, 1
-- are usual.
return pipeline {
  help = "frames that differ to the cloud; the fog moves its boxes between",
  parameters = {
    k = { 10, help = "one of so many pixels has to change" },
    qp = 20, scale = 1.0, hints = 0.5 },
  chosen = fog.trigger { keyframes, k = param.k },
  copy = fog.encoder { keyframes, chosen, qp = param.qp, scale = param.scale },
  found = cloud.detector { copy },
  known = cloud.region_filter { found },
  followed = fog.box_follower { keyframes, known },
  result = merge { known, followed, hints = param.hints },
  without = { cloud = fog.backup_detector { keyframes } } }
