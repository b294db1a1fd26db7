-- Tests of discovery.lua. Runs inside of a server that has called box.cfg, as ServerModuleTest does it; returns the names
-- of the tests that passed and, by name, why others failed, and what the server lacks that others need.
local clock = require('clock')
local fiber = require('fiber')
local msgpack = require('msgpack')
local discovery = require('discovery')

local tests, passed = {}, {}
local failed, skipped = setmetatable({}, { __serialize = 'map' }), setmetatable({}, { __serialize = 'map' })

-- Ends a test on a server that lacks what is tested.
local function needs(what, value)
    if value == nil then error({ lacks = what }, 0) end
end

local function equal(got, expected, what)
    if type(got) == 'table' or type(expected) == 'table' then
        got, expected = require('json').encode(got), require('json').encode(expected)
    end
    if got ~= expected then
        error(('%s: expected %s, got %s'):format(what or 'value', tostring(expected), tostring(got)), 2)
    end
end

-- What a client gets.
local function announced()
    return msgpack.decode(msgpack.encode(api.discovery()))
end

local function raises(what, call, ...)
    local ok, failure = pcall(call, ...)
    if ok then error('expected an error with ' .. what, 2) end
    if not tostring(failure):find(what, 1, true) then
        error(('expected an error with %s, got %s'):format(what, tostring(failure)), 2)
    end
    return failure
end

local function await(what, condition)
    local deadline = fiber.clock() + 20
    while not condition() do
        if fiber.clock() > deadline then error('not within 20 s: ' .. what, 2) end
        fiber.sleep(0.001)
    end
end

function tests.tiers_follow_the_role()
    discovery.cfg { methods = {
        read = { tier = { master = 1, replica = 0 } },
        late = { tier = 2 },
        some = { tier = { master = 3 } },
    } }
    local master = announced()
    box.cfg { read_only = true }
    local replica = announced()
    box.cfg { read_only = false }
    equal(master.methods.read.tier, 1)
    equal(master.methods.late.tier, 2)
    equal(master.methods.some.tier, 3)
    equal(replica.methods.read.tier, 0)
    equal(replica.methods.late.tier, 2)
    equal(replica.methods.some.tier, nil)
    raises('methods.read.tier: expected a whole number of at least 0, or { master = …, replica = … }, got 0.5',
        discovery.cfg, { methods = { read = { tier = 0.5 } } })
    raises('methods.read.tier.master: expected a whole number of at least 0, got -1',
        discovery.cfg, { methods = { read = { tier = { master = -1 } } } })
    raises('methods.read.tier: expected the keys master and replica, got slave',
        discovery.cfg, { methods = { read = { tier = { slave = 1 } } } })
end

function tests.weights_follow_the_role()
    discovery.cfg { methods = {
        read = { weight = 10, retriable = true },
        write = { weight = { master = 100 }, not_executed = { 7 } },
        plain = {},
        own = { weight = function(is_master) return is_master and 1 or 2 end },
    } }
    local master = announced()
    equal(master.is_master, true)
    equal(master.methods.read, { weight = 10, retriable = true })
    equal(master.methods.write.weight, 100)
    equal(master.methods.write.not_executed, { 7 })
    equal(master.methods.plain.weight, nil)
    equal(master.methods.own.weight, 1)
    box.cfg { read_only = true }
    local replica = announced()
    box.cfg { read_only = false }
    equal(replica.is_master, false)
    equal(replica.methods.read.weight, 10)
    equal(replica.methods.write.weight, 0)
    equal(replica.methods.own.weight, 2)
end

function tests.each_change_has_a_higher_number_and_what_is_equal_the_same()
    discovery.cfg { methods = { m = {} } }
    local first = announced().order
    equal(first.instance, box.info.uuid)
    equal(announced().order.seq, first.seq, 'seq without a change')
    box.cfg { read_only = true }
    equal(announced().order.seq, first.seq + 1, 'seq after a change')
    box.cfg { read_only = false }
    equal(announced().order.seq, first.seq + 2, 'seq after another one')
    discovery.cfg { methods = { m = {} } }
    equal(announced().order.seq, first.seq + 2, 'seq after the same options')
    discovery.cfg { methods = { m = { weight = 1 } } }
    equal(announced().order.seq, first.seq + 3, 'seq after other options')
end

