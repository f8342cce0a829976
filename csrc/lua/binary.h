/* SPDX-License-Identifier: MIT */
#ifndef DYN_BINARY_H
#define DYN_BINARY_H

#include "compat.h"
#include "slice.h"

/* dynamo.binary: an immutable userdata that holds bytes, DynamoDB's type B. */
#define DYN_BINARY_TYPE "dynamo.binary"

/* Pushes the metatable, made at the first call. */
void dyn_binary_push_metatable(lua_State *L);

/* Pushes a copy of `bytes`; `metatable_index` is that of dyn_binary_push_metatable. */
void dyn_binary_push(lua_State *L, struct dyn_slice bytes, int metatable_index);

/* Reads the binary at `index` into `out`, a view that lives as long as the value; false if
 * something else is there. */
bool dyn_binary_test(lua_State *L, int index, struct dyn_slice *out);

/* core.binary(bytes) -> binary; a binary comes back as it is */
int l_binary(lua_State *L);

/* core.is_binary(value) -> boolean */
int l_is_binary(lua_State *L);

#endif
