-- High and Low video streaming [IV-B]: the cloud locates objects on a poor copy
-- and names those that it is sure of; the fog names the rest from the full
-- quality that it still holds. A detector on the fog looks at it once more: where
-- that is sure, its name and its box count, elsewhere the heads' name.
return pipeline {
  help = "a poor copy to the cloud; the fog names what stays unclear",
  parameters = { qp = 36, scale = 0.8, -- VI-B
    preset = "veryfast",
    look = { 173056, help = "pixels of a keyframe that the fog's detector "
      .. "looks at once more; 0: none" } },
  copy = fog.encoder { keyframes, qp = param.qp, scale = param.scale,
    preset = param.preset },
  found = cloud.detector { copy },
  known = cloud.region_filter { found },
  looked = fog.second_look { keyframes, known, budget = param.look,
    optional = true },
  named = fog.classifier { keyframes, known, optional = true },
  result = merge { known, looked, named, iou = 0.4 },
  without = { cloud = fog.backup_detector { keyframes } } }
