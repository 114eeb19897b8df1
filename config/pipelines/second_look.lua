-- High and Low with a second look: what the cloud only located on the poor copy
-- is looked at once more, at full quality, by a detector on the fog; where it is
-- sure, its name and its box count. Start the function with
-- --vars.second_look=MODEL, best the cloud's own.
return pipeline {
  help = "a poor copy to the cloud; the fog looks twice at what stays unclear",
  parameters = { qp = 36, scale = 0.8 }, -- VI-B
  copy = fog.encoder { keyframes, qp = param.qp, scale = param.scale },
  found = cloud.detector { copy },
  known = cloud.region_filter { found },
  looked = fog.second_look { keyframes, known, optional = true },
  result = merge { known, looked },
  without = { cloud = fog.backup_detector { keyframes } } }