function tests.the_number_does_not_fall_when_the_file_is_loaded_anew()
    discovery.cfg { methods = { m = {} } }
    local seq = announced().order.seq
    local anew = discovery_loader()
    anew.cfg { methods = { m = {} } }
    equal(announced().order.seq > seq, true)
    discovery.cfg { methods = { m = {} } }
end

function tests.functions_and_attributes_are_announced()
    local zone, asked = 'east', 0
    discovery.cfg {
        methods = function(is_master)
            asked = asked + 1
            return { m = { weight = is_master and 3 or 4 } }
        end,
        attributes = function() return { zone = zone } end,
        term = function() return 17 end,
    }
    equal(announced().methods.m.weight, 3)
    equal(announced().zone, 'east')
    equal(announced().term, 17)
    zone = 'west'
    await('the other zone', function() return announced().zone == 'west' end)
    discovery.cfg { methods = {}, term = 18 }
    equal(announced().term, 18)
    equal(getmetatable(announced().methods).__serialize, 'map')
    discovery.cfg { methods = {}, term = false }
    equal(announced().term, nil)
end

function tests.a_function_that_fails_fails_the_announcement_and_no_more()
    local broken = false
    discovery.cfg { methods = function() return broken and error('broken') or { m = {} } end }
    announced()
    broken = true
    await('the error', function() return not pcall(api.discovery) end)
    raises('broken', api.discovery)
    broken = false
    equal(announced().methods.m, {})
end

function tests.an_instance_that_is_not_ready_gets_no_calls()
    discovery.cfg { methods = { m = {}, n = { weight = 5 } } }
    discovery.ready(false)
    equal(announced().methods, { m = { weight = 0 }, n = { weight = 0 } })
    discovery.ready(true)
    equal(announced().methods.n.weight, 5)
    equal(announced().methods.m.weight, nil)
end

function tests.readiness_of_the_server_counts()
    needs('box.info.health', box.info.health)
    discovery.cfg { methods = { m = { weight = 5 } } }
    local health, is_ready = require('internal.healthcheck'), false
    health.add_health_check('discovery_test', function() return is_ready, 'not yet' end)
    await('weight 0', function() return announced().methods.m.weight == 0 end)
    is_ready = true
    await('weight 5', function() return announced().methods.m.weight == 5 end)
    health.remove_health_check('discovery_test')
end

