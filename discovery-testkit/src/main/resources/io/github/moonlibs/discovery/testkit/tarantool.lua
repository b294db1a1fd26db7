-- What an instance of the test kit runs; the test's own script.lua comes into it near the end.
--   tarantool tarantool.lua ADDRESS:PORT rw|ro
local listen, mode = arg[1], arg[2]

require('fio').mkdir('data')
box.cfg { wal_dir = 'data', memtx_dir = 'data', vinyl_dir = 'data', memtx_memory = 64 * 1024 * 1024 }
box.schema.user.grant('guest', 'execute', 'universe', nil, { if_not_exists = true })
-- who controls the instance, whatever the test's script does with the guest's rights
box.schema.user.create('testkit', { password = 'testkit', if_not_exists = true })
box.schema.user.grant('testkit', 'super', nil, nil, { if_not_exists = true })

testkit = {
    -- a map even while it is empty: an empty table would be sent as an array
    methods = setmetatable({}, { __serialize = 'map' }),
    calls = {},
}

local function find(name)
    local found = _G
    for part in name:gmatch('[^.]+') do
        if type(found) ~= 'table' then return nil end
        found = rawget(found, part)
    end
    return found
end

-- Makes a procedure of a function, and counts its calls.
function testkit.define(name, procedure)
    local holder, last = _G, name
    for part, dot in name:gmatch('([^.]+)(%.?)') do
        if dot == '' then
            last = part
        else
            if type(rawget(holder, part)) ~= 'table' then rawset(holder, part, {}) end
            holder = rawget(holder, part)
        end
    end
    rawset(holder, last, function(...)
        testkit.calls[name] = (testkit.calls[name] or 0) + 1
        return procedure(...)
    end)
end

-- Announces a method. It returns its arguments, unless it is defined otherwise.
function testkit.announce(name, weight, retriable)
    testkit.methods[name] = { weight = weight, retriable = retriable }
    if find(name) == nil then
        testkit.define(name, function(...) return ... end)
    end
end

function testkit.withdraw(name)
    testkit.methods[name] = nil
end

api = {
    discovery = function()
        return { is_master = not box.info.ro, methods = testkit.methods }
    end
}

box.cfg { read_only = mode == 'ro' }
dofile('script.lua')
-- last, so that whoever can connect finds everything in its place
box.cfg { listen = listen }
