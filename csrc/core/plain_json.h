/* SPDX-License-Identifier: MIT */
#ifndef DYN_PLAIN_JSON_H
#define DYN_PLAIN_JSON_H

#include "json_scan.h"

/* Between DynamoDB's JSON, in which each value names its type, and plain JSON, which people and
 * other programs write: texts to texts, every digit and every escape kept as it stands. */

enum { DYN_PLAIN_MAX_DEPTH = 64 /* levels of nesting either way */ };

/* Appends the plain JSON of the attribute value that `scan` is at, which the encoder has written:
 * sets become arrays, binaries their base64 text, numbers lose their quotes. Returns false with
 * scan->error set for what is no attribute value; want of memory or room is in out->error. */
bool dyn_plain_json_from_typed(struct dyn_json_scan *scan, struct dyn_buf *out);

/* Appends the attribute value of the plain JSON that `scan` is at: objects become M, arrays L,
 * strings S, numbers N with the digits they have. Returns false with scan->error set for what is no
 * JSON; want of memory or room is in out->error. */
bool dyn_plain_json_to_typed(struct dyn_json_scan *scan, struct dyn_buf *out);

#endif
