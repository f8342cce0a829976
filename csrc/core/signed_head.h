/* SPDX-License-Identifier: MIT */
#ifndef DYN_SIGNED_HEAD_H
#define DYN_SIGNED_HEAD_H

#include "message.h"
#include "sigv4.h"

/* The head of many signed requests that differ in their bodies and in the value of one header,
 * which is not signed: what is the same in all of them is written and hashed once.
 * 1. dyn_signed_head_init makes an empty one, which owns nothing.
 * 2. dyn_signed_head_make writes the head of a request at one time, with one set of credentials.
 * 3. dyn_signed_head_write writes requests; one thread at a time.
 * 4. dyn_signed_head_clean_up wipes and frees it; twice is harmless. */
struct dyn_signed_head {
  struct dyn_buf text; /* the request line and the headers, authorization last */
  size_t header_count;
  size_t value_at, value_length;    /* of the header that each request says anew, in `text` */
  size_t signature_at;              /* in `text` */
  struct dyn_hash_start *canonical; /* the canonical request, up to the hash of the body */
  struct dyn_hmac_key *key;         /* and the string to sign, up to the hash of that */
};

void dyn_signed_head_init(struct dyn_signed_head *head);

void dyn_signed_head_clean_up(struct dyn_signed_head *head);

/* A request of which a head is made: POST, with no query, and no header that says the hash of the
 * body. */
struct dyn_head_request {
  struct dyn_slice path; /* as it is sent */
  const struct dyn_header *headers;
  size_t header_count;
  size_t signed_count; /* so many of them, the first, are signed */
  size_t varying;      /* the place of the one whose value each request says anew; not signed */
};

/* Makes an empty head that of `request`. Returns NULL, or in words that hold nothing of it why it
 * cannot be signed, or memory ran out. `unsendable` becomes NULL, or why HTTP does not carry it. */
const char *dyn_signed_head_make(struct dyn_signed_head *head, struct dyn_sigv4 *signer,
                                 const struct dyn_head_request *request,
                                 const struct dyn_sigv4_config *config, const char **unsendable);

/* What a request says anew: a text, no longer than the value that the head was made with, and
 * behind it a number in as many hexadecimal digits as there is room for. */
struct dyn_head_value {
  struct dyn_slice text;
  uint64_t number;
};

/* Writes a request into a message. Returns what dyn_signed_head_make does; `unsendable` becomes
 * NULL, or what dyn_message_end says. */
const char *dyn_signed_head_write(const struct dyn_signed_head *head, struct dyn_sigv4 *signer,
                                  struct dyn_head_value value, struct dyn_slice body,
                                  struct dyn_message *message, const char **unsendable);

#endif
