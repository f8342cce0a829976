/* SPDX-License-Identifier: MIT */
#ifndef DYN_DECODE_TABLE_H
#define DYN_DECODE_TABLE_H

#include "decode_scalar.h"

/* How a JSON object or array becomes a Lua table. */

/* Sees to it that one level more may be decoded: fails too deep, and without room on the stack. */
bool dyn_decode_enter(struct dyn_decoder *d, const struct dyn_step *at);

/* An object as a table; each value by `decode_one` with `context`. A repeated key is a problem. */
bool dyn_decode_object(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                       const void *context);

/* An array as a sequence. */
bool dyn_decode_array(struct dyn_decoder *d, const struct dyn_step *at, dyn_decode_one *decode_one,
                      const void *context);

#endif
