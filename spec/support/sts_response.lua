-- SPDX-License-Identifier: MIT
-- Responses of AWS STS, as steps of support.fake_transport.
local M = {}

local SUCCESS = [[
<ACTIONResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <ACTIONResult>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::012345678901:assumed-role/r/s</Arn>
      <AssumedRoleId>AROA:s</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ID</AccessKeyId>
      <SecretAccessKey>hunter2</SecretAccessKey>
      <SessionToken>t</SessionToken>
      <Expiration>2009-02-13T23:31:30Z</Expiration>
    </Credentials>
  </ACTIONResult>
  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</ACTIONResponse>
]]
local REFUSAL = [[
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>CODE</Code><Message>TEXT</Message></Error>
  <RequestId>r</RequestId>
</ErrorResponse>
]]

--- Returns the response of an action that gives an access key.
function M.success(action, id)
  return { status = 200, body = (SUCCESS:gsub("ACTION", action):gsub("ID", id, 1)) }
end

--- Returns a refusal; its message is XML already.
function M.refusal(code, message, status)
  local parts = { CODE = code, TEXT = message }
  return { status = status or 400, body = (REFUSAL:gsub("%u%u%u%u", parts)) }
end

--- What the credentials of a success are.
function M.credentials(id)
  return {
    access_key_id = id,
    secret_access_key = "hunter2",
    session_token = "t",
    expires_at = 1234567890,
    account_id = "012345678901",
  }
end

return M
