-- Takes units from budgets, all or none, or gives units back. One call decides every bucket it is given. A bucket that
-- stands apart is decided after the others: they are taken even if it is refused.
--
-- KEYS[i]   bucket i, a hash: total (units in the window), oldest and newest (slots between which they lie), and one
--           field for each slot with units in it, named by the slot's number
-- ARGV      1: slots in a window; then for bucket i: limit, length of a slot in microseconds, units, 1 if it stands apart
--           units > 0 take, 0 takes nothing but is refused when nothing is left, < 0 gives back
--
-- Answers {time, first bucket refused or 0, then for each bucket: units left, time when all is back, microseconds until
--          the charge could pass or 0}. Times are microseconds of Redis's clock.
--
-- Time is cut into slots. What counts is the slot of now and as many before it as make a window: never less than the
-- last full window, at most one slot more. Units leave with their slot. A clock that goes back stands still instead.

local slots = tonumber(ARGV[1])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])

local function field(slot)
  return string.format('%.0f', slot)
end

-- counts reads what lies in the slots from first to last.
local function counts(key, first, last)
  local names = {}
  for slot = first, last do
    names[#names + 1] = field(slot)
  end
  return redis.call('HMGET', key, unpack(names)), names
end

-- load reads a bucket and forgets the slots that have left the window.
local function load(i)
  local b = {key = KEYS[i], limit = tonumber(ARGV[4 * i - 2]), length = tonumber(ARGV[4 * i - 1]), units = tonumber(ARGV[4 * i]),
    apart = ARGV[4 * i + 1] == '1', wait = 0}
  b.slot = math.floor(now / b.length)
  local stored = redis.call('HMGET', b.key, 'total', 'oldest', 'newest', field(b.slot))
  b.total = tonumber(stored[1] or 0)
  b.oldest = tonumber(stored[2] or b.slot)
  b.newest = tonumber(stored[3] or b.slot)
  b.here = tonumber(stored[4] or 0)
  b.fresh = not stored[3] or b.newest < b.slot -- nothing was taken in this slot yet
  if b.newest > b.slot then
    b.slot = b.newest
    b.here = tonumber(redis.call('HGET', b.key, field(b.slot)) or 0)
  end
  local first = b.slot - slots
  if b.newest < first then
    redis.call('DEL', b.key)
    b.total, b.oldest, b.newest = 0, b.slot, b.slot
  elseif b.oldest < first then
    local gone, names = counts(b.key, b.oldest, first - 1)
    for _, units in ipairs(gone) do
      b.total = b.total - tonumber(units or 0)
    end
    redis.call('HDEL', b.key, unpack(names))
    b.oldest = first
    redis.call('HSET', b.key, 'total', b.total, 'oldest', field(first))
  end
  return b
end

-- wait tells how long it takes until enough has left the window.
local function wait(b, need)
  local over = b.total + need - b.limit
  for i, units in ipairs((counts(b.key, b.oldest, b.newest))) do
    over = over - tonumber(units or 0)
    if over <= 0 then
      return (b.oldest + i + slots) * b.length - now
    end
  end
  return (b.newest + 1 + slots) * b.length - now
end

-- take counts units in the slot of now. The hash lives until that slot has left the window.
local function take(b)
  b.total, b.newest = b.total + b.units, b.slot
  redis.call('HSET', b.key, field(b.slot), b.here + b.units, 'total', b.total, 'oldest', field(b.oldest), 'newest', field(b.slot))
  if b.fresh then
    redis.call('PEXPIRE', b.key, math.ceil((slots + 2) * b.length / 1000))
  end
end

-- give takes units out of the oldest slots first: whatever slot they were charged to, no window ever counts less
-- than what was really spent in it.
local function give(b)
  local back = math.min(-b.units, b.total)
  local found, names = counts(b.key, b.oldest, b.newest)
  for i, units in ipairs(found) do
    local part = math.min(back, tonumber(units or 0))
    if part > 0 then
      redis.call('HINCRBY', b.key, names[i], -part)
      back, b.total = back - part, b.total - part
    end
  end
  redis.call('HSET', b.key, 'total', b.total)
end

local buckets, first, refused = {}, 0, false -- refused by a bucket that does not stand apart
for i = 1, #KEYS do
  local b = load(i)
  buckets[i] = b
  local need = math.max(b.units, 1)
  if b.units >= 0 and b.total + need > b.limit then
    if first == 0 then
      first = i
    end
    refused = refused or not b.apart
    b.wait = wait(b, need)
  end
end

local answer = {now, first}
for _, b in ipairs(buckets) do
  if b.units > 0 and b.wait == 0 and not refused then
    take(b)
  elseif b.units < 0 and b.total > 0 then
    give(b)
  end
  answer[#answer + 1] = math.max(b.limit - b.total, 0)
  answer[#answer + 1] = b.total > 0 and (b.newest + 1 + slots) * b.length or now
  answer[#answer + 1] = b.wait
end
return answer
