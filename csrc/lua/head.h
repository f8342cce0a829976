/* SPDX-License-Identifier: MIT */
#ifndef DYN_HEAD_H
#define DYN_HEAD_H

#include "compat.h"

/* The heads of HTTP messages, for a transport whose sockets Lua drives: request line or status
 * line, headers, blank line. */

/* core.request_head(method, target, headers, body_length) -> text
 *   -> nil, code, message    what must not be sent; no value is in the message
 * `headers` is a list of { name, value }; `body_length` makes a Content-Length, nil none. */
int l_request_head(lua_State *L);

/* core.answer_head(text, from) -> status, fields, minor version, where the body begins
 *   -> nil                           the head that begins at `from` is not all there yet
 *   -> nil, kind, message, status    what is no answer to be used; status if its line was read
 * `fields` has lower-case names. */
int l_answer_head(lua_State *L);

#endif
