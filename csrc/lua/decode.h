/* SPDX-License-Identifier: MIT */
#ifndef DYN_DECODE_H
#define DYN_DECODE_H

#include "compat.h"
#include "shape.h"

/* core.decode(model, shape_name, json, typed, exact_numbers) -> value | nil, problem
 * `json` is a string or a written. */
int l_decode(lua_State *L);

/* How values come out. */
struct dyn_decode_form {
  bool typed, exact_numbers;
};

/* Pushes what the text says and returns true; or pushes a problem and returns false. For functions
 * that share the upvalues of dynamo.core. The text outlives the call; the stack's place
 * `kept_strings` is nil. */
bool dyn_decode_push(lua_State *L, int kept_strings, const struct dyn_shape *shape,
                     struct dyn_slice text, struct dyn_decode_form form);

#endif
