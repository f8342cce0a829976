-- SPDX-License-Identifier: MIT
-- Writes lua/dynamo/model.lua; `make model` runs it at the repository's root.
local generate = require "tools.model.generate"

local directory = os.getenv("DYNAMO_MODEL") or "../shared/model"
local dynamodb = assert(generate.read(directory, "dynamodb"))
local streams = assert(generate.read(directory, "dynamodbstreams"))
local file = assert(io.open("lua/dynamo/model.lua", "wb"))
assert(file:write(generate.source(dynamodb, streams)))
assert(file:close())
