/* SPDX-License-Identifier: MIT */
#ifndef DYN_MESSAGE_H
#define DYN_MESSAGE_H

#include "buf.h"
#include "header.h"

/* An HTTP/1.1 exchange without its connection (RFC 9112): the bytes of a request, and a strict
 * reader of the response, which refuses whatever leaves in doubt where the response ends. All that
 * carries bytes carries them by this: it never looks into them.
 * 1. dyn_message_init makes an empty message, which owns nothing.
 * 2. dyn_message_begin, dyn_message_add_header for each header, dyn_message_end write the request.
 * 3. dyn_message_expect begins a response, for each connection that the request is written to. The
 *    carrier takes the request off by dyn_message_unsent and dyn_message_count_sent.
 * 4. dyn_message_room and dyn_message_read, or dyn_message_feed, take what comes, until there is
 *    something else to do than reading on; dyn_message_lose says how a connection ended before.
 * 5. The parts of the response are views, until the next response is begun.
 * 6. dyn_message_clean_up frees it all and leaves the message empty; twice is harmless. */

enum {
  DYN_MESSAGE_MAX_HEAD_BYTES =
      64 * 1024,                     /* of all heads of one response, and of a body's trailers */
  DYN_MESSAGE_MAX_LINE_BYTES = 1024, /* of a line among chunks */
  DYN_MESSAGE_MAX_READ_BYTES = 256 * 1024,          /* at once */
  DYN_MESSAGE_MAX_REQUEST_BYTES = 64 * 1024 * 1024, /* DynamoDB takes 16 MB */
  /* What a body may have if nobody says: responses stay below 16 MB and their JSON escapes. */
  DYN_MESSAGE_DEFAULT_BODY_BYTES = 64 * 1024 * 1024
};

/* Why there is no response, in words without the request's. Static. */
struct dyn_failure {
  const char *kind, *code, *text;
};

enum dyn_message_state {
  DYN_MESSAGE_MORE,  /* the response goes on */
  DYN_MESSAGE_DONE,  /* it is whole */
  DYN_MESSAGE_FAILED /* there is none: see failure */
};

/* How a connection ended. */
enum dyn_message_loss {
  DYN_LOSS_CLOSED,  /* in order, by the server */
  DYN_LOSS_BROKEN,  /* in any other way */
  DYN_LOSS_TIMEOUT, /* not at all, but time is over */
};

/* What is read next of a response; private to message.c. */
enum dyn_message_part {
  DYN_PART_HEAD,
  DYN_PART_COUNTED,
  DYN_PART_TO_THE_END,
  DYN_PART_CHUNK_SIZE,
  DYN_PART_CHUNK_DATA,
  DYN_PART_CHUNK_END,
  DYN_PART_TRAILERS,
  DYN_PART_NONE
};

struct dyn_message {
  struct dyn_buf out;  /* the request: head and body */
  size_t header_count; /* of the request */
  size_t sent_bytes;   /* of `out`, that a connection took */
  bool is_get, is_connect;

  struct dyn_buf in; /* the response as it came: its heads, then the body; of chunks, the data */
  size_t max_body_bytes;
  bool is_kept; /* the connection carried other responses before */
  enum dyn_message_state state;
  enum dyn_message_part part;
  size_t at;      /* where what is not read yet begins */
  size_t scanned; /* how far the line at `at` was looked at for its end */
  size_t lacking; /* bytes to come of a counted body or a chunk */
  size_t trailer_bytes;
  struct dyn_header_head head;             /* what the final one says; status 0 until it is whole */
  size_t head_start, body_start, body_end; /* in `in` */
  bool is_delimited; /* something else than the close says where the body ends */
  bool has_surplus;  /* something came behind the response */
  struct dyn_failure failure;

  struct dyn_buf plain; /* the body without its encoding, if it has one: see facts.h */
};

void dyn_message_init(struct dyn_message *message, size_t max_body_bytes);

void dyn_message_clean_up(struct dyn_message *message);

/* Frees what a large request or response took, and forgets both. */
void dyn_message_reset(struct dyn_message *message);

/* --- the request: what is refused is told in a static text without what was given ------------ */

/* Forgets the last request and writes the first line of another. */
const char *dyn_message_begin(struct dyn_message *message, struct dyn_slice method,
                              struct dyn_slice target);

const char *dyn_message_add_header(struct dyn_message *message, struct dyn_header header);

/* Forgets the last request and writes another of POST as far as its headers go, `head`, of which
 * there are so many. Returns where it stands in the message until more is added, or NULL without
 * memory. */
char *dyn_message_begin_with(struct dyn_message *message, struct dyn_slice head,
                             size_t header_count);

/* Makes the request one that a proxy takes: `prefix` goes before its target, the header, if it has
 * a name, before the others. False if there is no memory. */
bool dyn_message_send_by(struct dyn_message *message, struct dyn_slice prefix,
                         struct dyn_header header);

/* Ends the head, with a Content-Length unless the method is one without a body, and adds the body.
 */
const char *dyn_message_end(struct dyn_message *message, struct dyn_slice body);

/* --- the exchange ----------------------------------------------------------------------------- */

/* Begins a response to the request, none of which was sent yet. `is_kept`: over a connection that
 * carried other responses before. */
void dyn_message_expect(struct dyn_message *message, bool is_kept);

/* Returns what is left to be sent of the request. */
struct dyn_slice dyn_message_unsent(const struct dyn_message *message);

void dyn_message_count_sent(struct dyn_message *message, size_t bytes);

/* Returns how much of the request a connection took: "none", "partial" or "complete". */
const char *dyn_message_sent(const struct dyn_message *message);

/* Returns where up to `*size` bytes that come may be put, or NULL where memory runs out. */
char *dyn_message_room(struct dyn_message *message, size_t *size);

/* Reads on: `length` bytes were put where dyn_message_room said. */
enum dyn_message_state dyn_message_read(struct dyn_message *message, size_t length);

/* Reads on: these bytes came. They are copied. */
enum dyn_message_state dyn_message_feed(struct dyn_message *message, struct dyn_slice bytes);

/* Nothing more comes. Returns DYN_MESSAGE_DONE for a body that only the close ends. */
enum dyn_message_state dyn_message_lose(struct dyn_message *message, enum dyn_message_loss loss);

/* --- the response -------------------------------------------------------------------------------
 */

/* The final head, status line to blank line, its names in lower case; empty until it is whole. */
struct dyn_slice dyn_message_head(const struct dyn_message *message);

/* The body as it came off the wire, without the framing of chunks. */
struct dyn_slice dyn_message_body(const struct dyn_message *message);

/* Whether the connection can carry another request: the response ended where it said, nothing came
 * behind it, and the server keeps the connection. That to CONNECT keeps it in any case. */
bool dyn_message_is_reusable(const struct dyn_message *message);

#endif
