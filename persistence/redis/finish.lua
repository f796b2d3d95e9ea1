-- Keeps the answer of a claimed request.
--
-- KEYS[1]  hash of one idempotency key
-- ARGV     token of the owner, how long to keep the answer in milliseconds from the claim, status, content type,
--          location, "1" when the body was left out, body
-- Returns  1, or 0 when the claim was lost: the lease has ended, and the key may belong to another request
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'status', ARGV[3], 'type', ARGV[4], 'location', ARGV[5], 'omitted', ARGV[6], 'body', ARGV[7])
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', redis.call('HGET', KEYS[1], 'first') + ARGV[2]))
return 1
