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

local function shown(value)
    if value == '' then return 'an empty string' end
    local kind = type(value)
    return (kind == 'table' or kind == 'function') and 'a ' .. kind or tostring(value)
end

-- Without a place: what a function returns is checked where no line of the operator's is near.
local function complain(option, expected, got)
    error(('discovery.cfg: %s: expected %s, got %s'):format(option, expected, shown(got)), 0)
end

local function keys_of(set)
    local keys = {}
    for key in pairs(set) do table.insert(keys, key) end
    table.sort(keys)
    return table.concat(keys, ', ')
end

-- As a number of Lua's, nil if it is none. The operator may have it from a tuple, as an integer of 64 bits or a decimal.
local function number(value)
    if type(value) == 'cdata' then return tonumber(value) or tonumber(tostring(value)) end
    return type(value) == 'number' and value or nil
end

local function is_weight(value)
    local weight = number(value)
    return weight ~= nil and weight >= 0 and weight < math.huge
end

local function is_whole(value)
    local whole = number(value)
    return whole ~= nil and whole >= 0 and whole < 2^31 and whole == math.floor(whole)
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
    elseif not is_right(given) then
        complain(option, expected .. others, given)
    end
end

local WEIGHT = 'a finite number of at least 0'

local function check_weight(option, weight)
    if weight == nil or type(weight) == 'function' then return end
    check_by_role(option, weight, is_weight, WEIGHT, ', { master = …, replica = … }, or a function')
end

local function check_tier(option, tier)
    if tier == nil then return end
    check_by_role(option, tier, is_whole, 'a whole number of at least 0', ', or { master = …, replica = … }')
end

local function check_errors(option, errors)
    if errors == nil then return end
    local expected = "a list of errors' codes and names, such as { 7, 'MyError' }"
    if type(errors) ~= 'table' then complain(option, expected, errors) end
    local count = 0
    for place, listed in pairs(errors) do
        if type(place) ~= 'number' then complain(option, expected, 'the key ' .. tostring(place)) end
        if not is_whole(listed) and (type(listed) ~= 'string' or listed == '') then
            complain(('%s[%s]'):format(option, place), "an error's code or its name", listed)
        end
        count = count + 1
    end
    if count ~= #errors then complain(option, expected, 'one with gaps') end
end

local METHOD_KEYS = { weight = true, tier = true, retriable = true, not_executed = true }

