/* SPDX-License-Identifier: MIT */
#ifndef DYN_CANONICAL_H
#define DYN_CANONICAL_H

#include "buf.h"
#include "hash.h"
#include "header.h"

/* The canonical request, stage 1 of AWS Signature Version 4:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * For every service but S3, which alone wants the path encoded once. */

/* What is to be signed; the slices belong to the caller. The value of a header
 * x-amz-content-sha256, if there is one, stands for the hash of the body. */
struct dyn_request {
  struct dyn_slice method;
  struct dyn_slice path;  /* as it is sent, "" meaning "/" */
  struct dyn_slice query; /* as it is sent, without '?' */
  const struct dyn_header *headers;
  size_t header_count;
  struct dyn_slice body;
  bool normalize_path; /* drop empty, "." and ".." segments of the path */
};

/* Path, query and headers may take this much; DynamoDB's own requests need less than 4 KB. */
enum { DYN_CANONICAL_MAX_BYTES = 1024 * 1024 };

/* The working memory, kept between requests. */
struct dyn_canonical {
  struct dyn_buf pairs; /* names and values to sort */
  struct dyn_buf text;  /* the canonical parameters of the query */
};

/* Makes it empty. Cannot fail. */
void dyn_canonical_init(struct dyn_canonical *work);

/* Frees the memory; it is empty and usable again. */
void dyn_canonical_clean_up(struct dyn_canonical *work);

/* Returns NULL if the request may be signed, else what is wrong, in words that hold nothing of it.
 * A byte that HTTP forbids in a header would let a caller's data forge headers. */
const char *dyn_canonical_problem(const struct dyn_request *request);

/* Appends the canonical request; `signed_headers` becomes a view of the list of names within `out`.
 * All headers are signed but those botocore leaves out (authorization, connection, expect,
 * user-agent and the like; the table is in canonical.c). On failure `out` holds a part. */
enum dyn_status dyn_canonical_append(struct dyn_canonical *work, struct dyn_hash *hash,
                                     const struct dyn_request *request, struct dyn_buf *out,
                                     struct dyn_slice *signed_headers);

#endif
