/* SPDX-License-Identifier: MIT */
#ifndef DYN_KIND_H
#define DYN_KIND_H

#include "compat.h"

/* What kind of attribute value a Lua value is, and the order within a kind. Raw access only. */

/* What a table says it is by its metatable: ours, lua-cjson's or lua-rapidjson's. */
enum dyn_marker { DYN_MARKED_NOT, DYN_MARKED_LIST, DYN_MARKED_MAP, DYN_MARKED_SET };
enum dyn_marker dyn_marker_of(lua_State *L, int index);

/* Whether the value at `index` is lua-cjson's empty_array. */
bool dyn_is_empty_array(lua_State *L, int index);

/* Whether the value at `index` is a plain number, a number object or FFI data. */
bool dyn_is_number(lua_State *L, int index);

/* core.kind(value) -> "S" "N" "B" "BOOL" "NULL" "L" "M" "SS" "NS" "BS" | nil for what no item
 * holds; does not look into a table further than its first key */
int l_kind(lua_State *L);

/* core.compare(a, b) -> -1, 0, 1 | nil where the service has no order: two numbers by value, two
 * strings or two binaries by their bytes */
int l_compare(lua_State *L);

#endif
