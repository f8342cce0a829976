/* SPDX-License-Identifier: MIT */
#ifndef DYN_FACTS_H
#define DYN_FACTS_H

#include "message.h"

/* What DynamoDB says about a response in its headers, and the body as it was meant. */

/* Views into the message; data NULL for a header that is not there. Of one that comes again, an id
 * counts as it came first, and anything else says "": nothing that can be read. */
struct dyn_facts {
  struct dyn_slice request_id, crc32, date, content_encoding;
};

struct dyn_facts dyn_facts_read(const struct dyn_message *message);

/* Whether a request's id is in one of AWS's own forms, which no secret has. */
bool dyn_facts_is_request_id(struct dyn_slice text);

/* Checks the body against its CRC-32, of the bytes as they came, and takes its encoding off. `body`
 * becomes a view of the message. Returns NULL, or what is wrong, a word: "crc32_header", "crc32",
 * "content_encoding", "truncated", "damaged", "too_large", "memory". */
const char *dyn_facts_payload(struct dyn_message *message, const struct dyn_facts *facts,
                              struct dyn_slice *body);

#endif
