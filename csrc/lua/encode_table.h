/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_TABLE_H
#define DYN_ENCODE_TABLE_H

#include "encode_scalar.h"

/* How a Lua table becomes a JSON object or array: its form, the order of its keys, its cycles. */

/* An attribute value nests at most this deep.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
enum { DYN_MAX_DEPTH = 32 };

/* What the keys of a table say it is. */
enum dyn_table_form { DYN_TABLE_EMPTY, DYN_TABLE_SEQUENCE, DYN_TABLE_MAP };

/* Sets `here` to `at` as seen from inside the table at `index`, one level deeper; fails if that is
 * too deep, or a cycle. */
bool dyn_encode_enter(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      struct dyn_step *here);

/* Looks at the keys of the table at `index`, raw. Sets `form` and, for a sequence, `length`, or
 * fails naming a hole, a mix or a key that is no name. Of a map only the first key is looked at,
 * and its pair is left on the stack: the walk that follows sees them all. */
bool dyn_encode_table_form(struct dyn_encoder *e, int index, const struct dyn_step *at,
                           enum dyn_table_form *form, size_t *length);

/* As dyn_encode_table_form, but only an empty table or a sequence will do. */
bool dyn_encode_sequence(struct dyn_encoder *e, int index, const struct dyn_step *at,
                         size_t *length);

/* Appends an object with the table's string keys, sorted by their JSON text, each value encoded by
 * `encode_one` with `context`, from the pair at the top of the stack on; an empty one if there is
 * none. The table must be of string keys alone. */
bool dyn_encode_pairs(struct dyn_encoder *e, int index, const struct dyn_step *at, bool has_pair,
                      dyn_encode_one *encode_one, const void *context);

/* As dyn_encode_pairs, of all pairs. */
bool dyn_encode_object(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       dyn_encode_one *encode_one, const void *context);

/* Appends an array of the elements 1 to `length`. */
bool dyn_encode_array(struct dyn_encoder *e, int index, const struct dyn_step *at, size_t length,
                      dyn_encode_one *encode_one, const void *context);

/* As dyn_encode_array, for a set: fails if it is empty or two elements have the same text. Its
 * elements have no order, so a native set is written sorted by their text; a typed one as it is. */
bool dyn_encode_set(struct dyn_encoder *e, int index, const struct dyn_step *at,
                    dyn_encode_one *encode_one);

#endif
