-- Forgets a lane with everything in it.
--
-- KEYS, ARGV[1..2]  as queue_lane.lua says
-- ARGV[3]           webhook
-- Returns           how many deliveries were in it
local lane = ARGV[3]
local dropped = redis.call('ZCARD', waiting(lane)) + redis.call('ZCARD', leased(lane))
redis.call('DEL', waiting(lane), leased(lane))
redis.call('HDEL', KEYS[2], lane)
redis.call('ZREM', KEYS[1], lane)
if dropped > 0 then
  redis.call('DECRBY', KEYS[3], dropped)
end
return dropped
