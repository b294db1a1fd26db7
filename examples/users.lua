box.cfg { listen = '127.0.0.1:3301' }

box.once('users', function()
  box.schema.space.create('users', { format = { { 'id', 'unsigned' }, { 'name', 'string' } } })
  box.space.users:create_index('id')
  box.space.users:insert { 42, 'Ann' }
  box.schema.user.grant('guest', 'read,write', 'space', 'users')
  box.schema.user.grant('guest', 'execute', 'universe', nil, { if_not_exists = true })
end)

users = {}

function users.get(id)
  return box.space.users:get(id)
end

function users.list()
  return box.space.users:select()
end

function users.insert(id, name)
  return box.space.users:insert { id, name }
end

api = {}

function api.discovery()
  return { is_master = box.info.ro == false,
    methods = {
      ['users.get']    = { weight = 100, retriable = true },
      ['users.list']   = { weight = 100, retriable = true },
      ['users.insert'] = { weight = box.info.ro and 0 or 100 } } }
end
