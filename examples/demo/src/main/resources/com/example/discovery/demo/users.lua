-- A small service, as an application would write it; NODE is this instance's name. Calls take a little, as work does.
local fiber = require('fiber')

-- a replica would have the space from its master
local read_only = box.cfg.read_only
box.cfg { read_only = false }
box.schema.space.create('users', { if_not_exists = true }):create_index('id', { if_not_exists = true })
box.schema.user.grant('guest', 'read,write', 'space', 'users', { if_not_exists = true })
box.cfg { read_only = read_only }

users = {
    get = function(id)
        fiber.sleep(0.002)
        return { id = id, name = 'user ' .. id, node = NODE }
    end,
    insert = function(name)
        return { id = box.space.users:auto_increment { name }[1], name = name, node = NODE }
    end,
    suggest = function(prefix)
        fiber.sleep(0.004)
        return { id = 0, name = prefix .. '…', node = NODE }
    end,
}

function api.discovery()
    return { is_master = box.info.ro == false,
      methods = {
        ['users.get']     = { weight = 100, retriable = true },
        ['users.insert']  = { weight = box.info.ro and 0 or 100 },
        ['users.suggest'] = { weight = box.info.ro and 100 or 10, retriable = true } } }
end
