-- The Lua original's own integration scenario, announced as deployed servers announce it.
local function ping() return 'pong' end
local hangs = false

for _, name in ipairs { 'ping', 'ping_master', 'ping_replica', 'ping_better_replica' } do
    testkit.define('app.' .. name, ping)
end
testkit.define('app.timeout_even', function()
    if hangs then require('fiber').sleep(1) end
    return 'pong'
end)
-- takes the call's name down before it returns, where a killed server keeps it
box.once('executed', function()
    box.schema.space.create('executed')
    box.space.executed:create_index('primary', { parts = { 1, 'string' } })
    box.schema.user.grant('guest', 'read,write', 'space', 'executed')
end)
testkit.define('app.insert', function(id)
    box.space.executed:upsert({ id, 1 }, { { '+', 2, 1 } })
    return id
end)

function hang_timeout_even() hangs = true end

function api.discovery()
    local ro = box.info.ro
    return {
        is_master = not ro,
        methods = {
            ['app.ping'] = { weight = 100, retriable = true },
            ['app.ping_master'] = { weight = ro and 0 or 100, retriable = true },
            ['app.ping_replica'] = { weight = ro and 100 or 0, retriable = true },
            ['app.ping_better_replica'] = { weight = ro and 100 or 10, retriable = true },
            ['app.timeout_even'] = { weight = 100, retriable = true },
            ['app.insert'] = { weight = 100 },
        },
    }
end
