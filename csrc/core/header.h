/* SPDX-License-Identifier: MIT */
#ifndef DYN_HEADER_H
#define DYN_HEADER_H

#include "slice.h"

#include <stdint.h>

/* The heads of HTTP/1.1 messages, RFC 9110 section 5 and RFC 9112 sections 2 to 6: bytes only. */

enum {
  DYN_HEADER_MAX_COUNT = 32,    /* of a request; a signed DynamoDB request has about ten */
  DYN_HEADER_MAX_BYTES = 65536, /* of a request's headers; session tokens take a few KiB */
};

struct dyn_header {
  struct dyn_slice name, value;
};

/* Whether a request may carry this name: an RFC 9110 token. */
bool dyn_header_name_valid(struct dyn_slice name);

/* Whether a request may carry this value: no byte below 0x20 and no 0x7F, so nothing in it can end
 * the line and begin another. */
bool dyn_header_value_valid(struct dyn_slice value);

/* Whether a request line may have this method, a token, and this target: not empty, no space and
 * no byte that a value may not hold. */
bool dyn_header_request_line_valid(struct dyn_slice method, struct dyn_slice target);

/* Returns NULL, or why a request must not carry this header: a static text without the value. */
const char *dyn_header_problem(struct dyn_header header);

/* Whether `text`, perhaps only the first bytes of it, can be a response of HTTP/1.0 or 1.1. */
bool dyn_header_may_begin_response(struct dyn_slice text);

/* Reads a whole status line, such as "HTTP/1.1 200 OK". Returns false if it is none. */
bool dyn_header_read_status(struct dyn_slice line, int *minor_version, int *status);

/* Takes the next line off `rest`, without the space around the value. A line without a colon
 * has an empty name. Returns false at the blank line or the end. A status line must have been taken
 * off before. */
bool dyn_header_next(struct dyn_slice *rest, struct dyn_header *out);

/* Takes lines off `rest` up to the next header of a lower-case name; false if there is none. */
bool dyn_header_find(struct dyn_slice *rest, struct dyn_slice name, struct dyn_slice *value);

/* Takes the status line off the front of a header block and returns it. */
struct dyn_slice dyn_header_status_line(struct dyn_slice *rest);

/* The headers that are asked about in each response; what they mean is said in facts.h. */
enum dyn_header_noted {
  DYN_NOTED_REQUEST_ID,
  DYN_NOTED_CRC32,
  DYN_NOTED_DATE,
  DYN_NOTED_CONTENT_ENCODING,
  DYN_NOTED_COUNT
};

/* Where the first value of a header stands in its block, and how many there are. */
struct dyn_header_place {
  uint32_t at, length, count;
};

/* What a whole head says: a status of 1xx is not yet the response. `problem` is NULL, or why the
 * response is unusable, a static text; `kind` then says of what kind that is ("transport": it is
 * none of HTTP/1.1, and `status` is 0; "integrity": it is damaged). */
struct dyn_header_head {
  int minor_version, status;
  bool is_chunked, has_length, closes; /* closes: the server keeps the connection no longer */
  uint64_t content_length;             /* bytes, if it has_length: below 10^15 */
  struct dyn_header_place noted[DYN_NOTED_COUNT];
  const char *kind, *problem;
};

/* Notes a header of the block, its name in lower case, if it is one of those. */
void dyn_header_note(struct dyn_header_head *head, const char *block, struct dyn_header header);

/* Reads a whole header block (status line to blank line); lower-cases its names in place. What
 * would make the end of the body a matter of opinion (RFC 9112 section 6.3) is a problem. */
struct dyn_header_head dyn_header_read_head(char *block, size_t length);

#endif
