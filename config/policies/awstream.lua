-- AWStream, the compared policy that follows the bandwidth [VI-A]: a profile of
-- copies, best first, of which it sends the best that gets through. Where more
-- than a second and a half of what the link takes is under way, it goes at once
-- to the best copy that fits into what the link does take; where the link was
-- calm for a while, one step up, and each step that failed is tried later. The
-- profile is the user's to change: `vpaas figures 5` measures F1 and bytes of
-- such copies on clips of his own.
local profile = {
  { qp = 20, scale = 1.0 }, { qp = 24, scale = 0.8 }, { qp = 30, scale = 0.8 },
  { qp = 36, scale = 0.8 }, { qp = 36, scale = 0.6 }, { qp = 40, scale = 0.6 },
  { qp = 42, scale = 0.4 } }
local most_wait, little_wait = 1.5, 0.75 -- seconds that are under way
local settle = 4                         -- keyframes until a change is seen
local shortest, longest = 8, 128         -- patience, in keyframes
local level, since, patience = 4, 0, shortest
local rate = {} -- kbit/s of each level, as far as it was sent for a while

-- Seconds until what is under way has got through.
local function wait(state)
  if state.under_way_kbit == 0 then return 0 end
  if state.answered_kbit_s == 0 then return state.in_flight > settle and 99 or 0 end
  return state.under_way_kbit / state.answered_kbit_s
end

-- The best level below this one that needs less than the link takes; of levels
-- that were never sent it is supposed that each needs two thirds of the last.
local function that_fits(kbit_s)
  local guess = rate[level] or kbit_s
  for i = level + 1, #profile do
    guess = rate[i] or guess * 0.67
    if guess < 0.9 * kbit_s then return i end
  end
  return #profile
end

function decide(state)
  since = since + 1
  if state.cloud_up and since >= settle then
    local long = wait(state)
    if long > most_wait then
      if since <= 2 * settle then -- the last step was too much
        patience = math.min(2 * patience, longest)
      end
      level, since = that_fits(state.answered_kbit_s), 0
    elseif long < little_wait then
      rate[level] = state.answered_kbit_s
      if since >= patience and level > 1 then
        if long < little_wait / 3 then patience = math.max(patience // 2, shortest) end
        level, since = level - 1, 0
      end
    end
  end
  return { pipeline = "cloud_only", qp = profile[level].qp,
    scale = profile[level].scale }
end
