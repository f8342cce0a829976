/* SPDX-License-Identifier: MIT */
#ifndef DYN_GATHER_H
#define DYN_GATHER_H

#include "compat.h"

/* core.gather(from, keys, tokens) -> values, are_all, are_apart
 * values[tokens[i]] = from[keys[i]], read raw; whether none of them is nil; and whether they are
 * few and surely no two of them one value. */
int l_gather(lua_State *L);

#endif
