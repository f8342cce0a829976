-- SPDX-License-Identifier: MIT
-- A proxy in the way. Its CONNECT is a request that the server sees, too.
-- support/fault/catalogue.lua says what a row is; what the environment says of proxies is in process_spec.lua.
local canary = require "support.canary"
local fault = require "support.fault"
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

-- Returns an exchange that a proxy answers which has seen all of the request, and may pass it on.
local function page(status, applied)
  local body = "<html>" .. status
  return { apply = applied, send = { fault.response(body, "Content-Type: text/html\r\n", status) } }
end

-- Returns a row of such a response in place of the service's.
local function in_the_way(status, applied, expect)
  local what = ("a %s of a proxy, %sapplied"):format(status, applied and "" or "not ")
  return { what, exchanges = { page(status, applied) }, expect = expect }
end

-- The outcomes of one that no other attempt will cure.
local function told(code, applied)
  return outcomes.told {
    kind = "service",
    code = code,
    maybe_applied = "unknown",
    applied = applied and 1 or 0,
  }
end

local function throttled(applied)
  return outcomes.ambiguous { kind = "service", code = "HTTP429", applied = applied }
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
  in_the_way("403 Forbidden", true, told("HTTP403", true)),
  in_the_way("403 Forbidden", false, told("HTTP403", false)),
  in_the_way("413 Too Large", false, told("HTTP413", false)),
  in_the_way("429 Slower", true, throttled(true)),
  in_the_way("429 Slower", false, throttled(false)),
  proxied("a proxy that forbids the tunnel", { page "403 Forbidden" }, outcomes.hopeless(refused)),
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
