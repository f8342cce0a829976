/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_H
#define DYN_ENCODE_H

#include "compat.h"

/* core.encode(model, shape_name, value, typed, written) -> json | json, true | nil, problem
 * The JSON is a string; or the written of core.written, if one is given, with the JSON in it, if
 * that is of usual size. A member of a structure or a typed value that is null is absent; `true`
 * says that one was. */
int l_encode(lua_State *L);

/* core.carry_json(model, shape_name, table) -> whether it can be encoded
 * A map that nobody changes any more gets a metatable with its JSON: where it stands in a value
 * that core.encode is given, in a place of that shape, this is copied. */
int l_carry_json(lua_State *L);

#endif
