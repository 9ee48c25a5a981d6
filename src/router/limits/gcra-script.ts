import { createHash } from "node:crypto";

/**
 * The one script of the shared store: the generic cell rate algorithm on several buckets at once.
 *
 * A key holds when its bucket is full again, in microseconds of the server's clock, and expires then. Arguments: `ask` or
 * `tell`, then for each key the time between two requests, what the bucket holds as time, the count and its age, all in
 * microseconds. `ask` takes from all buckets or from none; `tell` takes what was granted elsewhere, as if at the time when
 * it was granted, and may leave a bucket lacking more than it holds: that is paid back, up to one more bucket or two
 * seconds. The answer: the longest wait, then what each bucket lacks.
 *
 * A key farther ahead than any bucket can be is of a clock that went back; its bucket is then empty, and fills from now.
 */
export const gcraScript = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local asks = ARGV[1] == 'ask'
local wait, full, jumped = 0, {}, {}
for i, key in ipairs(KEYS) do
  local spacing, room = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  local count, age = tonumber(ARGV[4 * i]), tonumber(ARGV[4 * i + 1])
  local ceiling = now + room + math.max(room, 2000000)
  local at = tonumber(redis.call('GET', key) or now) or now
  if at > ceiling then
    at = now + room
    jumped[i] = true
  end
  if asks then
    at = math.max(at, now) + count * spacing
    wait = math.max(wait, at - now - room)
  else
    at = math.min(math.max(at, now - age) + count * spacing, ceiling)
  end
  full[i] = at
end
local grants = not asks or wait < 1
local answer = {grants and 0 or math.ceil(wait)}
for i, key in ipairs(KEYS) do
  if not grants then full[i] = full[i] - ARGV[4 * i] * ARGV[4 * i - 2] end
  if grants or jumped[i] then
    redis.call('SET', key, string.format('%.17g', full[i]), 'PX', math.max(1, math.ceil((full[i] - now) / 1000)))
  end
  answer[i + 1] = math.max(0, math.floor(full[i] - now))
end
return answer
`;

/** What EVALSHA calls it. */
export const gcraSha = createHash("sha1").update(gcraScript).digest("hex");
