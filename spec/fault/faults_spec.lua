-- SPDX-License-Identifier: MIT
-- The fault catalogue through libcurl: see support/fault/catalogue.lua for what a row is.
local catalogue = require "support.fault.catalogue"

catalogue.describe("the fault", {
  "fault.catalogue_connection",
  "fault.catalogue_response",
  "fault.catalogue_service",
  "fault.catalogue_proxy",
})
