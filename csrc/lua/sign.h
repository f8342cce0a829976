/* SPDX-License-Identifier: MIT */
#ifndef DYN_SIGN_H
#define DYN_SIGN_H

#include "compat.h"

/* Pushes the digest that all signers of a Lua state use; raises if OpenSSL has none. */
void dyn_sign_push_digest(lua_State *L);

/* core.signer() -> signer: AWS Signature V4 with its digests, buffers and cached signing key, all
 * wiped when collected. A signer belongs to one Lua state.
 *   signer:authorization(method, path, headers, body, access_key_id, secret_access_key, region,
 *                        service, amz_date) -> the value of the Authorization header
 *   signer:sign(method, path, query, headers, body, access_key_id, secret_access_key, region,
 *               service, amz_date, normalize_path)
 *                        -> canonical_request, string_to_sign, signature, authorization
 *   signer:payload_hash(body) -> lower-case hexadecimal SHA-256
 *   signer:head(path, headers, signed_count, varying, access_key_id, secret_access_key, region,
 *               service, amz_date)
 *                        -> what many requests of POST begin with. So many headers, the first, are
 *                           signed; the value of the one at `varying` is another in each, as long
 *                           as this one; behind them comes authorization.
 *                        -> nil, message, "BadHeader" for what can be signed, but not sent
 *   signer:write(head, message, text, number, body) -> true    writes one into a message of
 *                           core.message: that value is the text and, in the hexadecimal digits
 *                           that there is room for, the number
 *                        -> nil, message, "OutOfMemory" for what can be signed, but not written
 * `headers` is a sequence of { name, value }, strings both, read raw; host, x-amz-date and
 * x-amz-security-token are the caller's to put there. Wrong types raise; what the data causes is
 * nil, message, and no message holds any of the arguments. */
int l_sign_new(lua_State *L);

#endif
