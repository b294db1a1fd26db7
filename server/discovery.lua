-- What a Tarantool server announces to clients of discovery: docs/servers.md says what to put where, and what it costs.
-- One file, for Tarantool 2.6 to 3.x; after box.cfg:
--
--   local discovery = require('discovery')
--   discovery.cfg {
--       methods = {
--           ['users.get']    = { weight = 100, retriable = true },
--           ['users.insert'] = { weight = { master = 100, replica = 0 }, not_executed = { 7 } },
--       },
--   }
--
-- defines the procedure api.discovery. Where the server has watchers (2.10 and newer) each change is broadcast under
-- the procedure's name as well, at once. The procedure discovery.peers names the members of the replicaset, for clients
-- that find them by seed://.
local clock = require('clock')
local fiber = require('fiber')
local log = require('log')
local msgpack = require('msgpack')

local M = {}

-- What differs between versions is asked of the server, never read from its version; box says it after box.cfg.
local has_watchers = false
local has_objects = msgpack.object ~= nil

-- The number of an announcement must not fall when this file is loaded anew: it belongs to the process.
local process = rawget(_G, '__discovery') or { seq = 0 }
rawset(_G, '__discovery', process)

local NAME = 'api.discovery'
local OVERDUE = 'Overdue'
local OVERLOADED = 'Overloaded'

-- How often what raises no event is looked at by the fiber, in seconds: readiness, load, the operator's functions.
local INTERVAL = 1
-- How old the result of an operator's function may be when a client asks.
local FUNCTION_AGE = 0.01
-- An announcement that is larger is not broadcast itself: the clients are notified, and ask within SPREAD seconds.
local PUSHED_BYTES = 4096
local SPREAD = 0.05

local config       -- the options, checked
local guards = {}  -- by method: what a guard counts
local ready = true
local healthy = true
local load         -- the last measurement; nil unless it is asked for

local now          -- the announcement in force
local now_packed   -- the same, encoded where that can be
local inputs       -- what it was made from: if nothing of that differs, it is still right
local made_at = 0
local makings = 0
local worst_lag = 0

-- ---- options

local function complain(option, expected, got)
    error(('discovery.cfg: %s: expected %s, got %s'):format(option, expected, tostring(got)), 4)
end

local function is_weight(value)
    return type(value) == 'number' and value >= 0 and value < math.huge
end

local function is_tier(value)
    return type(value) == 'number' and value >= 0 and value < 2^31 and value == math.floor(value)
end

-- A value for both roles, or one for each.
local function check_by_role(option, given, is_right, expected, others)
    if type(given) == 'table' then
        for role, value in pairs(given) do
            if role ~= 'master' and role ~= 'replica' then
                complain(option, 'the keys master and replica', role)
            elseif not is_right(value) then
                complain(option .. '.' .. role, expected, value)
            end
        end
    elseif given ~= nil and not is_right(given) then
        complain(option, expected .. others, given)
    end
end

local function check_weight(option, weight)
    if type(weight) == 'function' then return end
    check_by_role(option, weight, is_weight, 'a finite number of at least 0', ', { master = …, replica = … }, or a function')
end

local function check_tier(option, tier)
    check_by_role(option, tier, is_tier, 'a whole number of at least 0', ', or { master = …, replica = … }')
end

local function check_methods(methods)
    if type(methods) == 'function' then return end
    if type(methods) ~= 'table' then
        complain('methods', 'a table of methods, or a function that returns it', methods)
    end
    for name, entry in pairs(methods) do
        if type(name) ~= 'string' then complain('methods', 'the names of procedures as keys', name) end
        if type(entry) ~= 'table' then
            complain('methods.' .. name, '{ weight = …, retriable = … }', entry)
        end
        check_weight('methods.' .. name .. '.weight', entry.weight)
        check_tier('methods.' .. name .. '.tier', entry.tier)
        if entry.retriable ~= nil and type(entry.retriable) ~= 'boolean' then
            complain('methods.' .. name .. '.retriable', 'a boolean', entry.retriable)
        end
    end
end

local TYPES = {
    name = { string = true },
    methods = { table = true, ['function'] = true },
    attributes = { table = true, ['function'] = true },
    term = { number = true, ['function'] = true, boolean = true },
    load = { boolean = true },
    spread = { number = true },
}

