-- SPDX-License-Identifier: MIT
-- A proxy in the way. Its CONNECT is a request that the server sees, too.
-- support/fault/catalogue.lua says what a row is; what the environment says of proxies is in process_spec.lua.
local canary = require "support.canary"
local outcomes = require "support.fault.outcomes"

-- Options of a client with the server as its proxy, by way of a password.
local function through(more)
  return function(server)
    local options = { proxy = ("http://user:%s@127.0.0.1:%d"):format(canary.MARK, server.port) }
    for name, value in pairs(more or {}) do
      options[name] = value
    end
    return options
  end
end

-- Returns a row of a proxy in front of a service on TLS.
local function proxied(what, exchanges, expect, hasty)
  local row = {
    what,
    tls = true,
    proxy = true,
    exchanges = exchanges,
    expect = expect,
    options = through(),
    hasty = hasty,
  }
  if expect.UNSAFE.attempts == 4 then row.always = true end
  return row
end

local function says(status)
  return { send = { "HTTP/1.1 " .. status .. "\r\nContent-Length: 0\r\n\r\n" } }
end

-- A first CONNECT that failed was seen, the second one and the request in the tunnel as well.
local recovered = outcomes.retried { requests = 3, replayed = false }

-- Returns the outcomes with one CONNECT seen at each attempt.
local function with_connects(expect)
  for _, outcome in pairs(expect) do
    outcome.requests = outcome.requests + outcome.attempts
  end
  return expect
end

local refused = { kind = "transport", code = "ProxyFailed" }

return {
  proxied("a proxy that tunnels", {}, with_connects(outcomes.unharmed())),
  proxied(
    "a proxy that wants another password",
    { says "407 Who are you" },
    outcomes.hopeless(refused)
  ),
  proxied("a proxy without a way, once", { says "502 No way" }, recovered),
  proxied("a proxy without a way, ever", { says "502 No way" }, outcomes.hopeless(refused)),
  proxied(
    "a proxy that closes at once",
    { { connect = "close" } },
    outcomes.retried { requests = 2 }
  ),
  proxied("a proxy that closes instead of an answer", { { cut = 0 } }, recovered),
  proxied("a proxy that never answers", { { stall = 0 } }, recovered, "connect_timeout"),
  proxied(
    "a tunnel that breaks before TLS",
    { { close = "rst", send = { "HTTP/1.1 200 OK\r\n\r\n" } } },
    recovered
  ),
  proxied(
    "a tunnel that breaks with the request in it, applied",
    { {}, { cut = 0 } },
    with_connects(outcomes.ambiguous { kind = "transport", code = "EmptyAnswer", applied = true })
  ),
  {
    "a proxy for plain HTTP that closes, applied",
    proxy = true,
    exchanges = { { cut = 0 } },
    options = through { endpoint = "http://dynamo.test", allow_http = true },
    expect = outcomes.ambiguous { kind = "transport", code = "EmptyAnswer", applied = true },
  },
}
