-- How long things stay in a zone. An event when one enters, one when it leaves
-- with the time of its stay, and one when it has been there for `longest`
-- seconds (0: none).
help = "who enters a zone, who leaves it, and how long he stayed"
parameters = { zone = "0.3,0.3 0.7,0.3 0.7,1 0.3,1", name = "zone",
  longest = 0 }

local area
local warned = {}

function start()
  area = zone(param.name, points(param.zone))
end

function apply(result)
  for _, x in ipairs(area:watch(result)) do
    event { kind = x.what, object = x.object, zone = area.name,
      seconds = x.seconds }
    if x.what == "left" then warned[x.object.track] = nil end
  end
  if param.longest <= 0 then return end
  for _, object in ipairs(result.objects) do
    local stay = area.inside[object.track]
    if stay and stay >= param.longest and not warned[object.track] then
      warned[object.track] = true
      event { kind = "stays", object = object, zone = area.name,
        seconds = stay }
    end
  end
end
