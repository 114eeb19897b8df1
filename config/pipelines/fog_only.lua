-- Nothing leaves the fog: its own detector looks at the keyframes themselves.
return pipeline {
  help = "the fog's own detector; nothing is sent to the cloud",
  found = fog.backup_detector { keyframes },
  result = merge { found } }
