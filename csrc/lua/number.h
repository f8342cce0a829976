/* SPDX-License-Identifier: MIT */
#ifndef DYN_NUMBER_H
#define DYN_NUMBER_H

#include "compat.h"
#include "decimal.h"

/* dynamo.number: an immutable userdata that keeps every digit of a DynamoDB number. */
#define DYN_NUMBER_TYPE "dynamo.number"

/* Pushes a number object; `metatable_index` is that of the type (number_operators.h). */
void dyn_number_push(lua_State *L, const struct dyn_decimal *value, int metatable_index);

/* Returns the value of the number object at `index`, or NULL if something else is there. */
const struct dyn_decimal *dyn_number_test(lua_State *L, int index);

/* Reads a plain Lua number that is to be sent: no float of 2^53 and more. On failure returns the
 * reason as words and a remedy, else NULL. */
const char *dyn_number_from_lua(lua_State *L, int index, struct dyn_decimal *out);

/* Reads an FFI integer (LuaJIT's 1LL, 1ULL). Returns false if the value is any other cdata. */
bool dyn_number_from_cdata(lua_State *L, int index, struct dyn_decimal *out);

/* What a number is read for. A float of 2^53 and more may have lost digits before it came, so it is
 * no number to send; it has its place in an order all the same. */
enum dyn_number_use { DYN_NUMBER_TO_SEND, DYN_NUMBER_TO_COMPARE };

/* Reads a number of any kind, but no text. On failure returns the reason as words, else NULL. */
const char *dyn_number_read(lua_State *L, int index, enum dyn_number_use use,
                            struct dyn_decimal *out);

/* Pushes the value as what the runtime counts with: an integer if it fits exactly, else a float if
 * its shortest text is this very number and it is below 2^53, else a number object: what is read
 * can always be written. */
void dyn_number_push_natural(lua_State *L, const struct dyn_decimal *value, int metatable_index);

/* Pushes what a decimal text says, as dyn_number_push_natural. If it is no number, pushes nothing
 * and says why. */
enum dyn_decimal_status dyn_number_push_text(lua_State *L, struct dyn_slice text,
                                             int metatable_index);

/* Words for what is wrong with a number, and what to do. */
const char *dyn_number_status_text(enum dyn_decimal_status status);

/* core.number(text | number | number object | FFI integer) -> number object | nil, message */
int l_number(lua_State *L);

/* core.is_number(value) -> whether it is a number object */
int l_is_number(lua_State *L);

#endif
