/* SPDX-License-Identifier: MIT */
#ifndef DYN_HEADER_H
#define DYN_HEADER_H

#include "slice.h"

/* HTTP/1.1 header text, RFC 9110 section 5 and RFC 9112 sections 5 and 6: bytes only, no I/O. */

struct dyn_header {
  struct dyn_slice name, value;
};

/* Whether a request may carry this name: an RFC 9110 token. */
bool dyn_header_name_valid(struct dyn_slice name);

/* Whether a request may carry this value: no byte below 0x20 and no 0x7F, so nothing in it can end
 * the line and begin another. */
bool dyn_header_value_valid(struct dyn_slice value);

/* Takes the next line off `rest`, without the space around the value. Returns false at the blank
 * line or the end. A status line must have been taken off before. */
bool dyn_header_next(struct dyn_slice *rest, struct dyn_header *out);

/* Takes the status line off the front of a header block and returns it. */
struct dyn_slice dyn_header_status_line(struct dyn_slice *rest);

/* Checks a whole header block (status line to blank line) for what would make the end of the body a
 * matter of opinion (RFC 9112 section 6.3), and lower-cases its names in place. Returns NULL, or
 * what is wrong with it, as a static text. */
const char *dyn_header_block_problem(char *block, size_t length);

#endif
