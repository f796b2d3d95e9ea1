-- Decides callers one after the other. Each takes units from budgets, all or none, or gives units back. A charge that
-- stands apart is decided after the others: they are taken even if it is refused. Each bucket is read once and written
-- once, however many callers share it.
--
-- KEYS[i]   bucket i, a hash: total (units in the window), oldest and newest (slots between which they lie), and one
--           field for each slot with units in it, named by the slot's number
-- ARGV      slots in a window; length of a slot in microseconds for each bucket; then for each caller: how many such
--           callers come in a row, how many charges each has, and for each charge: bucket, limit, units, 1 if apart
--           units > 0 take, 0 takes nothing but is refused when nothing is left, < 0 gives back
--
-- Answers {time, then for each caller: first charge refused or 0, then for each of its charges: units left, time when
--          all is back, microseconds until the charge could pass or 0}. Times are microseconds of Redis's clock.
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

-- forget drops the slots before first and returns what lies in the others.
local function forget(key, total, oldest, first)
  local gone, names = counts(key, oldest, first - 1)
  for _, units in ipairs(gone) do
    total = total - tonumber(units or 0)
  end
  redis.call('HDEL', key, unpack(names))
  redis.call('HSET', key, 'total', total, 'oldest', field(first))
  return total
end

-- load reads a bucket without the slots that have left the window.
local function load(key, length)
  local slot = math.floor(now / length)
  local name = field(slot)
  local stored = redis.call('HMGET', key, 'total', 'oldest', 'newest', name)
  local total, oldest, newest, here, fresh = 0, slot, slot, stored[4], stored[3] ~= name
  if stored[1] then
    total, oldest, newest = tonumber(stored[1]), tonumber(stored[2]), tonumber(stored[3])
    if newest > slot then
      slot, name, fresh = newest, stored[3], false
      here = redis.call('HGET', key, name)
    end
    local first = slot - slots
    if newest < first then
      redis.call('DEL', key)
      total, oldest, newest = 0, slot, slot
    elseif oldest < first then
      total, oldest = forget(key, total, oldest, first), first
    end
  end
  return {key = key, length = length, slot = slot, name = name, fresh = fresh, -- the slot of now; fresh: nothing was taken in it
    total = total, oldest = oldest, newest = newest, here = tonumber(here or 0)} -- as the callers so far leave them
end

-- wait tells how long it takes until enough has left the window: with the newest slot all has.
local function wait(b, need, limit)
  b.counts = b.counts or counts(b.key, b.oldest, b.newest)
  local over = b.total + need - limit
  for i, units in ipairs(b.counts) do
    over = over - tonumber(units or 0)
    if over <= 0 then
      return (b.oldest + i + slots) * b.length - now
    end
  end
  return (b.newest + 1 + slots) * b.length - now
end

-- take counts units in the slot of now.
local function take(b, units)
  b.total, b.here, b.newest, b.touched = b.total + units, b.here + units, b.slot, true
end

-- give takes units out of the oldest slots first: whatever slot they were charged to, no window ever counts less
-- than what was really spent in it.
local function give(b, units)
  local back = math.min(units, b.total)
  b.total, b.given, b.counts = b.total - back, true, nil
  while back > 0 and b.oldest < b.slot do
    local name = field(b.oldest)
    local lies = tonumber(redis.call('HGET', b.key, name) or 0)
    if lies > back or b.oldest == b.newest then
      redis.call('HINCRBY', b.key, name, -back)
      return
    end
    redis.call('HDEL', b.key, name)
    back, b.oldest = back - lies, b.oldest + 1
  end
  if back > 0 then
    b.here, b.touched = b.here - back, true
  end
end

-- save writes what the callers changed. The hash lives until the slot of now has left the window.
local function save(b)
  if b.touched then
    redis.call('HSET', b.key, b.name, b.here, 'total', b.total, 'oldest', field(b.oldest), 'newest', field(b.newest))
    if b.fresh then
      redis.call('PEXPIRE', b.key, math.ceil((slots + 2) * b.length / 1000))
    end
  elseif b.given then
    redis.call('HSET', b.key, 'total', b.total, 'oldest', field(b.oldest))
  end
end

local answer, told = {now}, 1

-- decide answers one caller.
local function decide(charges)
  local first, refused, waits = 0, false, {} -- refused by a charge that does not stand apart
  for i, c in ipairs(charges) do
    local need = math.max(c.units, 1)
    if c.units >= 0 and c.bucket.total + need > c.limit then
      first = first == 0 and i or first
      refused = refused or not c.apart
      waits[i] = wait(c.bucket, need, c.limit)
    end
  end
  answer[told + 1] = first
  told = told + 1
  for i, c in ipairs(charges) do
    local b = c.bucket
    if c.units > 0 and not waits[i] and not refused then
      take(b, c.units)
    elseif c.units < 0 and b.total > 0 then
      give(b, -c.units)
    end
    answer[told + 1] = math.max(c.limit - b.total, 0)
    answer[told + 2] = b.total > 0 and (b.newest + 1 + slots) * b.length or now
    answer[told + 3] = waits[i] or 0
    told = told + 3
  end
end

local buckets = {}
for i = 1, #KEYS do
  buckets[i] = load(KEYS[i], tonumber(ARGV[i + 1]))
end
local at = #KEYS + 2
while at < #ARGV do
  local times, count, charges = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), {}
  for i = 1, count do
    local bucket, limit, units, apart = unpack(ARGV, at + 4 * i - 2, at + 4 * i + 1)
    charges[i] = {bucket = buckets[tonumber(bucket)], limit = tonumber(limit), units = tonumber(units), apart = apart == '1'}
  end
  for _ = 1, times do
    decide(charges)
  end
  at = at + 2 + 4 * count
end
for _, b in ipairs(buckets) do
  save(b)
end
return answer
