-- Closes a lane for a while. Closing one that is closed only moves the end, and is not counted again.
--
-- KEYS, ARGV[1..2]  as queue_lane.lua says
-- ARGV[3..4]        webhook, microseconds; nothing means until now
-- Returns           how many times in a row the lane was closed
local till, times = hold(ARGV[3])
if till <= now then
  times = times + 1
end
redis.call('HSET', KEYS[2], ARGV[3], exact(now + (tonumber(ARGV[4]) or 0)) .. ' ' .. exact(times))
place(ARGV[3])
return times