local function check(options)
    if type(options) ~= 'table' then complain('options', 'a table', options) end
    for option, value in pairs(options) do
        local types = TYPES[option]
        if types == nil then complain(tostring(option), 'an option that is there', 'this one') end
        if not types[type(value)] then
            local names = {}
            for name in pairs(types) do table.insert(names, name) end
            table.sort(names)
            complain(option, 'a ' .. table.concat(names, ' or '), value)
        end
    end
    if options.spread ~= nil and not (options.spread >= 0 and options.spread <= 1) then
        complain('spread', '0 to 1 seconds', options.spread)
    end
    check_methods(options.methods)
end

-- ---- the announcement

local function term_of_election()
    local election = box.info.election
    if election == nil or (box.cfg.election_mode or 'off') == 'off' then return nil end
    return election.term
end

local function term()
    local set = config.term
    if set == nil then return term_of_election() end
    if set == false then return nil end
    return type(set) == 'function' and set() or set
end

local function weight_of(entry, is_master)
    local weight = entry.weight
    if type(weight) == 'function' then weight = weight(is_master) end
    if type(weight) == 'table' then weight = weight[is_master and 'master' or 'replica'] or 0 end
    return weight
end

-- A map also where it is empty: an empty table would be sent as an array.
local function map(fields)
    return setmetatable(fields, { __serialize = 'map' })
end

local function with_refusals(listed)
    local errors = { OVERDUE, OVERLOADED }
    for _, error in ipairs(listed or {}) do table.insert(errors, error) end
    return errors
end

local function methods(is_master)
    local set = config.methods
    if type(set) == 'function' then set = set(is_master) end
    local made = map {}
    for name, entry in pairs(set) do
        local method = {}
        for key, value in pairs(entry) do method[key] = value end
        if ready and healthy then
            method.weight = weight_of(entry, is_master)
        else
            method.weight = 0
        end
        if type(entry.tier) == 'table' then
            method.tier = entry.tier[is_master and 'master' or 'replica']
        end
        if guards[name] ~= nil then method.not_executed = with_refusals(method.not_executed) end
        made[name] = method
    end
    return made
end

local function make(is_master)
    local made = {}
    local attributes = config.attributes
    if type(attributes) == 'function' then attributes = attributes() end
    for key, value in pairs(attributes or {}) do made[key] = value end
    made.is_master = is_master
    made.term = term()
    made.methods = methods(is_master)
    made.load = load
    return made
end

-- Whether two values say the same. Bytes can't be compared: the order of a table's keys is not fixed.
local function same(a, b)
    if type(a) ~= 'table' or type(b) ~= 'table' then return a == b end
    for key, value in pairs(a) do
        if not same(value, b[key]) then return false end
    end
    for key in pairs(b) do
        if a[key] == nil then return false end
    end
    return true
end

local function broadcast()
    if not has_watchers then return end
    if #msgpack.encode(now) <= PUSHED_BYTES then
        box.broadcast(config.name, now)
    else
        box.broadcast(config.name, { order = now.order, spread = config.spread or SPREAD })
    end
end

local function adopt(made)
    process.seq = process.seq + 1
    made.order = { instance = box.info.uuid, seq = process.seq }
    now = made
    now_packed = has_objects and msgpack.object(made) or made
    broadcast()
end

local function has_functions()
    if type(config.methods) == 'function' or type(config.attributes) == 'function' or type(config.term) == 'function' then
        return true
    end
    for _, entry in pairs(config.methods) do
        if type(entry.weight) == 'function' then return true end
    end
    return false
end

-- Brings the announcement up to date. Does not yield, unless a function of the operator's does; of those that are
-- under way at the same time the one that began last counts.
local function refresh()
    local is_master = not box.info.ro
    local seen = { is_master, config.term == nil and term_of_election() or 0, ready, healthy, load or 0 }
    local is_old = config.has_functions and clock.monotonic() - made_at >= FUNCTION_AGE
    if inputs ~= nil and not is_old and same(inputs, seen) then return end
    makings = makings + 1
    local making = makings
    local made = make(is_master)
    if making ~= makings then return end
    inputs, made_at = seen, clock.monotonic()
    if now ~= nil then made.order = now.order end
    if now == nil or not same(made, now) then adopt(made) end
end

-- As refresh, where nothing can take an error. The clients are made to ask, and get it.
local function try_refresh()
    local ok, failure = pcall(refresh)
    if ok then
        if process.failure ~= nil then broadcast() end
        process.failure = nil
    elseif tostring(failure) ~= process.failure then
        process.failure = tostring(failure)
        log.error('discovery: the announcement cannot be made: %s', process.failure)
        if has_watchers then box.broadcast(config.name, map {}) end
    end
