/* SPDX-License-Identifier: MIT */
#ifndef DYN_MESSAGE_BOX_H
#define DYN_MESSAGE_BOX_H

#include "compat.h"
#include "message.h"

/* An HTTP exchange in a userdata. dynamo.core makes, writes and reads it; a carrier of bytes, in
 * Lua or in a module of its own, carries it. Private to lua/dynamo/transport/. */

#define DYN_MESSAGE_TYPE "dynamo.message"

static inline struct dyn_message *dyn_message_check(lua_State *L, int index) {
  return luaL_checkudata(L, index, DYN_MESSAGE_TYPE);
}

/* core.message(max_body_bytes) -> message; of a response's body, 64 MiB if nil. Its methods:
 *
 * message:request(method, target, headers, body) -> true    writes the request
 *   -> nil, kind, code, text    what must not be sent; no value is in the text
 *   `headers` is a list of { name, value }. A signer writes requests, too: see sign.h
 * message:send_by(prefix, header) -> true | nil, kind, code, text    makes the request one for a
 *   proxy: `prefix` goes before its target and the header, if not nil, before the others
 * message:fields(known) -> the headers written, a list of { name, value }
 *   `known` has the last pair by its name, which is used again while it says the same
 * message:bytes(from, to) -> that part of the request; nil: to its end
 * message:expect(is_kept)    a response begins, over a connection that had others before or not
 * message:feed(bytes) -> whether the response is over: nothing more is to be read
 * message:lose(why)    nothing more comes: "closed" in order, "timeout", or any other word
 * message:is_reusable() -> whether the connection can carry another request
 * message:answer(status, headers, body) -> whether there is room for it    a response that came
 * some other way; its headers by name message:status() -> status | nil, kind, code, text, status
 * the last if the final head had come message:headers() -> those of the response by lower-case name
 * message:size() -> how many bytes its body has as it came off the wire
 * message:response() -> status, headers by lower-case name, body    the body as it came off the
 * wire
 *   -> nil, kind, code, text, status    the last if the final head had come
 * message:header(name) -> its value by lower-case name, of several all, joined | nil
 * message:reset()    forgets the request and the response, keeps some memory for the next
 * message:close()    frees it all; also __gc */
int l_message_new(lua_State *L);

#endif
