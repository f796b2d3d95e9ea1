-- Claims an idempotency key for one request, or tells what became of the request that has it.
--
-- KEYS[1]  hash of one idempotency key
-- ARGV     fingerprint of the request, token of the owner, lease in milliseconds
-- Returns  {"claimed"}, {"running"}, {"different"} or {"finished", status, type, location, omitted, body}
--
-- Until it is finished the hash holds fingerprint, token and first (when it was claimed, milliseconds of this
-- server's clock), and the lease is its time to live. Claiming again with the same token is no second claim: the
-- answer to the first one may have been lost on its way.
local kept = redis.call('HMGET', KEYS[1], 'fingerprint', 'token', 'status', 'type', 'location', 'omitted', 'body')
if not kept[1] then
  local now = redis.call('TIME')
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2],
    'first', string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000)))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'claimed'}
end
if kept[1] ~= ARGV[1] then
  return {'different'}
end
if kept[3] then
  return {'finished', kept[3], kept[4], kept[5], kept[6], kept[7]}
end
if kept[2] == ARGV[2] then
  return {'claimed'}
end
return {'running'}
