-- Leases deliveries that are due, lane after lane in the order of their turns. A lane that could give more lines up
-- again at the end. Leases that have ended are due again.
--
-- KEYS, ARGV[1..2]  as queue_lane.lua says
-- ARGV[3..4]        how many at most, length of a lease in microseconds
-- Returns           {microseconds until a lane may be served, or -1 when there is none, then for each delivery:
--                   webhook, delivery, microseconds since it was due, times its lane was held}
local left, finish = tonumber(ARGV[3]), exact(now + ARGV[4])
local answer = {-1}

-- expire puts deliveries whose lease has ended back among those that wait.
local function expire(lane)
  local ended = redis.call('ZRANGEBYSCORE', leased(lane), '-inf', exact(now), 'WITHSCORES')
  for i = 1, #ended, 2 do
    redis.call('ZREM', leased(lane), ended[i])
    redis.call('ZADD', waiting(lane), ended[i + 1], ended[i])
  end
end

-- serve leases what a lane may give.
local function serve(lane)
  local _, times = hold(lane)
  local most = math.min(left, (room(lane, times)))
  local due = redis.call('ZRANGEBYSCORE', waiting(lane), '-inf', exact(now), 'WITHSCORES', 'LIMIT', 0, most)
  local taken, leases = {}, {}
  for i = 1, #due, 2 do
    taken[#taken + 1] = due[i]
    leases[#leases + 1], leases[#leases + 2] = finish, due[i]
    for _, member in ipairs({lane, due[i], now - due[i + 1], times}) do
      answer[#answer + 1] = member
    end
  end
  if #taken > 0 then
    redis.call('ZREM', waiting(lane), unpack(taken))
    redis.call('ZADD', leased(lane), unpack(leases))
    left = left - #taken
  end
end

-- A lane whose turn it is may have nothing to give: a lease ended, but it was held since and has no room. So lanes are
-- looked at until enough is leased; each leaves the present behind, unless the claim ends with it.
while left > 0 do
  local lanes = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', exact(now), 'LIMIT', 0, left)
  if #lanes == 0 then
    break
  end
  for _, lane in ipairs(lanes) do
    if left > 0 then
      expire(lane)
      serve(lane)
      place(lane)
    end
  end
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if first[2] then
  answer[1] = math.max(first[2] - now, 0)
end
return answer
