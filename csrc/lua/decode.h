/* SPDX-License-Identifier: MIT */
#ifndef DYN_DECODE_H
#define DYN_DECODE_H

#include "compat.h"

/* core.decode(model, shape_name, json, typed, exact_numbers) -> value | nil, problem */
int l_decode(lua_State *L);

#endif
