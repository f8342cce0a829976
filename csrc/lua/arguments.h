/* SPDX-License-Identifier: MIT */
#ifndef DYN_ARGUMENTS_H
#define DYN_ARGUMENTS_H

#include "compat.h"
#include "slice.h"

/* What functions of Lua written in C check of their arguments, and how they say no. The checks
 * raise as lauxlib's do, but take no number for a string and no text for a number. */

/* Returns the string at `index`, a view that lives as long as the value. */
struct dyn_slice dyn_argument_text(lua_State *L, int index);

/* Returns the number at `index`, from `min` to `max`; `expected` says in words what that is. */
lua_Number dyn_argument_number(lua_State *L, int index, lua_Number min, lua_Number max,
                               const char *expected);

/* Returns the number at `index` without its fraction, 1 to INT_MAX. */
int dyn_argument_count(lua_State *L, int index, const char *expected);

/* Raises at the caller's line if there is an argument behind the first `count`; a nil is none. */
void dyn_argument_end(lua_State *L, int count, const char *who);

/* Returns the option `name` of the table at `index`, a number as dyn_argument_count takes it, or
 * what stands for it where it is nil. */
int dyn_option_count(lua_State *L, int index, const char *name, int otherwise);

/* Returns the option `name` of the table at `index`, NULL where it is nil. The string is left on
 * the stack, which keeps it alive. */
const char *dyn_option_text(lua_State *L, int index, const char *name);

/* Pushes what a function returns that has no result: nil and the reason. */
int dyn_refuse(lua_State *L, const char *reason);

/* The words for a value's type, such as "a table"; for messages. */
const char *dyn_type_words(lua_State *L, int index);

#endif
