#include "runtime/node/lua_zones.hpp"

#include "runtime/vision/geometry.hpp"

#include <charconv>

namespace vpaas {

namespace {

// Who is not seen for `patience` seconds has left. A stay is the time of the
// ways between two sightings that lie inside.
constexpr const char* prelude = R"lua(
points = geometry.points

function foot(object)
  local b = object.where
  return { (b.x0 + b.x1) / 2, b.y1 }
end

function middle(object)
  local b = object.where
  return { (b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2 }
end

local function forget(seen, now, patience, gone)
  for track, x in pairs(seen) do
    if now - x.seconds > patience then
      seen[track] = nil
      if gone then gone(track, x) end
    end
  end
end

function zone(name, corners, at)
  local z = { name = name, points = corners, inside = {}, patience = 6 }
  local seen = {}
  at = at or foot
  if not geometry.is_zone(corners) then
    error("a zone wants three points or more: zone(name, { { x, y }, ... })", 2)
  end

  function z.holds(self, p)
    return geometry.inside { p, corners }
  end

  local function step(object, now, said)
    local p, x = at(object), seen[object.track]
    local holds = geometry.inside { p, corners }
    if x == nil then
      x = { stay = 0 }
      seen[object.track] = x
    else
      x.stay = x.stay + geometry.share { x.at, p, corners } * (now - x.seconds)
    end
    x.at, x.seconds, x.object = p, now, object
    if holds and not x.holds then
      said[#said + 1] = { what = "entered", object = object, seconds = x.stay }
    elseif x.holds and not holds then
      said[#said + 1] = { what = "left", object = object, seconds = x.stay }
    elseif not holds and x.stay > 0 then -- in and out between two sightings
      said[#said + 1] = { what = "entered", object = object, seconds = 0 }
      said[#said + 1] = { what = "left", object = object, seconds = x.stay }
    end
    x.holds = holds
    z.inside[object.track] = holds and x.stay or nil
    if not holds then x.stay = 0 end
  end

  function z.watch(self, result)
    if result.late then return {} end
    local said, now = {}, result.seconds
    for _, object in ipairs(result.objects) do
      if object.track ~= 0 then step(object, now, said) end
    end
    forget(seen, now, self.patience, function(track, x)
      z.inside[track] = nil
      if x.holds then
        said[#said + 1] = { what = "left", object = x.object, seconds = x.stay }
      end
    end)
    return said
  end

  return z
end

function line(name, from, to, at)
  local l = { name = name, from = from, to = to, left = 0, right = 0,
    patience = 6 }
  local seen, where = {}, { from, to }
  at = at or foot
  if not (geometry.is_point(from) and geometry.is_point(to)) then
    error("a line wants two points: line(name, { x, y }, { x, y })", 2)
  end

  function l.watch(self, result)
    if result.late then return {} end
    local said, now = {}, result.seconds
    for _, object in ipairs(result.objects) do
      if object.track ~= 0 then
        local p, x = at(object), seen[object.track]
        if x == nil then
          x = { last = "on", at = p }
          seen[object.track] = x
        end
        local step = geometry.step { where, p, x.last, x.at }
        x.last, x.at, x.seconds = step.last, p, now
        if step.to ~= "on" then
          l[step.to] = l[step.to] + 1
          said[#said + 1] = { object = object, to = step.to }
        end
      end
    end
    forget(seen, now, self.patience)
    return said
  end

  return l
end
)lua";

caf::error refuse(const std::string& cause) {
  return caf::make_error(ec::bad_config, cause);
}

bool read(const json& x, point& to) {
  if (!x.is_array() || x.size() != 2 || !x[0].is_number() || !x[1].is_number())
    return false;
  to = {x[0].get<float>(), x[1].get<float>()};
  return true;
}

bool read(const json& x, polygon& to) {
  if (!x.is_array())
    return false;
  to.resize(x.size());
  for (size_t i = 0; i < to.size(); ++i)
    if (!read(x[i], to[i]))
      return false;
  return to.size() >= 3;
}

constexpr const char* want_point = "a point is { x, y }, in shares of the "
                                   "picture";
caf::expected<json> is_point(const json& x) {
  point ignored;
  return json(read(x, ignored));
}

caf::expected<json> is_zone(const json& x) {
  polygon ignored;
  return json(read(x, ignored));
}

caf::expected<json> inside_of(const json& x) {
  point p;
  polygon area;
  if (!read(x.at(0), p) || !read(x.at(1), area))
    return refuse(want_point);
  return json(inside(p, area));
}

caf::expected<json> share_of(const json& x) {
  point a, b;
  polygon area;
  if (!read(x.at(0), a) || !read(x.at(1), b) || !read(x.at(2), area))
    return refuse(want_point);
  return json(share_inside(a, b, area));
}

caf::expected<json> step_of(const json& x) {
  line over;
  point to;
  passage who;
  auto& ends = x.at(0);
  if (!read(ends.at(0), over.from) || !read(ends.at(1), over.to)
      || !read(x.at(1), to) || !read(x.at(3), who.at))
    return refuse(want_point);
  from_string(x.at(2).get<std::string>(), who.last);
  auto came_to = step_to(to, over, who);
  return json{{"to", to_string(came_to)}, {"last", to_string(who.last)}};
}

/// "0.1,0.2 0.3,0.4"
caf::expected<json> points_of(const json& x) {
  auto wrong = [&] {
    return refuse("points " + x.dump()
                  + " cannot be read; write \"x,y x,y "
                    "...\" in shares of the picture");
  };
  if (!x.is_string())
    return wrong();
  auto& text = x.get_ref<const std::string&>();
  auto result = json::array();
  auto at = text.data(), end = at + text.size();
  auto number = [&](char until, json& to) {
    float value = 0;
    auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || (next != end && *next != until))
      return false;
    to.push_back(value);
    at = next == end ? end : next + 1;
    return until == ' ' || next != end;
  };
  while (at != end) {
    if (*at == ' ') {
      ++at;
      continue;
    }
    auto pair = json::array();
    if (!number(',', pair) || !number(' ', pair))
      return wrong();
    result.push_back(std::move(pair));
  }
  return result;
}

/// Calls `f`; what it throws about the shape of its argument becomes an error.
lua_sandbox::host_function guarded(caf::expected<json> (*f)(const json&)) {
  return [f](const json& x) -> caf::expected<json> {
    try {
      return f(x);
    } catch (const json::exception&) {
      return refuse(want_point);
    }
  };
}

} // namespace

caf::error add_zones(lua_sandbox& lua) {
  lua.set("geometry", "is_point", is_point);
  lua.set("geometry", "is_zone", is_zone);
  lua.set("geometry", "inside", guarded(inside_of));
  lua.set("geometry", "share", guarded(share_of));
  lua.set("geometry", "step", guarded(step_of));
  lua.set("geometry", "points", guarded(points_of));
  return lua.run(prelude, "zones");
}

} // namespace vpaas
