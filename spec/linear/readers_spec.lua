-- SPDX-License-Identifier: MIT
-- Every reader of text takes time linear in it, whatever the text: each reads the worst we know at
-- 64 KiB and at 256 KiB. CPU time, the best of five rounds and more, so that a busy machine changes
-- nothing.
local ca_file = require "dynamo.settings.ca_file"
local clock = require "dynamo.call.clock"
local codec = require "dynamo.codec"
local compile = require "dynamo.expression.compile"
local config_file = require "dynamo.settings.config_file"
local core = require "dynamo.core"
local credential_answer = require "dynamo.credentials.source_json"
local errors = require "dynamo.error"
local service_error = require "dynamo.call.service_error"
local expression = require "dynamo.expression"
local nearest = require "dynamo.nearest"
local operations = require "dynamo.operations"
local proxy = require "dynamo.transport.proxy"
local redact = require "dynamo.redact"
local responses = require "dynamo.call.response"
local settings = require "dynamo.settings.lookup"
local statement = require "dynamo.statement"
local shell_words = require "dynamo.settings.shell_words"
local timestamp = require "dynamo.credentials.timestamp"
local token_file = require "dynamo.credentials.token_file"
local url = require "dynamo.endpoint.url"
local value = require "dynamo.value"
local web_identity = require "dynamo.credentials.web_identity"
local xml = require "dynamo.credentials.xml"
local tables = require "dynamo.tables"

local SMALL, LARGE = 64 * 1024, 256 * 1024
-- Linear is four, quadratic sixteen.
local MOST = 5
-- What was read within five rounds so slowly is measured on with a machine that is busier than it
-- was: a cache shared with others holds what is made of the small text alone, and that looks like
-- eight. Quadratic looks so in every round.
local ROUNDS, MORE_ROUNDS, MOST_OF_ALL = 5, 10, 9
local SHORTEST = 0.002 -- seconds of a measurement, so that the clock resolves it
local HOPELESS = 5 -- seconds for which no reader is measured again
-- Seconds of the large text in which no byte of it can have been looked at twice: less than one
-- nanosecond for each. So a text is copied, and how fast, the caches alone decide.
local COPIED = 0.0002

-- --- texts: each a function of a length -----------------------------------------------------------

