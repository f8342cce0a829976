/* SPDX-License-Identifier: MIT */
#ifndef DYN_DECODE_SCALAR_H
#define DYN_DECODE_SCALAR_H

#include "box.h"
#include "json_scan.h"
#include "path.h"

/* One pass from response JSON to Lua values: what every place of the walk needs. The text is an
 * argument of the call, so it outlives the walk; strings with escapes pass through box->spare,
 * binaries through box->out. */
enum { DYN_DECODE_MAX_DEPTH = 64 };

struct dyn_decoder {
  lua_State *L;
  struct dyn_box *box;
  struct dyn_json_scan scan;
  bool typed;                                /* attribute values stay wire-typed ({ S = "a" }) */
  bool exact_numbers;                        /* every N becomes a dynamo.number */
  int size_hint[DYN_DECODE_MAX_DEPTH + 1];   /* keys of the last object at each depth, + 1 */
  int length_hint[DYN_DECODE_MAX_DEPTH + 1]; /* elements of the last array at each depth */
  int child_hint; /* keys or elements of what this attribute held in the object before, + 1; or 0 */
  int ended;      /* keys or elements of the object or array that ended last, + 1 */
  bool repeats;   /* inside an array, behind its first element */
  struct dyn_kept_names *kept; /* decode_table.c; NULL until something repeats */
  int kept_strings;            /* the stack index of their strings */
};

/* Each dyn_decode_ function pushes the value that comes next and returns true, or pushes a problem
 * and returns false; then the walk ends and what it left on the stack is of no use. */
typedef bool dyn_decode_one(struct dyn_decoder *d, const struct dyn_step *at, const void *context);

/* A string as a Lua string. */
bool dyn_decode_text(struct dyn_decoder *d, const struct dyn_step *at);

/* `true` or `false`. */
bool dyn_decode_boolean(struct dyn_decoder *d, const struct dyn_step *at);

/* Base64 text as a dynamo.binary. */
bool dyn_decode_binary(struct dyn_decoder *d, const struct dyn_step *at);

/* Pushes a problem with the position in the text, and returns false. */
bool dyn_decode_fail(struct dyn_decoder *d, const struct dyn_step *at, const char *code,
                     const char *detail);

/* As dyn_decode_fail, for what the scanner found wrong. */
bool dyn_decode_fail_scan(struct dyn_decoder *d, const struct dyn_step *at);

#endif
