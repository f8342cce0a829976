/* SPDX-License-Identifier: MIT */
#ifndef DYN_TRANSFER_H
#define DYN_TRANSFER_H

#include "header.h"

/* HTTP/1.1 exchanges over libcurl, one at a time, on kept-alive connections.
 * 1. The caller provides dyn_transfer_size() bytes that do not move; dyn_transfer_init makes them
 *    an empty transfer, which dyn_transfer_close accepts.
 * 2. dyn_transfer_open acquires the libcurl handle.
 * 3. For each request: dyn_transfer_start, dyn_transfer_add_header for each header,
 *    dyn_transfer_perform, use of the answer, dyn_transfer_release_answer.
 * 4. dyn_transfer_close gives everything back; twice is harmless.
 * A request is put on the wire at most once: libcurl's own resend after a lost kept-alive
 * connection is refused. In a child process the inherited connections are abandoned without a byte
 * being written to them. */
struct dyn_transfer;

struct dyn_transfer_options {
  long connect_timeout_ms; /* name resolution, TCP and TLS together */
  const char *ca_file;     /* the only authorities trusted; NULL: the system's */
  const char *proxy;       /* "": none; NULL: what the environment says */
  size_t max_body_bytes;   /* of an answer, as it came off the wire */
  size_t max_header_bytes; /* of all header blocks of an answer together */
};

struct dyn_transfer_request {
  const char *method, *url;
  struct dyn_slice body; /* stays the caller's; must live until perform returns */
  long timeout_ms;       /* for the whole exchange, 1 or more */
  bool direct;           /* through no proxy, whatever the options or the environment say */
};

/* What became of a request. */
struct dyn_transfer_outcome {
  const char *kind; /* NULL: there is an answer. Else "transport", "timeout", "tls", ... */
  const char *code; /* a stable word, such as "ConnectionLost" */
  const char *sent; /* how far the request got at most: "none", "partial" or "complete" */
  long status;      /* of the final header block, 0 if none came */
  /* Of the answer, until the next dyn_transfer_start; of one that failed the head, if it came. */
  struct dyn_slice head, body;
  char message[512]; /* for people: where and what, without headers or credentials */
};

/* Initialises libcurl once in this process. False if it cannot be. */
bool dyn_transfer_global_init(void);

/* The version of the libcurl in use, which may be older than the one this was built with, and the
 * least that will do: 0xXXYYZZ. */
unsigned dyn_transfer_version_number(void);
unsigned dyn_transfer_min_version(void);

/* The name and version of libcurl and its TLS library. */
const char *dyn_transfer_version(void);

size_t dyn_transfer_size(void);

/* Returns `block` if it is an initialised transfer of `length` bytes, else NULL. */
struct dyn_transfer *dyn_transfer_from(void *block, size_t length);

void dyn_transfer_init(struct dyn_transfer *transfer);

/* Acquires the handle. False if libcurl lacks memory or one of the options this client relies on;
 * the transfer is then closed. */
bool dyn_transfer_open(struct dyn_transfer *transfer, const struct dyn_transfer_options *options);

bool dyn_transfer_is_open(const struct dyn_transfer *transfer);

void dyn_transfer_close(struct dyn_transfer *transfer);

/* Forgets the last request and answer. */
void dyn_transfer_start(struct dyn_transfer *transfer);

/* Adds a header to the next request. Returns NULL, or why it is refused, as a static text that
 * never holds the value. */
const char *dyn_transfer_add_header(struct dyn_transfer *transfer, struct dyn_header header);

/* Sends the request and reads the answer. Blocks; calls nothing of the caller's. */
void dyn_transfer_perform(struct dyn_transfer *transfer, const struct dyn_transfer_request *request,
                          struct dyn_transfer_outcome *out);

/* Frees what a large answer took. The outcome's slices end here. */
void dyn_transfer_release_answer(struct dyn_transfer *transfer);

#endif