end

-- ---- load and readiness

-- Up to the next power of two: what changes all the time would be announced all the time.
local function coarse(number)
    local power = 1
    if number < 1 then return 0 end
    while power < number do power = 2 * power end
    return power
end

local function in_progress()
    local count = 0
    for _, guard in pairs(guards) do count = count + guard.running + guard.waiting end
    return count
end

local function measure()
    if config.load then
        load = { requests = coarse(in_progress()), lag_ms = coarse(worst_lag * 1000) }
    else
        load = nil
    end
    worst_lag = 0
    -- evaluates what the applications have registered there, and so not at every question
    local health = box.info.health
    local readiness = health ~= nil and health.readiness or nil
    healthy = readiness == nil or readiness.status == true or readiness.status == 'ready'
end

local function watch_lag(generation)
    while process.generation == generation do
        local slept = clock.monotonic()
        fiber.sleep(0.1)
        worst_lag = math.max(worst_lag, clock.monotonic() - slept - 0.1)
    end
end

local function look_now_and_then(generation)
    while process.generation == generation do
        local ok, failure = pcall(measure)
        if not ok then log.error('discovery: the load cannot be measured: %s', tostring(failure)) end
        try_refresh()
        fiber.sleep(INTERVAL)
    end
end

-- ---- peers

-- The addresses for clients of this replicaset's instances, by name, in the cluster's configuration; nil where there is
-- none. A module of the same name may belong to the application.
local function configured()
    if box.info.config == nil then return nil end
    local cluster = require('config')
    local all = cluster:instances()
    local own = all[box.info.name]
    local addresses = {}
    for name, instance in pairs(all) do
        if instance.group_name == own.group_name and instance.replicaset_name == own.replicaset_name then
            local of = { instance = name }
            local address = cluster:get('iproto.advertise.client', of)
            if address == nil then
                local peer = cluster:instance_uri('peer', of)
                address = peer and peer.uri
            end
            addresses[name] = address or false
        end
    end
    return addresses
end

-- The members of this replicaset, in the form of box.info: those that are configured, by the addresses that are configured
-- for clients, or all, by the addresses from which this instance replicates.
function M.peers()
    local is_configured, addresses = pcall(configured)
    if not is_configured then addresses = nil end
    local info = box.info
    local members = {}
    for _, member in pairs(info.replication) do
        local address = member.upstream and member.upstream.peer or nil
        local name = type(member.name) == 'string' and member.name or nil
        local is_member = true
        if addresses ~= nil and name ~= nil then
            is_member = addresses[name] ~= nil
            address = addresses[name] or address
        end
        if is_member then
            table.insert(members, { uuid = member.uuid, name = name, upstream = address and { peer = address } })
        end
    end
    return { uuid = info.uuid, cluster = info.cluster, replicaset = info.replicaset, replication = members }
end

-- ---- procedures

local function define(name, procedure)
    local holder = _G
    local path = name:split('.')
    local last = table.remove(path)
    for _, part in ipairs(path) do
        if type(rawget(holder, part)) ~= 'table' then rawset(holder, part, {}) end
        holder = rawget(holder, part)
    end
    rawset(holder, last, procedure)
end

-- Sets what is announced, and from now on announces it. Can be called again with other options.
function M.cfg(options)
    check(options)
    if type(box.cfg) == 'function' then error('discovery.cfg: expected box.cfg to have been called', 2) end
    config = {}
    for option, value in pairs(options) do config[option] = value end
    config.name = config.name or NAME
    config.has_functions = has_functions()
    has_watchers = box.broadcast ~= nil and box.watch ~= nil
    inputs = nil
    measure()
    refresh()
    process.generation = (process.generation or 0) + 1
    for _, watcher in ipairs(process.watchers or {}) do watcher:unregister() end
    process.watchers = {}
    if has_watchers then
        for _, key in ipairs { 'box.status', 'box.election' } do
            table.insert(process.watchers, box.watch(key, try_refresh))
        end
    end
    if has_watchers or box.info.health ~= nil or config.load then
        fiber.create(look_now_and_then, process.generation):name('discovery')
    end
    if config.load then fiber.create(watch_lag, process.generation):name('discovery-lag') end
    define(config.name, M.announcement)
    local taken = rawget(_G, 'discovery')
    -- what the application calls so is left to it; another load of this module replaces its own
    if taken == nil or type(taken) == 'table' and (taken.peers == nil or taken.peers == process.peers) then
        process.peers = M.peers
        define('discovery.peers', M.peers)
    end
