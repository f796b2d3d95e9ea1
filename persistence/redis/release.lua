-- Frees a claimed key whose request left nothing to remember.
--
-- KEYS[1]  hash of one idempotency key
-- ARGV     token of the owner
-- Returns  1, or 0 when the claim was lost or is finished
local kept = redis.call('HMGET', KEYS[1], 'token', 'status')
if kept[1] ~= ARGV[1] or kept[2] then
  return 0
end
return redis.call('DEL', KEYS[1])
