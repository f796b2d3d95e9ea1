-- Puts deliveries in. Those that wait or are leased already stay as they are.
--
-- KEYS, ARGV[1..2]  as queue_lane.lua says
-- ARGV[3..]         for each delivery: webhook, delivery, microseconds until it is due; nothing means at once
-- Returns           how many were new
local touched, new = {}, 0
for i = 3, #ARGV, 3 do
  local lane, delivery = ARGV[i], ARGV[i + 1]
  if not redis.call('ZSCORE', leased(lane), delivery) then
    local added = redis.call('ZADD', waiting(lane), 'NX', exact(now + (tonumber(ARGV[i + 2]) or 0)), delivery)
    if added > 0 then
      touched[lane], new = true, new + added
    end
  end
end
for lane in pairs(touched) do
  local at = tonumber(redis.call('ZSCORE', KEYS[1], lane) or nil)
  if not at or at > now then -- else it keeps its turn
    place(lane)
  end
end
if new > 0 then
  redis.call('INCRBY', KEYS[3], new)
end
return new
