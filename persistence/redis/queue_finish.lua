-- Ends leases: a delivery leaves the queue, or waits for a moment. The last word counts, whoever has the lease: a
-- delivery that is not there is put in for its moment.
--
-- KEYS, ARGV[1..2]  as queue_lane.lua says
-- ARGV[3..]         for each delivery: webhook, delivery, microseconds until it is due again, or nothing
local touched, change = {}, 0
for i = 3, #ARGV, 3 do
  local lane, delivery = ARGV[i], ARGV[i + 1]
  change = change - redis.call('ZREM', leased(lane), delivery) - redis.call('ZREM', waiting(lane), delivery)
  if ARGV[i + 2] ~= '' then
    change = change + redis.call('ZADD', waiting(lane), exact(now + ARGV[i + 2]), delivery)
  end
  touched[lane] = true
end
for lane in pairs(touched) do
  place(lane)
end
if change ~= 0 then
  redis.call('INCRBY', KEYS[3], change)
end
return change