-- A piece over and over, between a beginning and an end.
local function run(piece, before, after)
  return function(bytes)
    return (before or "") .. piece:rep(math.floor(bytes / #piece)) .. (after or "")
  end
end

-- Several pieces over and over, each with a number of its own in the place of "@".
local function numbered(piece, before, after)
  return function(bytes)
    local parts = {}
    for i = 1, math.floor(bytes / (#piece + 4)) do
      parts[i] = piece:gsub("@", ("%05d"):format(i))
    end
    return (before or "") .. table.concat(parts) .. (after or "")
  end
end

-- --- readers --------------------------------------------------------------------------------------

local function config(text)
  return config_file.parse(text, true)
end

local function nested(text)
  return config_file.nested(text)
end

-- Returns a reader of one kind of expression, by which it is compiled too if it is one.
local function expression_of(kind)
  local function check(text)
    local tree = expression[kind](text)
    return tree and compile[kind == "key_condition" and "condition" or kind](tree, compile.space())
  end
  return check
end

-- Returns a reader of HTTP answers that come so many bytes at a time.
local function answers(step)
  return function(text)
    local message = core.message(1024 * 1024)
    for at = 1, #text, step do
      if message:feed(text:sub(at, at + step - 1)) then break end
    end
    message:lose "closed"
    return message:response()
  end
end

-- No more than 64 KiB of heads are read: 8 and 32 KiB are.
local function answer_head(text)
  return answers(10)(text:sub(1, math.floor(#text / 8)))
end

local function exempt(text)
  return proxy.is_exempt(text, "[fd00::1]", 443)
end

local function exempt_name(text)
  return proxy.is_exempt(text, "dynamodb.eu-west-1.amazonaws.com", 443)
end

local function number(text)
  return pcall(value.number, text)
end

local function item_of(text)
  return codec.decode_item(text)
end

-- Reads an answer of GetItem.
local function output_of(text)
  return core.decode(operations.model, "GetItemOutput", text, false, false)
end

local function error_of(text)
  return service_error.parse(400, {}, text, { typed = false, exact = false })
end

local SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
local SECRETS = { SECRET }

-- Of a long text the first 16 KiB are shown: 4 and 16 KiB are read.
local function redacted(text)
  text = text:sub(1, math.floor(#text / 16))
  return redact.text(text, SECRETS), redact.line(text, SECRETS), redact.unknown(text, SECRETS)
end

-- Takes a long secret out of what nearly repeats it.
local function redacted_long(text)
  return redact.text(text:sub(2), { text })
end

-- Returns a world in which every file says `text`.
local function world_of(text)
  return {
    read_file = function()
      return text
    end,
    getenv = function()
      return "x"
    end,
    transport = {
      now = function()
        return 0
      end,
    },
  }
end

local function web_token(text)
  return web_identity.read(
    world_of(text),
    { web_identity_token_file = "x", role_arn = "x" },
    { name = "x", properties = {} }
  )
end

local function cached_token(text)
  return token_file.read(world_of(text), "x", { "accessToken" })
end

local function credentials_in(text)
  return credential_answer.read(text, "Token")
end

local function authorities(text)
  return ca_file.problem("x", function()
    return text
  end)
end

local function hint(text)
  return nearest.hint(text, { "region", "endpoint" })
end

local function statement_of(text)
  return statement.placeholders(text), statement.replay_class(text)
end

-- --- what is read ---------------------------------------------------------------------------------

local HEAD = "HTTP/1.1 200 OK\r\n"
local CHUNKED = HEAD .. "Transfer-Encoding: chunked\r\n\r\n"

-- Readers by name, each with the texts that it is measured with.
local CASES = {
  ["config file"] = {
    config,
    ["blanks in a value"] = run(" ", "[default]\nx = a", "b\n"),
    ["blanks before a value"] = run(" ", "[default]\nx =", "b\n"),
    ["blanks in a name"] = run(" ", "[default]\na", "b = c\n"),
    ["blanks without a sign"] = run(" ", "[default]\na", "b\n"),
    ["tabs and blanks"] = run(" \t", "[default]\nx = a", "b\n"),
    ["continuation lines"] = run("  b\n", "[default]\nx = a\n"),
    ["blank continuation lines"] = run(" \n", "[default]\nx = a\n"),
    ["a nested block"] = run("  b = c\n", "[default]\nx =\n"),
    ["blanks in a nested block"] = run(" ", "[default]\nx =\n  b = c", "d\n"),
    ["empty lines"] = run("\n", "[default]\nx = a\n", "  b\n"),
    ["carriage returns"] = run("\r", "[default]\nx = a\n"),
    ["comments"] = run("# x\n", "[default]\n"),
    ["signs of a comment"] = run("#", "[default]\nx = a"),
    ["equals signs"] = run("=", "[default]\nx"),
    ["colons"] = run(":", "[default]\nx"),
    ["blanks in a section's name"] = run(" ", "[profile a", "b]\n"),
    ["blanks before a section's name"] = run(" ", "[profile", "b]\n"),
    ["brackets"] = run("]", "[profile a", "\n"),
    ["open brackets"] = run("[", "", "\n"),
    ["quotes in a section's name"] = run("'", "[profile ", "]\n"),
    ["backslashes in a section's name"] = run("\\", "[profile ", "]\n"),
    ["properties"] = numbered("x@ = a\n", "[default]\n"),
    ["sections"] = numbered("[profile x@]\n"),
    ["sections passed over"] = numbered("[x@]\n"),
    ["one section over and over"] = run("[default]\nx = a\n"),
  },
  ["nested block"] = {
    nested,
    ["lines"] = numbered("x@ = a\n"),
    ["blanks"] = run(" ", "a =", "b"),
    ["blanks without a sign"] = run(" ", "a", "b"),
  },
  ["shell words"] = {
    shell_words.split,
    ["words"] = run("a "),
    ["blanks"] = run(" ", "a", "b"),
    ["blanks alone"] = run(" "),
    ["empty quotes"] = run("''"),
    ["double quotes"] = run('""'),
    ["open quote"] = run(" ", "'"),
    ["pieces of one word"] = run("a'b'\"c\"\\d"),
    ["backslashes"] = run("\\\\"),
    ["backslashes in quotes"] = run("\\\\", '"', '"'),
    ["quotes in quotes"] = run('\\"', '"', '"'),
    ["backslashes that mean nothing"] = run("\\a", '"', '"'),
  },
  ["update expression"] = {
    expression_of "update",
    ["actions"] = numbered("x@ = y, ", "SET ", "z = z"),
    ["removals"] = numbered("x@, ", "REMOVE ", "z"),
    ["removals of one map's"] = numbered("m.x@, ", "REMOVE ", "m.z"),
    ["removals of one list's"] = numbered("m[@], ", "REMOVE ", "m[0]"),
    ["a path"] = run(".a", "REMOVE a"),
    ["indexes"] = run("[0]", "REMOVE a"),
    ["a sum"] = run(" + 1", "SET x = 1"),
    ["brackets"] = run("(", "SET x = "),
    ["closed brackets"] = run("()", "SET x = "),
    ["blanks"] = run(" ", "SET x = 1", "REMOVE y"),
    ["a name"] = run("a", "REMOVE "),
    ["digits"] = run("1", "SET x = "),
    ["a string"] = run("a", "SET x = '", "'"),
    ["doubled quotes"] = run("''", "SET x = '", "'"),
    ["doubled back-quotes"] = run("``", "REMOVE `a", "`"),
    ["open string"] = run("a", "SET x = '"),
    ["lists"] = run("1,", "SET x = [", "1]"),
    ["maps"] = numbered("x@: 1,", "SET x = {", "y: 1}"),
    ["open lists"] = run("[", "SET x = "),
    ["question marks"] = run("?,", "SET x = [", "?]"),
    ["tokens"] = numbered(":x@,", "SET x = [", ":y]"),
    ["signs"] = run("-", "SET x = 1 "),
    ["what means nothing"] = run("\1", "SET "),
    ["keywords"] = run("SET "),
  },
  ["condition"] = {
    expression_of "condition",
    ["and"] = run(" AND a = 1", "a = 1"),
    ["or"] = run(" OR a = 1", "a = 1"),
    ["and, or"] = run(" AND a = 1 OR b = 2", "a = 1"),
    ["not"] = run("NOT ", "", "a = 1"),
    ["brackets"] = run("("),
    ["comparisons"] = run("= 1", "a "),
    ["functions"] = run("size(", "", "a"),
    ["betweens"] = run(" AND a BETWEEN 1 AND 2", "a = 1"),
    ["names"] = run("a "),
    ["UTF-8"] = run("\195\164"),
    ["paths"] = run(".a", "a", " = 1"),
    ["half UTF-8"] = run("\226"),
    ["dots"] = run("."),
  },
  ["projection"] = {
    expression_of "projection",
    ["names"] = numbered("x@, ", "", "y"),
    ["elements"] = numbered("x[@], ", "", "x[0]"),
    ["one name"] = run("x, ", "", "x"),
    ["a dashed name"] = run("-", "a"),
    ["paths"] = run(".a", "a"),
    ["maps"] = numbered("x@.a.b, ", "", "y"),
    ["commas"] = run(","),
  },
  ["key condition"] = {
    expression_of "key_condition",
    ["ands"] = run(" AND a = 1", "a = 1"),
    ["brackets"] = run("(", "", "a = 1"),
    ["a string"] = run("a", "a = '", "'"),
    ["blanks"] = run(" ", "a", "= 1"),
  },
  ["PartiQL"] = {
    statement_of,
    ["question marks"] = run("?,", "SELECT * FROM T WHERE a IN [", "?]"),
    ["assignments"] = numbered("SET x@ = 1 ", "UPDATE T ", "WHERE a = 1"),
    ["removals"] = numbered("x@, ", "UPDATE T REMOVE ", "y WHERE a = 1"),
    ["a path"] = run(".a", "UPDATE T REMOVE a", " WHERE a = 1"),
    ["a string"] = run("a", "INSERT INTO T VALUE '", "'"),
    ["doubled quotes"] = run("''", "INSERT INTO T VALUE '", "'"),
    ["doubled names"] = run('""', 'INSERT INTO "', '"'),
    ["open string"] = run("a", "INSERT INTO T VALUE '"),
    ["comments"] = run("--\n"),
    ["open comments"] = run("/*"),
    ["signs"] = run("-/"),
    ["digits"] = run("1"),
    ["dots"] = run("."),
    ["a word"] = run("a"),
    ["blanks"] = run(" "),
    ["semicolons"] = run(";", "SELECT "),
  },
  ["XML"] = {
    xml.parse,
    ["text"] = run("x", "<a>", "</a>"),
    ["text between elements"] = function(bytes)
      return run("xxxx<b/>", "<a>", "</a>")(4 * bytes) -- for less of it other work counts, too
    end,
    ["elements"] = numbered("<b@>x</b@>", "<a>", "</a>"),
    ["entities"] = run("&amp;", "<a>", "</a>"),
    ["open entities"] = run("&", "<a>", "</a>"),
    ["a long entity"] = run("x", "<a>&", "</a>"),
    ["a long number"] = run("1", "<a>&#", ";</a>"),
    ["open elements"] = run("<a>"),
    ["blanks"] = run(" "),
    ["blanks in a tag"] = run(" ", "<a", "></a>"),
    ["blanks in an end"] = run(" ", "<a></a", "x>"),
    ["attributes"] = run(" b='c'", "<a", "/>"),
    ["slashes"] = run("/", "<a", "></a>"),
    ["brackets"] = run("<"),
    ["closing brackets"] = run(">"),
    ["question marks"] = run("?", "<?xml", ">"),
    ["declarations"] = run("<?xml"),
  },
  ["JSON document"] = {
    core.document,
    ["strings"] = run('"a",', "[", '"a"]'),
    ["numbers"] = run("1,", "[", "1]"),
    ["digits"] = run("1"),
    ["one string"] = run("a", '"', '"'),
    ["escapes"] = run("\\n", '"', '"'),
    ["escapes by number"] = run("\\u00e4", '"', '"'),
    ["backslashes"] = run("\\\\", '"', '"'),
    ["members"] = numbered('"x@":1,', "{", '"y":1}'),
    ["one member"] = run('"x":1,', "{", '"y":1}'),
    ["blanks"] = run(" ", "[1", "]"),
    ["open lists"] = run("["),
    ["open string"] = run("a", '"'),
  },
  ["plain JSON"] = {
    codec.from_json,
    ["strings"] = run('"a",', "[", '"a"]'),
    ["numbers"] = run("1,", "[", "1]"),
    ["members"] = numbered('"x@":1,', "{", '"y":1}'),
    ["one member"] = run('"x":1,', "{", '"y":1}'),
    ["digits"] = run("1"),
    ["zeros"] = run("0", "0.", "1"),
    ["escapes"] = run("\\n", '"', '"'),
    ["pairs of surrogates"] = run("\\ud83d\\ude00", '"', '"'),
    ["blanks"] = run(" ", "[1", "]"),
    ["open lists"] = run("["),
    ["open maps"] = run('{"a":'),
    ["UTF-8"] = run("\195\164", '"', '"'),
    ["half UTF-8"] = run("\195", '"', '"'),
    ["open string"] = run("a", '"'),
  },
  ["item"] = {
    item_of,
    ["members"] = numbered('"x@":{"S":"a"},', "{", '"y":{"S":"a"}}'),
    ["lists"] = run('{"N":"1"},', '{"a":{"L":[', '{"N":"1"}]}}'),
    ["maps"] = numbered('"x@":{"N":"1"},', '{"a":{"M":{', '"y":{"N":"1"}}}}'),
    ["number sets"] = numbered('"1@",', '{"a":{"NS":[', '"1"]}}'),
    ["number sets of near numbers"] = numbered('"1e-@",', '{"a":{"NS":[', '"1"]}}'),
    ["one number over and over"] = run('"1",', '{"a":{"NS":[', '"1"]}}'),
    ["binary sets"] = run('"YQ==",', '{"a":{"BS":[', '"Yg=="]}}'),
    ["binary"] = run("YWJj", '{"a":{"B":"', '"}}'),
    ["digits"] = run("1", '{"a":{"N":"', '"}}'),
    ["zeros"] = run("0", '{"a":{"N":"', '1"}}'),
    ["escapes"] = run("\\n", '{"a":{"S":"', '"}}'),
    ["types of one value"] = run('"S":"a",', '{"a":{', '"S":"a"}}'),
    ["open maps"] = run('{"M":{"a":', '{"a":'),
    ["blanks"] = run(" ", "{", "}"),
  },
  ["answer of an operation"] = {
    output_of,
    ["an item"] = numbered('"x@":{"S":"a"},', '{"Item":{', '"y":{"S":"a"}}}'),
    ["members nobody knows"] = numbered('"x@":[1],', "{", '"y":1}'),
    ["blanks"] = run(" ", "{", "}"),
    ["open lists"] = run("[", '{"x":'),
  },
  ["error's body"] = {
    error_of,
    ["a message"] = run("a", '{"__type":"x","message":"', '"}'),
    ["a code"] = run("a#", '{"__type":"', '"}'),
    ["a code's namespaces"] = run(":", '{"__type":"', '"}'),
    ["no JSON"] = run("<"),
    ["blanks"] = run(" "),
  },
  ["time"] = {
    timestamp.parse,
    ["a fraction"] = run("1", "2030-01-31T12:00:00.", "Z"),
    ["digits"] = run("1"),
    ["a fraction alone"] = run("1", "2030-01-31T12:00:00."),
    ["a zone"] = run("+", "2030-01-31T12:00:00.1"),
    ["blanks"] = run(" ", "2030-01-31T12:00:00"),
  },
  ["Date"] = { clock.parse, ["digits"] = run("1", "Tue, 24 Nov "), ["blanks"] = run(" ", "Tue,") },
  ["URL"] = {
    url.parse,
    ["labels"] = run("a.", "http://", "a"),
    ["dots"] = run(".", "http://a"),
    ["hyphens"] = run("-", "http://a"),
    ["a path"] = run("/a", "http://a"),
    ["a scheme"] = run("a", "", "://x"),
    ["no scheme"] = run("a+"),
    ["colons"] = run(":", "http://a"),
    ["digits"] = run("1", "http://a:"),
    ["an address"] = run(":", "http://[", "]"),
    ["an open address"] = run(":", "http://["),
    ["at signs"] = run("@", "http://a"),
    ["slashes"] = run("/", "http:"),
    ["127.0.0.1 and on"] = run(".1", "http://127"),
  },
  ["loopback"] = { url.is_loopback, ["digits"] = run("1", "127."), ["dots"] = run("1.", "127.") },
  ["setting as shown"] = { settings.shown, ["slashes"] = run("/"), ["at signs"] = run("/@") },
  ["proxy"] = {
    proxy.parse,
    ["at signs"] = run("@", "http://", "p"),
    ["a user"] = run("u", "http://", "@p"),
    ["escapes"] = run("%41", "http://", "@p"),
    ["a host"] = run("a", "http://"),
    ["colons"] = run(":", "http://a"),
    ["digits"] = run("1", "http://a:"),
    ["an address"] = run(":", "http://[", "]"),
    ["a scheme"] = run("a"),
    ["slashes"] = run("/"),
  },
  ["NO_PROXY for an address"] = {
    exempt,
    ["entries"] = run("a,"),
    ["commas"] = run(","),
    ["blanks"] = run(" "),
    ["networks"] = run("::/1,"),
    ["addresses"] = run("fd00::2,"),
    ["one entry's slashes"] = run("/1"),
    ["colons"] = run(":"),
    ["groups"] = run("1:"),
    ["brackets"] = run("["),
    ["closed brackets"] = run("[]"),
    ["ports"] = run(":1", "[fd00::1]"),
    ["digits"] = run("1", "fd00::/"),
    ["dots"] = run(".", "", "x"),
  },
  ["NO_PROXY for a name"] = {
    exempt_name,
    ["entries"] = run(".com,"),
    ["dots"] = run(".", "", "x"),
    ["a name"] = run("a."),
    ["ports"] = run("a:1,"),
    ["colons"] = run(":"),
    ["brackets"] = run("[x]:"),
  },
  ["HTTP answer"] = {
    answers(64 * 1024),
    ["a counted body"] = function(bytes)
      return ("%sContent-Length: %d\r\n\r\n%s"):format(HEAD, bytes, ("x"):rep(bytes))
    end,
    ["a body to the end"] = run("x", HEAD .. "\r\n"),
    ["chunks of a byte"] = run("1\r\nx\r\n", CHUNKED, "0\r\n\r\n"),
    ["chunks' extensions"] = run("1;" .. ("x"):rep(50) .. "\r\nx\r\n", CHUNKED, "0\r\n\r\n"),
    ["blanks behind a size"] = run((" "):rep(50), CHUNKED .. "1", "\r\nx\r\n0\r\n\r\n"),
    ["trailers"] = run("a: b\r\n", CHUNKED .. "0\r\n", "\r\n"),
    ["a head without end"] = run("a: b\r\n", HEAD),
    ["a line without end"] = run("a", HEAD),
    ["codings"] = run("gzip,", HEAD .. "Transfer-Encoding: ", "chunked\r\n\r\n"),
    ["interim answers"] = run("HTTP/1.1 100 Continue\r\n\r\n", "", HEAD .. "\r\n"),
  },
  ["HTTP answer in small pieces"] = {
    answers(100),
    ["a counted body"] = function(bytes)
      return ("%sContent-Length: %d\r\n\r\n%s"):format(HEAD, bytes, ("x"):rep(bytes))
    end,
    ["a body to the end"] = run("x", HEAD .. "\r\n"),
    ["chunks"] = run("1\r\nx\r\n", CHUNKED, "0\r\n\r\n"),
    ["one chunk"] = function(bytes)
      return ("%s%x\r\n%s\r\n0\r\n\r\n"):format(CHUNKED, bytes, ("x"):rep(bytes))
    end,
  },
  ["HTTP head in small pieces"] = {
    answer_head,
    ["lengths"] = run("Content-Length: 1\r\n", HEAD),
    ["a value"] = run("a", HEAD .. "x: "),
    ["blanks"] = run(" ", HEAD .. "x: a"),
    ["a reason"] = run("a", "HTTP/1.1 200 "),
    ["line ends"] = run("\n"),
    ["a name"] = run("a", HEAD),
    ["headers"] = run("x: a\r\n", HEAD),
    ["interim answers"] = run("HTTP/1.1 100 C\r\n\r\n"),
  },
  ["number"] = {
    number,
    ["digits"] = run("1"),
    ["zeros before"] = run("0", "", "1"),
    ["zeros behind"] = run("0", "1"),
    ["zeros of a fraction"] = run("0", "0.", "1"),
    ["zeros behind a fraction"] = run("0", "0.1"),
    ["an exponent"] = run("1", "1e"),
    ["zeros of an exponent"] = run("0", "1e", "1"),
    ["zeros and an exponent"] = run("0", "1", "e-99999"),
    ["signs"] = run("-"),
    ["blanks"] = run(" ", "1"),
  },
  ["base64"] = {
    core.base64_decode,
    ["text"] = run("YWJj"),
    ["padding"] = run("="),
    ["padding behind"] = run("=", "YWJj"),
    ["blanks"] = run(" "),
    ["padding within"] = run("YQ=="),
  },
  ["base64 written"] = { core.base64_encode, ["bytes"] = run("a\0\255") },
  ["UTF-8"] = {
    core.utf8_valid,
    ["letters"] = run("\195\164"),
    ["halves"] = run("\226\130"),
    ["ASCII"] = run("a"),
  },
  ["redaction"] = {
    redacted,
    ["near-matches"] = run(SECRET:sub(1, 11)),
    ["near-matches, divided"] = run(SECRET:sub(1, 11) .. " "),
    ["inner near-matches"] = run(SECRET:sub(6, 16)),
    ["the secret"] = run(SECRET),
    ["the secret in bytes"] = run((SECRET:gsub(".", "%0 "))),
    ["escapes"] = run("%77%4A"),
    ["open escapes"] = run("%"),
    ["halves of escapes"] = run("%2"),
    ["backslashes"] = run("\\"),
    ["blanks"] = run(" ", "a", "b"),
    ["blanks behind a name"] = run(" ", "authorization", "x"),
    ["names"] = run("authorization"),
    ["names in capitals"] = run("Authorization"),
    ["names of signatures"] = run("Signature="),
    ["names of signatures, divided"] = run("Signature = "),
    ["keys"] = run("key"),
    ["tokens"] = run("token-"),
    ["bearers"] = run("bearer"),
    ["bearers, divided"] = run("bearer "),
    ["control characters"] = run("\1"),
    ["letters"] = run("a"),
    ["digits"] = run("a1"),
    ["dots"] = run("."),
  },
  ["redaction of a long secret"] = {
    redacted_long,
    ["letters"] = run("a"),
    ["near-matches"] = run(SECRET:sub(1, 11)),
    ["numbers"] = numbered("x@"),
    ["blanks"] = run(" "),
  },
  ["request's id"] = { responses.request_id, ["letters"] = run("A"), ["hyphens"] = run("a-") },
  ["excerpt"] = { errors.excerpt, ["bytes"] = run("\1"), ["letters"] = run("a") },
  ["web identity token"] = {
    web_token,
    ["blanks"] = run(" ", "a", "b"),
    ["blanks before"] = run(" ", "", "a\1"),
    ["blanks behind"] = run(" ", "a\1"),
    ["line ends"] = run("\n", "a", "b"),
    ["letters"] = run("a"),
  },
  ["token file"] = {
    cached_token,
    ["a token"] = run("a", '{"accessToken":"', '"}'),
    ["blanks"] = run(" ", '{"accessToken":"', '"}'),
    ["members"] = numbered('"x@":1,', "{", '"y":1}'),
    ["open"] = run("["),
  },
  ["credentials in JSON"] = {
    credentials_in,
    ["a code"] = run("a", '{"Code":"', '"}'),
    ["blanks"] = run(" ", '{"AccessKeyId":"', '"}'),
    ["an end"] = run("1", '{"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"', '"}'),
  },
  ["certificates' file"] = {
    authorities,
    ["hyphens"] = run("-"),
    ["beginnings"] = run("-----BEGIN "),
    ["capitals"] = run("A", "-----BEGIN "),
    ["words"] = run("CERTIFICATE ", "-----BEGIN "),
  },
  ["did you mean"] = { hint, ["letters"] = run("region"), ["blanks"] = run(" ") },
}

-- --- the measurement ------------------------------------------------------------------------------

-- Returns the CPU seconds of so many readings. The collector rests until there is ten times as much:
-- what it does depends on all that there is.
local function seconds_of(read, text, count)
  collectgarbage()
  local pause = collectgarbage("setpause", 1000)
  local began = os.clock()
  for _ = 1, count do
    read(text)
  end
  local seconds = os.clock() - began
  collectgarbage("setpause", pause)
  return seconds
end

-- Returns how many readings take long enough for the clock, and the seconds of one.
local function measured(read, text)
  local count = 1
  while true do
    local seconds = seconds_of(read, text, count)
    if seconds >= SHORTEST then return count, seconds / count end
    count = count * 4
  end
end

-- Returns the ratio of the times of a large and of a small text, the large one's, and what the ratio
-- may be: each is the best of so many rounds as are needed to show that it is small enough.
local function growth(read, make)
  local small, large = make(SMALL), make(LARGE)
  local count_small, best_small = measured(read, small)
  local count_large, best_large = measured(read, large)
  for round = 2, ROUNDS + MORE_ROUNDS do
    local most = round <= ROUNDS + 1 and MOST or MOST_OF_ALL
    if best_large < COPIED then most = math.huge end
    if best_large <= most * best_small then return best_large / best_small, best_large, most end
    if best_large > HOPELESS then break end
    best_small = math.min(best_small, seconds_of(read, small, count_small) / count_small)
    best_large = math.min(best_large, seconds_of(read, large, count_large) / count_large)
  end
  return best_large / best_small, best_large, MOST
end

describe("time is linear in the text for", function()
  for _, name in ipairs(tables.sorted_keys(CASES)) do
    local case = CASES[name]
    for of, make in pairs(case) do
      if of ~= 1 then
        it(("%s: %s"):format(name, of), function()
          local ratio, seconds, most = growth(case[1], make)
          assert.is_true(
            ratio <= most,
            ("256 KiB take %.1f times as long as 64 KiB: %.1f ms"):format(ratio, seconds * 1000)
          )
        end)
      end
    end
  end
end)
