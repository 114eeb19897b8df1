-- Counts who passes a line. Left and right are as seen by someone who walks
-- along the line from its first point to its second; an object passes with its
-- foot, the middle of the lower edge of its box. An event names who passed and
-- to which side.
help = "counts who passes a line"
parameters = { line = "0.5,0 0.5,1", name = "line", label = "" }

local gate

function start()
  local ends = points(param.line)
  if #ends ~= 2 then error("line = \"x,y x,y\": two points", 0) end
  gate = line(param.name, ends[1], ends[2])
end

function apply(result)
  for _, x in ipairs(gate:watch(result)) do
    if param.label == "" or x.object.label == param.label then
      event { kind = "passed", object = x.object, zone = gate.name,
        value = x.to }
    end
  end
end
