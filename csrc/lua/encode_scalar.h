/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_SCALAR_H
#define DYN_ENCODE_SCALAR_H

#include "box.h"
#include "decimal.h"
#include "path.h"

/* One walk from Lua values to request JSON: what every place of it needs. The walk may raise, for
 * its buffers are boxed, and it keeps no pointer into a Lua value that is not on the stack. Access
 * is raw; no metamethod runs. Should a finaliser change a table under the walk, the walk ends with
 * a problem or a raise. */
struct dyn_encoder {
  lua_State *L;
  struct dyn_box *box;
  bool typed;    /* attribute values are wire-typed ({ S = "a" }) rather than native */
  bool had_null; /* a member was null, and so absent */
};

/* Each dyn_encode_ function appends the JSON of the value at `index` (absolute) and returns true,
 * or pushes a problem and returns false; then the walk ends and what it left on the stack is of no
 * use. */
typedef bool dyn_encode_one(struct dyn_encoder *e, int index, const struct dyn_step *at,
                            const void *context);

/* Pushes a problem and returns false. `format` takes what lua_pushfstring takes. */
bool dyn_encode_fail(struct dyn_encoder *e, const struct dyn_step *at, const char *code,
                     const char *format, ...);

/* Pushes the problem that something else than `expected` is at `index`, and returns false. */
bool dyn_encode_fail_type(struct dyn_encoder *e, int index, const struct dyn_step *at,
                          const char *expected);

/* Whether the member whose value is at `index` is null, which is noted: then it is absent. */
bool dyn_encode_is_absent(struct dyn_encoder *e, int index);

/* Appends a text as a JSON string, or fails naming invalid UTF-8. */
bool dyn_encode_slice(struct dyn_encoder *e, struct dyn_slice text, const struct dyn_step *at);

/* Appends the string at `index` (which is a string) as JSON, or fails naming invalid UTF-8. */
bool dyn_encode_text(struct dyn_encoder *e, int index, const struct dyn_step *at);

/* Appends a boolean. */
bool dyn_encode_boolean(struct dyn_encoder *e, int index, const struct dyn_step *at);

/* Appends the decimal or the base64 text as a JSON string. */
void dyn_encode_decimal(struct dyn_encoder *e, const struct dyn_decimal *value);
void dyn_encode_base64(struct dyn_encoder *e, struct dyn_slice bytes);

/* Appends a literal. */
#define DYN_EMIT(e, literal) dyn_buf_append(&(e)->box->out, literal, sizeof(literal) - 1)

#endif
