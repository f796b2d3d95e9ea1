-- What the transitions of the queue share; it stands in front of each of them.
--
-- KEYS[1]  lanes, a sorted set: webhook -> the moment its lane may be served next
-- KEYS[2]  holds, a hash: webhook -> "until times": its lane is closed until then, for that many times in a row, and
--          after that hands out one at a time
-- KEYS[3]  how many deliveries are in the queue
-- ARGV[1]  what the names of a lane's own keys begin with, ARGV[2] how many leases a lane may have
--          <begin>waiting:<webhook>, a sorted set: delivery -> when it is due
--          <begin>leased:<webhook>, a sorted set: delivery -> when its lease ends
--
-- All keys carry one {tag}, so that on a cluster a lane lies on the node of KEYS[1]. Times are microseconds of this
-- server's clock; callers give and get them as distances from now, so that their clocks do not matter.

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

local function exact(number)
  return string.format('%.0f', number)
end

local function waiting(lane)
  return ARGV[1] .. 'waiting:' .. lane
end

local function leased(lane)
  return ARGV[1] .. 'leased:' .. lane
end

-- hold tells until when a lane is closed, and how many times in a row it was; 0 and 0 for an open one.
local function hold(lane)
  local till, times = string.match(redis.call('HGET', KEYS[2], lane) or '0 0', '(%d+) (%d+)')
  return tonumber(till), tonumber(times)
end

-- room tells how many more leases a lane may have, and when the first of those it has ends.
local function room(lane, times)
  local width = times > 0 and 1 or tonumber(ARGV[2])
  local leases = redis.call('ZRANGE', leased(lane), 0, width - 1, 'WITHSCORES')
  return width - #leases / 2, tonumber(leases[2])
end

-- place puts a lane where it belongs among the lanes: at the moment when its first delivery is due, or when a lease
-- ends, but not while it is held. A lane that is late lines up behind those that have waited longer.
local function place(lane)
  local till, times = hold(lane)
  local at
  if till > now then
    at = redis.call('EXISTS', waiting(lane), leased(lane)) > 0 and till or nil
  else
    local free
    free, at = room(lane, times)
    if free > 0 then
      local first = redis.call('ZRANGE', waiting(lane), 0, 0, 'WITHSCORES')[2]
      if first then
        first = math.max(first, now)
        at = math.min(first, at or first)
      end
    end
  end
  if at then
    redis.call('ZADD', KEYS[1], exact(at), lane)
  else
    redis.call('ZREM', KEYS[1], lane)
  end
end
