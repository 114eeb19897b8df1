-- DDS, the server-driven compared system [VI-A]: the cloud looks at a poor copy,
-- asks for those places in better quality that it is not sure of, and looks
-- again at what it then has. Configuration as published: 36 and 26 at 0.8; of
-- candidates those are dropped that cover more than 4 % of the frame or overlap
-- what is accepted by more than 0.3; both rounds are merged at score 0.3. Its
-- publications differ in two thresholds: presets name them. Without one the
-- detector's card says from which score on a label is accepted.
return pipeline {
  help = "two rounds: the cloud asks again for what it is not sure of",
  parameters = {
    low = { 36, help = "quantiser of the first round" },
    high = { 26, help = "quantiser of the second round" },
    scale = { 0.8, help = "of width and height, both rounds" },
    accept = { -1, help = "score of a label; -1: what the card says" },
    background = { 0.04, min = 0, max = 1, help = "larger places are left" },
    merge = { 0.3, help = "score of what the second look adds; -1: the card's" } },
  presets = {
    text = { accept = 0.5, background = 0.04 },
    repo = { accept = 0.5, background = 0.01 },
    oneadapt = { accept = 0.7, background = 0.04 } },
  copy = fog.encoder { keyframes, qp = param.low, scale = param.scale },
  found = cloud.detector { copy },
  known = cloud.region_filter { found, theta_cls = param.accept,
    theta_iou = 0.3, theta_back = param.background },
  fine = fog.encoder { keyframes, known, qp = param.high,
    scale = param.scale },
  pasted = cloud.paster { copy, fine, known },
  again = cloud.detector { pasted },
  sure = cloud.region_filter { again, theta_cls = param.merge },
  result = merge { known, sure, iou = 0.3 },
  without = { cloud = fog.backup_detector { keyframes } } }
