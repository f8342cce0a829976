/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_H
#define DYN_ENCODE_H

#include "compat.h"

/* core.encode(model, shape_name, value, typed) -> json | json, true | nil, problem
 * A member of a structure or a typed value that is null is absent; `true` says that one was. */
int l_encode(lua_State *L);

#endif