function tests.changes_are_broadcast_at_once()
    needs('box.watch', box.watch)
    discovery.cfg { methods = { m = { weight = { master = 1, replica = 2 } } } }
    local seen = {}
    local watcher = box.watch('api.discovery', function(_, value) table.insert(seen, value) end)
    await('the present one', function() return #seen > 0 and seen[#seen].is_master end)
    box.cfg { read_only = true }
    await('the replica', function() return seen[#seen].is_master == false end)
    equal(seen[#seen].methods.m.weight, 2)
    equal(seen[#seen].order, announced().order)
    box.cfg { read_only = false }
    await('the master', function() return seen[#seen].is_master end)
    local many = {}
    for i = 1, 200 do many['method.number.' .. i] = { weight = 100, retriable = true } end
    discovery.cfg { methods = many, spread = 0.5 }
    await('what is large is to be fetched', function() return seen[#seen].spread == 0.5 end)
    equal(seen[#seen].methods, nil)
    equal(seen[#seen].order, announced().order)
    watcher:unregister()
end

function tests.load_is_announced_where_it_is_asked_for()
    discovery.cfg { methods = {}, load = true }
    equal(announced().load.requests, 0)
    local release = fiber.cond()
    local slow = discovery.guard('slow', function() release:wait() end)
    for _ = 1, 3 do fiber.create(slow) end
    await('four at most', function() return announced().load.requests == 4 end)
    release:broadcast()
    await('none', function() return announced().load.requests == 0 end)
    await('lag', function()
        local busy = clock.monotonic() + 0.02
        while clock.monotonic() < busy do end -- luacheck: ignore
        fiber.sleep(0.05)
        return announced().load.lag_ms > 0
    end)
    discovery.cfg { methods = {} }
    equal(announced().load, nil)
end

function tests.a_guard_refuses_what_has_no_time_left()
    local calls = 0
    local guarded = discovery.guard('guarded', function(...) calls = calls + 1 return ... end)
    equal({ guarded(1, { timeout_ms = 1000 }) }, { 1, { timeout_ms = 1000 } })
    equal(select('#', guarded(nil, nil)), 2)
    equal(guarded(), nil)
    equal(calls, 3)
    local failure = raises('guarded was not executed: no time was left to it', guarded, 1, { timeout_ms = 0 })
    equal(failure:unpack().custom_type or failure.type, 'Overdue')
    equal(calls, 3)
    discovery.cfg { methods = { guarded = { weight = 1, not_executed = { 7 } }, free = {} } }
    equal(announced().methods.guarded.not_executed, { 'Overdue', 'Overloaded', 7 })
    equal(announced().methods.free.not_executed, nil)
end

function tests.a_guard_lets_so_many_run_and_the_others_wait_in_turn()
    local order, release = {}, fiber.cond()
    local guarded = discovery.guard('limited', function(number)
        table.insert(order, number)
        release:wait()
    end, { limit = 2 })
    for i = 1, 4 do fiber.create(guarded, i) end
    equal(order, { 1, 2 })
    equal(discovery.stat().limited, { running = 2, waiting = 2 })
    local bounded = discovery.guard('bounded', function() release:wait() end, { limit = 1, queue = 1 })
    for _ = 1, 2 do fiber.create(bounded) end
    local failure = raises('bounded was not executed: 1 calls wait already', bounded)
    equal(failure:unpack().custom_type or failure.type, 'Overloaded')
    raises('limited was not executed: its time was over before it came to it', guarded, 5, { timeout_ms = 5 })
    local cancelled = fiber.new(guarded, 6)
    cancelled:set_joinable(true)
    await('it waits', function() return discovery.stat().limited.waiting == 3 end)
    cancelled:cancel()
    equal(cancelled:join(), false)
    equal(discovery.stat().limited, { running = 2, waiting = 2 })
    await('all have run', function()
        release:signal()
        return #order == 4
    end)
    equal(order, { 1, 2, 3, 4 })
    await('all have ended', function()
        release:broadcast()
        return discovery.stat().limited.running == 0
    end)
    equal(discovery.stat().limited.waiting, 0)
end

function tests.a_guard_keeps_errors_as_they_are()
    local guarded = discovery.guard('failing', function(what) error(what) end)
    raises('text', guarded, 'text')
    local object = box.error.new { code = 30001, reason = 'object' }
    local _, failure = pcall(guarded, object)
    equal(failure == object, true)
    equal(discovery.stat().failing.running, 0)
end

function tests.wrong_options_are_refused_in_words()
    local good = { m = {} }
    raises('discovery.cfg: methods: expected a table of methods, or a function that returns it, got nil', discovery.cfg, {})
    raises('discovery.cfg: methods.m: expected { weight', discovery.cfg, { methods = { m = 1 } })
    raises('methods.m.weight: expected a finite number of at least 0', discovery.cfg, { methods = { m = { weight = -1 } } })
    raises('methods.m.weight: expected the keys master and replica, got slave', discovery.cfg,
        { methods = { m = { weight = { slave = 1 } } } })
    raises('methods.m.retriable: expected a boolean, got yes', discovery.cfg, { methods = { m = { retriable = 'yes' } } })
    raises('discovery.cfg: options: expected a table, got nil', discovery.cfg)
    raises('discovery.cfg: options: expected the keys attributes, load, methods, name, spread, term, got metods',
        discovery.cfg, { methods = good, metods = good })
    raises('discovery.cfg: term: expected a boolean or function or number, got x', discovery.cfg,
        { methods = good, term = 'x' })
    raises('discovery.cfg: term: expected a finite number, or false, got true', discovery.cfg,
        { methods = good, term = true })
    raises('discovery.cfg: attributes: expected strings as keys, got 1', discovery.cfg,
        { methods = good, attributes = { 'east' } })
    raises('discovery.cfg: attributes: expected keys other than is_master, load, methods, order, term, which', discovery.cfg,
        { methods = good, attributes = { term = 7 } })
    raises('discovery.cfg: methods: expected the names of procedures as keys, got an empty string', discovery.cfg,
        { methods = { [''] = {} } })
    raises('discovery.cfg: load: expected a boolean, got 1', discovery.cfg, { methods = good, load = 1 })
    raises('discovery.cfg: spread: expected 0 to 1 seconds, got 2', discovery.cfg, { methods = good, spread = 2 })
    raises('discovery.guard: m: expected a function, got nil', discovery.guard, 'm')
    raises('discovery.guard: m: queue: expected a whole number of at least 0, got -1', discovery.guard, 'm', print,
        { queue = -1 })
    raises('discovery.guard: m: limit: expected a whole number of at least 1, got 1.5', discovery.guard, 'm', print,
        { limit = 1.5 })
    raises('discovery.guard: m: limit: expected a whole number of at least 1, got nan', discovery.guard, 'm', print,
        { limit = 0 / 0 })
    raises('discovery.guard: m: options: expected the keys limit, queue, got limits', discovery.guard, 'm', print,
        { limits = 8 })
    raises('discovery.guard: m: options: expected a table, got 8', discovery.guard, 'm', print, 8)
    raises('discovery.guard: expected a method, got an empty string', discovery.guard, '', print)
    raises('discovery.ready: expected a boolean, got nil', discovery.ready)
end

function tests.names_that_no_client_could_call_are_refused()
    for _, name in ipairs { '', '.', 'api.', 'api..discovery', 'api:discovery', 'api discovery' } do
        local got = name == '' and 'an empty string' or name
        raises("discovery.cfg: name: expected a procedure's name such as api.discovery, got " .. got, discovery.cfg,
            { name = name, methods = {} })
    end
end

function tests.not_executed_is_a_list_of_codes_and_names()
    local function with(errors) return { methods = { m = { not_executed = errors } } } end
    discovery.cfg(with { 7, 'MyError', 32ULL })
    equal(announced().methods.m.not_executed, { 7, 'MyError', 32 })
    discovery.cfg(with {})
    local list = "methods.m.not_executed: expected a list of errors' codes and names, such as { 7, 'MyError' }, got "
    raises(list .. '7', discovery.cfg, with(7))
    raises(list .. 'MyError', discovery.cfg, with('MyError'))
    raises(list .. 'the key code', discovery.cfg, with { code = 7 })
    raises(list .. 'one with gaps', discovery.cfg, with { [1] = 7, [3] = 8 })
    local one = "methods.m.not_executed[2]: expected an error's code or its name, got "
    raises(one .. '-1', discovery.cfg, with { 7, -1 })
    raises(one .. 'an empty string', discovery.cfg, with { 7, '' })
    raises(one .. 'a table', discovery.cfg, with { 7, {} })
end

function tests.misspelt_keys_of_a_method_are_refused_and_the_operators_own_are_announced()
    local own = { zone = 'east', version = 3, time = 4, height = 5, ['7th'] = 6, label = 'x', retry_after = 7 }
    discovery.cfg { methods = { m = own } }
    local method = announced().methods.m
    for key, value in pairs(own) do equal(method[key], value, key) end
    for _, key in ipairs {
        'wieght', 'Weight', 'weights', 'wight', 'tiers', 'retryable', 'retriabel',
        'notExecuted', 'not-executed', 'not_excuted', 1,
    } do
        raises('discovery.cfg: methods.m: expected the keys not_executed, retriable, tier, weight, or keys of your own '
            .. 'that are not so close to these, got ' .. key, discovery.cfg, { methods = { m = { [key] = 1 } } })
    end
end

function tests.what_functions_return_is_checked_as_what_is_set()
    local function returning(value) return function() return value end end
    local function refused(what, options) raises('discovery.cfg: ' .. what, discovery.cfg, options) end
    refused('methods(): expected a table of methods, got nil', { methods = returning(nil) })
    refused('methods(): expected a table of methods, got a function', { methods = returning(print) })
    refused('methods.m.tier: expected a whole number', { methods = returning { m = { tier = 0.5 } } })
    refused('methods.m: expected the keys', { methods = returning { m = { wieght = 1 } } })
    refused('methods.m.weight(): expected a finite number of at least 0, or { master = …, replica = … }, got nil',
        { methods = { m = { weight = returning(nil) } } })
    refused('methods.m.weight().master: expected a finite number of at least 0, got x',
        { methods = { m = { weight = returning { master = 'x' } } } })
    refused('attributes(): expected a table, got 1', { methods = {}, attributes = returning(1) })
    refused('attributes: expected keys other than', { methods = {}, attributes = returning { order = 1 } })
    refused('term(): expected a finite number, or false, got x', { methods = {}, term = returning('x') })
    discovery.cfg { methods = { m = { weight = returning(5ULL) } }, attributes = returning(nil), term = returning(nil) }
    equal(announced().methods.m.weight, 5)
    equal(announced().term, nil)
    discovery.cfg { methods = {}, term = returning(5ULL) }
    equal(announced().term, 5)
    -- what JSON and net.box make of null
    discovery.guard('m', returning(1))
    local null = returning(box.NULL)
    discovery.cfg { methods = { m = { not_executed = box.NULL } }, attributes = null, term = null }
    equal(announced().term, nil)
    equal(#announced().methods.m.not_executed, 2)
end

function tests.what_a_function_returns_later_fails_the_announcement()
    local entry = { weight = 1 }
    discovery.cfg { methods = function() return { m = entry } end }
    equal(announced().methods.m.weight, 1)
    entry = { weight = 1, retriable = 'yes' }
    await('the error', function() return not pcall(api.discovery) end)
    raises('discovery.cfg: methods.m.retriable: expected a boolean, got yes', api.discovery)
    entry = { weight = 2 }
    equal(announced().methods.m.weight, 2)
end

function tests.options_that_are_refused_leave_those_before_in_force()
    discovery.cfg { methods = { m = { weight = 3 } } }
    raises('got nil', discovery.cfg, { methods = function() return nil end, load = true })
    equal(announced().methods.m.weight, 3)
    equal(announced().load, nil)
    local _, failure = pcall(discovery.cfg, { methods = function() error({ own = true }) end })
    equal(failure, { own = true })
    raises('got -1', discovery.cfg, { methods = { m = { weight = -1 } } })
    equal(announced().methods.m.weight, 3)
end

function tests.the_members_are_those_of_the_replicaset()
    discovery.cfg { methods = { m = {} } }
    local peers = msgpack.decode(msgpack.encode(rawget(_G, 'discovery').peers()))
    equal(peers.uuid, box.info.uuid)
    equal(#peers.replication, 1)
    equal(peers.replication[1].uuid, box.info.uuid)
    equal(peers.replication[1].upstream, nil)
    equal(peers.cluster ~= nil, true)
end

-- With the modules of a cluster in which this instance is a, as Tarantool 3 has them.
local function with_configuration(configuration, info, test)
    local module, real = package.loaded.config, box.info
    package.loaded.config = configuration
    box.info = setmetatable(info, { __index = function(_, key) return real[key] end })
    local ok, failure = pcall(test)
    box.info, package.loaded.config = real, module
    if not ok then error(failure, 0) end
end

function tests.configured_members_have_the_addresses_that_clients_are_to_use()
    local function member(replicaset) return { group_name = 'g', replicaset_name = replicaset } end
    local configuration = {
        instances = function() return { a = member('r'), b = member('r'), c = member('r'), d = member('other') } end,
        get = function(_, option, of)
            equal(option, 'iproto.advertise.client')
            return of.instance == 'a' and 'public:1' or nil
        end,
        instance_uri = function(_, _, of) return of.instance == 'b' and { uri = 'private:2', login = 'x' } or nil end,
    }
    local info = { config = {}, name = 'a', replication = {
        { uuid = 'ua', name = 'a' },
        { uuid = 'ub', name = 'b', upstream = { peer = 'x@seen:2' } },
        { uuid = 'uc', name = 'c', upstream = { peer = 'x@seen:3' } },
        { uuid = 'ud', name = 'gone', upstream = { peer = 'x@seen:4' } } } }
    with_configuration(configuration, info, function()
        local seen = {}
        for _, peer in ipairs(discovery.peers().replication) do
            table.insert(seen, { peer.uuid, peer.upstream.peer })
        end
        equal(seen, { { 'ua', 'public:1' }, { 'ub', 'private:2' }, { 'uc', 'x@seen:3' } })
    end)
    configuration.instances = function() error('no configuration was applied') end
    with_configuration(configuration, info, function() equal(#discovery.peers().replication, 4) end)
end

function tests.the_procedure_has_the_name_that_it_is_given()
    discovery.cfg { name = 'other.place.announce', methods = { m = {} } }
    equal(other.place.announce ~= nil, true) -- luacheck: ignore
    discovery.cfg { methods = { m = {} } }
end

local names = {}
for name in pairs(tests) do table.insert(names, name) end
table.sort(names)
for _, name in ipairs(names) do
    local ok, failure = pcall(tests[name])
    box.cfg { read_only = false }
    if ok then
        table.insert(passed, name)
    elseif type(failure) == 'table' and failure.lacks ~= nil then
        skipped[name] = failure.lacks
    else
        failed[name] = tostring(failure)
    end
end
return passed, failed, skipped
