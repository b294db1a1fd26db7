-- A small service, as an application would write it.
local uuid = require('uuid')
local decimal = require('decimal')

users = {
    get = function(id)
        return { id = id, name = 'Ann', balance = decimal.new('12.50'),
          key = uuid.fromstr('550e8400-e29b-41d4-a716-446655440000') }
    end,
    insert = function(name) return { name = name } end,
    fail = function() error('no such user') end,
    two = function() return 1, 'two' end,
    none = function() end,
}

function api.discovery()
    return { is_master = not box.info.ro,
      methods = {
        ['users.get']    = { weight = 100, retriable = true },
        ['users.fail']   = { weight = box.info.ro and 0 or 1 },
        ['users.two']    = { retriable = true },
        ['users.none']   = { retriable = true },
        ['users.insert'] = { weight = box.info.ro and 0 or 100 } } }
end
