/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_RULES_H
#define DYN_ENCODE_RULES_H

#include "encode_scalar.h"
#include "shape.h"

/* What a shape of the API model asks of a value beyond its type, so that a request is refused
 * before anything is sent. Each returns true, or pushes a problem and returns false. */

/* The string at `index`, which is `text`, is one of the enum's words and of the shape's format. */
bool dyn_encode_check_text(struct dyn_encoder *e, int index, struct dyn_slice text,
                           const struct dyn_step *at, const struct dyn_shape *shape);

/* The text, which is valid UTF-8, has as many characters as the shape allows. */
bool dyn_encode_check_length(struct dyn_encoder *e, struct dyn_slice text,
                             const struct dyn_step *at, const struct dyn_shape *shape);

/* A count or a value is in the shape's range; `unit` such as " elements", for the words. */
bool dyn_encode_check_range(struct dyn_encoder *e, const struct dyn_step *at,
                            const struct dyn_shape *shape, double value, const char *unit);

/* The table at `index` has as many pairs as the shape allows; a primary key at least one. */
bool dyn_encode_check_pairs(struct dyn_encoder *e, int index, const struct dyn_step *at,
                            const struct dyn_shape *shape, bool is_empty);

/* The name that leads to `at` begins as the shape wants its names to. */
bool dyn_encode_check_name(struct dyn_encoder *e, const struct dyn_step *at,
                           const struct dyn_shape *shape);

/* Every required member of the structure is present: it has its bit. */
bool dyn_encode_check_required(struct dyn_encoder *e, const struct dyn_step *at,
                               const struct dyn_shape *shape, uint64_t present);

/* The members that are present go together: no expression beside what expressions replaced, and no
 * token that no expression can use.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 */
bool dyn_encode_check_together(struct dyn_encoder *e, const struct dyn_step *at,
                               const struct dyn_shape *shape, uint64_t present);

/* Pushes the problem that the key at stack index `key` is no member; returns false. */
bool dyn_encode_fail_member(struct dyn_encoder *e, int key, const struct dyn_step *at,
                            const struct dyn_shape *shape);

/* An attribute of a primary key is a string, a number or a binary, and not empty. What was just
 * written to the output from `start` on tells, whichever way it was given. */
bool dyn_encode_check_key_attribute(struct dyn_encoder *e, const struct dyn_step *at, size_t start);

#endif