-- How many letters have to be added, left out, changed or swapped to make one word of the other.
local function distance(a, b)
    local rows = { [0] = {} }
    for j = 0, #b do rows[0][j] = j end
    for i = 1, #a do
        rows[i] = { [0] = i }
        for j = 1, #b do
            local changed = a:byte(i) == b:byte(j) and 0 or 1
            local least = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + changed)
            if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
                least = math.min(least, rows[i - 2][j - 2] + 1)
            end
            rows[i][j] = least
        end
    end
    return rows[#a][#b]
end

local function letters(key)
    return (key:lower():gsub('%A', ''))
end

local function is_misspelt(key)
    local word = letters(key)
    for known in pairs(METHOD_KEYS) do
        local right = letters(known)
        local close = #right < 5 and 1 or 2
        -- few misspell the first letter, and so many more words are taken for what they are
        if word:byte() == right:byte() and math.abs(#word - #right) <= close and distance(word, right) <= close then
            return true
        end
    end
    return false
end

-- Keys that are no misspelt ones. A function may return the same ones a hundred times a second.
local other_keys = {}

-- A method may have keys of the operator's, which are announced as they are.
local function check_method_key(option, key)
    if METHOD_KEYS[key] or other_keys[key] then return end
    if type(key) ~= 'string' or is_misspelt(key) then
        complain(option, 'the keys ' .. keys_of(METHOD_KEYS) .. ', or keys of your own that are not so close to these', key)
    end
    other_keys[key] = true
end

local function check_method(option, entry)
    if type(entry) ~= 'table' then complain(option, '{ weight = …, retriable = … }', entry) end
    for key in pairs(entry) do check_method_key(option, key) end
    check_weight(option .. '.weight', entry.weight)
    check_tier(option .. '.tier', entry.tier)
    check_errors(option .. '.not_executed', entry.not_executed)
    if entry.retriable ~= nil and type(entry.retriable) ~= 'boolean' then
        complain(option .. '.retriable', 'a boolean', entry.retriable)
    end
end

local function check_methods(methods)
    for name, entry in pairs(methods) do
        if type(name) ~= 'string' or name == '' then complain('methods', 'the names of procedures as keys', name) end
        check_method('methods.' .. name, entry)
    end
end

-- What the announcement has beside the operator's attributes.
local OWN_KEYS = { is_master = true, load = true, methods = true, order = true, term = true }

local function check_attributes(attributes)
    for key in pairs(attributes) do
        if type(key) ~= 'string' then complain('attributes', 'strings as keys', key) end
        if OWN_KEYS[key] then
            complain('attributes', 'keys other than ' .. keys_of(OWN_KEYS) .. ', which are not set here', key)
        end
    end
end

local function check_term(option, term)
    -- box.NULL equals nil, and isn't false
    if term == nil or term == false then return end
    local value = number(term)
    -- what is no number differs from itself
    if value == nil or value ~= value or math.abs(value) == math.huge then
        complain(option, 'a finite number, or false', term)
    end
end

local function check_name(name)
    for _, part in ipairs(name:split('.')) do
        if part == '' or part:find('[:%s]') then
            complain('name', "a procedure's name such as api.discovery", name)
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
        if types == nil then complain('options', 'the keys ' .. keys_of(TYPES), option) end
        if option ~= 'methods' and not types[type(value)] then
            complain(option, 'a ' .. keys_of(types):gsub(', ', ' or '), value)
        end
    end
    if options.spread ~= nil and not (options.spread >= 0 and options.spread <= 1) then
        complain('spread', '0 to 1 seconds', options.spread)
    end
    if options.name ~= nil then check_name(options.name) end
    if type(options.term) ~= 'function' then check_term('term', options.term) end
    if type(options.attributes) == 'table' then check_attributes(options.attributes) end
    if not TYPES.methods[type(options.methods)] then
        complain('methods', 'a table of methods, or a function that returns it', options.methods)
    end
    if type(options.methods) == 'table' then check_methods(options.methods) end
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
    if type(set) == 'function' then
        set = set()
        check_term('term()', set)
    end
    return set ~= nil and set or nil
end

local function weight_of(name, entry, is_master)
    local weight = entry.weight
    if type(weight) == 'function' then
        weight = weight(is_master)
        check_by_role('methods.' .. name .. '.weight()', weight, is_weight, WEIGHT, ', or { master = …, replica = … }')
    end
    if type(weight) == 'table' then weight = weight[is_master and 'master' or 'replica'] or 0 end
    return weight
end

-- A map also where it is empty: an empty table would be sent as an array.
local function map(fields)
    return setmetatable(fields, { __serialize = 'map' })
end

local function with_refusals(listed)
    local errors = { OVERDUE, OVERLOADED }
    if listed == nil then return errors end
    for _, error in ipairs(listed) do table.insert(errors, error) end
    return errors
end

local function methods(is_master)
    local set = config.methods
    if type(set) == 'function' then
        set = set(is_master)
        if type(set) ~= 'table' then complain('methods()', 'a table of methods', set) end
        check_methods(set)
    end
    local made = map {}
    for name, entry in pairs(set) do
        local method = {}
        for key, value in pairs(entry) do method[key] = value end
        if ready and healthy then
            method.weight = weight_of(name, entry, is_master)
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
    if type(attributes) == 'function' then
        attributes = attributes()
        if attributes == nil then attributes = {} end
        if type(attributes) ~= 'table' then complain('attributes()', 'a table', attributes) end
        check_attributes(attributes)
    end
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
local function coarse(value)
    local power = 1
    if value < 1 then return 0 end
    while power < value do power = 2 * power end
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

-- Sets what is announced, and from now on announces it. Can be called again with other options; if these are wrong, or
-- one of their functions fails, those before remain in force.
function M.cfg(options)
    local is_right, complaint = pcall(check, options)
    if not is_right then error(complaint, 2) end
    if type(box.cfg) == 'function' then error('discovery.cfg: expected box.cfg to have been called', 2) end
    local config_before, load_before = config, load
    config = {}
    for option, value in pairs(options) do config[option] = value end
    config.name = config.name or NAME
    config.has_functions = has_functions()
    has_watchers = box.broadcast ~= nil and box.watch ~= nil
    inputs = nil
    measure()
    local is_made, failure = pcall(refresh)
    if not is_made then
        config, load, inputs = config_before, load_before, nil
        error(failure, 0)
    end
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

local LEAST = { limit = 1, queue = 0 }

local function check_guard(name, procedure, options)
    local function refuse_guard(...) error('discovery.guard: ' .. (...):format(select(2, ...)), 4) end
    if type(name) ~= 'string' or name == '' then refuse_guard('expected a method, got %s', shown(name)) end
    if type(procedure) ~= 'function' then refuse_guard('%s: expected a function, got %s', name, shown(procedure)) end
    if type(options) ~= 'table' then
        refuse_guard('%s: options: expected a table, got %s', name, shown(options))
    end
    for option, value in pairs(options) do
        local least = LEAST[option]
        if least == nil then
            refuse_guard('%s: options: expected the keys %s, got %s', name, keys_of(LEAST), shown(option))
        end
        if type(value) ~= 'number' or value < least or value ~= math.floor(value) then
            refuse_guard('%s: %s: expected a whole number of at least %d, got %s', name, option, least, shown(value))
        end
    end
end

-- Returns a procedure that does what the given one does, but bounds it: at most limit calls run at the same time, and at
-- most queue wait for them. What is beyond is refused with the custom error Overloaded, and what has waited until its
-- time was over with Overdue; the method then announces both as not_executed. The time comes from the client:
-- withTimeoutArgument(true) appends { timeout_ms = … } to the arguments.
function M.guard(name, procedure, options)
    if options == nil then options = {} end
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
