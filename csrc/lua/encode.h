/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_H
#define DYN_ENCODE_H

#include "box.h"
#include "decimal.h"
#include "path.h"
#include "shape.h"

/* One walk from Lua values to request JSON. The walk is the "check" phase of DESIGN.md 5: it may
 * raise (its buffers are boxed) and it keeps no pointer into a Lua value that is not on the stack.
 * Access is raw; no metamethod runs. Should a finaliser change a table under the walk, the walk
 * ends with a problem or a raise. */
struct dyn_encoder {
  lua_State *L;
  struct dyn_box *box;
  bool typed;    /* attribute values are wire-typed ({ S = "a" }) rather than native */
  bool had_null; /* a member was null, and so absent */
};

/* An attribute value nests at most this deep.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
enum { DYN_MAX_DEPTH = 32 };

/* core.encode(model, shape_name, value, typed) -> json | json, true | nil, problem
 * A member of a structure or a typed value that is null is absent; `true` says that one was. */
int l_encode(lua_State *L);

/* Each of these appends the JSON of the value at `index` (absolute) and returns true, or pushes a
 * problem and returns false; then the walk ends and what it left on the stack is of no use. */
bool dyn_encode_native(struct dyn_encoder *e, int index, const struct dyn_step *at);
bool dyn_encode_typed(struct dyn_encoder *e, int index, const struct dyn_step *at);

/* Whether the member whose value is at `index` is null, which is noted: then it is absent. */
bool dyn_encode_is_absent(struct dyn_encoder *e, int index);

/* Pushes a problem and returns false. `format` takes what lua_pushfstring takes. */
bool dyn_encode_fail(struct dyn_encoder *e, const struct dyn_step *at, const char *code,
                     const char *format, ...);

/* Appends the string at `index` (which is a string) as JSON, or fails naming invalid UTF-8. */
bool dyn_encode_text(struct dyn_encoder *e, int index, const struct dyn_step *at);

/* The words for a Lua value's type, such as "a table"; for messages. */
const char *dyn_encode_type_words(lua_State *L, int index);

/* What the keys of a table say it is. */
enum dyn_table_form { DYN_TABLE_EMPTY, DYN_TABLE_SEQUENCE, DYN_TABLE_MAP };

/* Sets `here` to `at` as seen from inside the table at `index`, one level deeper; fails if that is
 * too deep, or a cycle. */
bool dyn_encode_enter(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      struct dyn_step *here);

/* Looks at the keys of the table at `index`, raw. Sets `form` and, for a sequence, `length`, or
 * fails naming a hole, a mix or a key that is no name. Of a map only the first key is looked at:
 * the walk that follows sees them all. */
bool dyn_encode_table_form(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           enum dyn_table_form *form, size_t *length);

/* As dyn_encode_table_form, but only an empty table or a sequence will do. */
bool dyn_encode_sequence(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         size_t *length);

/* Appends an object with the table's string keys, sorted by their JSON text, each value encoded by
 * `encode_one` with `context`. The table must be of string keys alone. */
typedef bool dyn_encode_one(struct dyn_encoder *e, int index, const struct dyn_step *at,
                            const void *context);
bool dyn_encode_object(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       dyn_encode_one *encode_one, const void *context);

/* Appends an array of the elements 1 to `length`. */
bool dyn_encode_array(struct dyn_encoder *e, int index, const struct dyn_step *at, size_t length,
                      dyn_encode_one *encode_one, const void *context);

/* As dyn_encode_array, for a set: fails if it is empty or two elements have the same text. Its
 * elements have no order, so a native set is written sorted by their text; a typed one as it is. */
bool dyn_encode_set(struct dyn_encoder *e, int index, const struct dyn_step *at,
                    dyn_encode_one *encode_one);

/* Appends the decimal or the base64 text as a JSON string. */
void dyn_encode_decimal(struct dyn_encoder *e, const struct dyn_decimal *value);
void dyn_encode_base64(struct dyn_encoder *e, struct dyn_slice bytes);

/* Appends a literal. */
#define DYN_EMIT(e, literal) dyn_buf_append(&(e)->box->out, literal, sizeof(literal) - 1)

#endif
