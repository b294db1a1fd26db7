-- What each node of ./dev chaos serves, in the test kit's Tarantool. NAME and JOURNAL are set before it.
local fiber, digest = require('fiber'), require('digest')

-- for the reply that is nested deeper than anybody would
require('msgpack').cfg { encode_max_depth = 4000 }

-- Lines of "NUMBER HASH TOKEN", one for each call, written before anything else is done about it. They survive a
-- kill -9 because every line is handed to the kernel at once.
local journal = assert(io.open(JOURNAL, 'a'))
journal:setvbuf('no')
-- whatever was cut short by the last kill ends here
journal:write('\n')

local pid, executions = require('tarantool').pid(), 0

-- Writes the call down and returns the answer, which says where it comes from.
local function execute(number, payload, seconds)
    executions = executions + 1
    local hash, token = digest.md5_hex(payload), ('%d.%d'):format(pid, executions)
    journal:write(('%d %s %s\n'):format(number, hash, token))
    if seconds > 0 then fiber.sleep(seconds) end
    return number, hash, NAME, token, payload
end

local function serve(name, retriable, procedure)
    testkit.define(name, procedure)
    testkit.announce(name, 100, retriable)
end

serve('chaos.get', true, execute)
serve('chaos.put', false, execute)
serve('chaos.slow.' .. NAME, true, execute)

serve('chaos.large', true, function(...)
    execute(...)
    return ('x'):rep(4 * 1024 * 1024)
end)

serve('chaos.causes', true, function(...)
    execute(...)
    local head
    for i = 1, 200 do
        local next = box.error.new { code = 10000 + i, reason = 'cause ' .. i }
        if head ~= nil then next:set_prev(head) end
        head = next
    end
    head:raise()
end)

serve('chaos.nested', true, function(...)
    execute(...)
    local nest = {}
    for _ = 1, 1000 do nest = { nest } end
    return nest
end)

-- for a flood from outside: not announced, and not written down
testkit.define('chaos.sleep', function(_, _, seconds) fiber.sleep(seconds) end)
