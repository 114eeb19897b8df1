-- Leaves out what stands in a place that nobody wants to know of: a screen, a
-- poster, a neighbour's garden.
help = "leaves out the objects of a zone"
parameters = { zone = "0,0 1,0 1,0.1 0,0.1" }

local hidden

function start()
  hidden = zone("mask", points(param.zone))
end

function apply(result)
  local kept = {}
  for _, object in ipairs(result.objects) do
    if not hidden:holds(middle(object)) then kept[#kept + 1] = object end
  end
  return kept
end
