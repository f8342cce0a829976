/* SPDX-License-Identifier: MIT */
#ifndef DYN_KEY_H
#define DYN_KEY_H

#include "compat.h"

/* core.item_key(type, text[, sort type, sort text]) -> bytes of core/key_order | nil, reason
 * The types are "S", "N" and "B", the texts as they are in JSON: decimals, and base64. */
int l_item_key(lua_State *L);

/* core.sort_bytes(type, text) -> the bytes of a sort key | nil, reason */
int l_sort_bytes(lua_State *L);

#endif
