/* SPDX-License-Identifier: MIT */
#ifndef DYN_FIELDS_H
#define DYN_FIELDS_H

#include "compat.h"
#include "header.h"

/* Headers between Lua and HTTP: a list of { name, value } on the way out, a table by lower-case
 * name on the way in. For dynamo.core and dynamo.curl both. */

/* Returns headers[i] of the list at `headers`, or raises if it is no pair of strings. The pair and
 * its two strings are left on the stack, which keeps the slices alive. */
struct dyn_header dyn_fields_check(lua_State *L, int headers, int i);

/* The same of a header of its own, the pair at `index`. */
struct dyn_header dyn_fields_check_pair(lua_State *L, int index);

/* Pushes the fields of a head that dyn_header_read_head found nothing wrong with, as a table;
 * the values of a repeated one are joined with ", ". */
void dyn_fields_push(lua_State *L, struct dyn_slice head);

#endif
