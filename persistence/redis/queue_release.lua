-- Opens a lane to its full width.
--
-- KEYS, ARGV[1..2]  as queue_lane.lua says
-- ARGV[3]           webhook
-- Returns           1, or 0 when it was open
local held = redis.call('HDEL', KEYS[2], ARGV[3])
place(ARGV[3])
return held
