-- SPDX-License-Identifier: MIT
-- The version of the library, as `dynamo._VERSION` and the User-Agent header give it.
return "0.1.0"
