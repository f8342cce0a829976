/* SPDX-License-Identifier: MIT */
#ifndef DYN_JSON_WRITE_H
#define DYN_JSON_WRITE_H

#include "buf.h"

#include <stdint.h>

/* Appends `text` as a JSON string (RFC 8259), quotes included: escapes '"', '\' and bytes below
 * 0x20 (short forms where JSON has them, else \u00xx), leaves everything else as it is. Returns
 * false, with nothing appended, unless it is well-formed UTF-8. Failure shows in `out->error`. */
bool dyn_json_write_text(struct dyn_buf *out, struct dyn_slice text);

/* The digits of -9223372036854775808 and its sign. */
enum { DYN_JSON_INTEGER_MAX = 20 /* bytes */ };

/* Writes the number right before `end` and returns where it begins; DYN_JSON_INTEGER_MAX bytes
 * suffice. */
char *dyn_json_format_integer(int64_t number, char *end);

void dyn_json_write_integer(struct dyn_buf *out, int64_t number);

#endif