end

-- What the procedure returns.
function M.announcement()
    if config == nil then error('discovery.cfg has not been called', 2) end
    refresh()
    return now_packed
end

-- Whether the instance is to get calls. While it is not, it announces all methods with weight 0.
function M.ready(is_ready)
    if type(is_ready) ~= 'boolean' then error('discovery.ready: expected a boolean, got ' .. tostring(is_ready), 2) end
    ready = is_ready
    if config ~= nil then try_refresh() end
end

-- Has the announcement made anew, and broadcast if it has changed: after something that the functions in it read.
function M.refresh()
    inputs = nil
    if config ~= nil then try_refresh() end
end

-- ---- guards

local function time_left(count, ...)
    local last = count > 0 and select(count, ...) or nil
    local timeout = type(last) == 'table' and tonumber(last.timeout_ms) or nil
    return timeout and timeout / 1000 or nil
end

local function refuse(name, error_type, why)
    box.error { type = error_type, reason = ('%s was not executed: %s'):format(name, why) }
end

local function leave(guard, ...)
    guard.running = guard.running - 1
    guard.cond:signal()
    if (...) then return select(2, ...) end
    error((select(2, ...)), 0)
end

local function wait_for_place(guard, name, left)
    local deadline = left and clock.monotonic() + left
    repeat
        local wait = deadline and deadline - clock.monotonic()
        if wait ~= nil and wait <= 0 then refuse(name, OVERDUE, 'its time was over before it came to it') end
        guard.cond:wait(wait)
        -- some versions return as if it had been signalled
        fiber.testcancel()
    until guard.running < guard.limit
end

-- Those that wait longest come first, unless their time is over.
local function enter(guard, name, left)
    if left ~= nil and left <= 0 then refuse(name, OVERDUE, 'no time was left to it') end
    local failure
    if guard.running >= guard.limit or guard.waiting > 0 then
        if guard.waiting >= guard.queue then refuse(name, OVERLOADED, guard.waiting .. ' calls wait already') end
        guard.waiting = guard.waiting + 1
        local ok, why = pcall(wait_for_place, guard, name, left)
        guard.waiting = guard.waiting - 1
        failure = not ok and why or nil
    end
    if failure == nil then guard.running = guard.running + 1 end
    -- the place that this one was woken for may be another's
    if guard.waiting > 0 and guard.running < guard.limit then guard.cond:signal() end
    if failure ~= nil then error(failure, 0) end
end

local function check_guard(name, procedure, options)
    if type(name) ~= 'string' then error('discovery.guard: expected a method, got ' .. tostring(name), 3) end
    if type(procedure) ~= 'function' then
        error(('discovery.guard: %s: expected a function, got %s'):format(name, tostring(procedure)), 3)
    end
    for option, least in pairs { limit = 1, queue = 0 } do
        local value = options[option]
        if value ~= nil and (type(value) ~= 'number' or value < least) then
            error(('discovery.guard: %s: %s: expected a number of at least %d, got %s'):format(
                name, option, least, tostring(value)), 3)
        end
    end
end

-- Returns a procedure that does what the given one does, but bounds it: at most limit calls run at the same time, and at
-- most queue wait for them. What is beyond is refused with the custom error Overloaded, and what has waited until its
-- time was over with Overdue; the method then announces both as not_executed. The time comes from the client:
-- withTimeoutArgument(true) appends { timeout_ms = … } to the arguments.
function M.guard(name, procedure, options)
    options = options or {}
    check_guard(name, procedure, options)
    local guard = {
        limit = options.limit or math.huge,
        queue = options.queue or math.huge,
        running = 0,
        waiting = 0,
        cond = fiber.cond(),
    }
    guards[name] = guard
    inputs = nil
    return function(...)
        enter(guard, name, time_left(select('#', ...), ...))
        return leave(guard, pcall(procedure, ...))
    end
end

-- What the guards count: { method = { running = …, waiting = … } }.
function M.stat()
    local stat = map {}
    for name, guard in pairs(guards) do stat[name] = { running = guard.running, waiting = guard.waiting } end
    return stat
end

return M
