/* SPDX-License-Identifier: MIT */
#ifndef DYN_NUMBER_OPERATORS_H
#define DYN_NUMBER_OPERATORS_H

#include "compat.h"

/* What Lua can do with a dynamo.number: print it, count with it and compare it, in decimal and
 * exactly, as the service counts. What cannot be computed exactly raises. */

/* Pushes the metatable of number objects, made at the first call. */
void dyn_number_push_metatable(lua_State *L);

/* core.add(a, b), core.subtract(a, b) -> the exact result as a natural number | nil, reason */
int l_add(lua_State *L);
int l_subtract(lua_State *L);

/* core.digits(number) -> canonical text of a number of any kind | nil */
int l_digits(lua_State *L);

#endif
