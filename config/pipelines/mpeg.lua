-- MPEG, the plain compared system [VI-A]: the camera's own packets go to the
-- cloud, which decodes them and looks at every keyframe in full quality. Its
-- bytes are the unit of those of all others.
return pipeline {
  help = "the camera's own video to the cloud; its labels are the result",
  parameters = { hints = 0.5 },
  video = fog.forwarder { keyframes },
  found = cloud.detector { video },
  known = cloud.region_filter { found },
  result = merge { known, hints = param.hints },
  without = { cloud = fog.backup_detector { keyframes } } }
