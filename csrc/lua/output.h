/* SPDX-License-Identifier: MIT */
#ifndef DYN_OUTPUT_H
#define DYN_OUTPUT_H

#include "compat.h"

/* core.output(message, model, shape_name, typed, exact_numbers, heard_date)
 *   -> request_id or nil, whether it is in one of AWS's own forms (or there is none), the date if
 * it is another than the one that was heard, then value           what the response says: of no
 * shape, an empty table nil, problem    what is wrong with it: a word (see facts.h, and "empty":
 * there is no body), or what core.decode says, and the bytes of the body nil             it is no
 * success: its status is none of 2xx of the response in a message of core.message. */
int l_output(lua_State *L);

/* core.payload(message) -> its body, checked and without its encoding | nil, a word (see facts.h)
 */
int l_payload(lua_State *L);

/* core.is_request_id(text) -> whether it is in one of AWS's own forms, which no secret has */
int l_is_request_id(lua_State *L);

#endif
