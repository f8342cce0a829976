/* SPDX-License-Identifier: MIT */
#ifndef DYN_BODY_H
#define DYN_BODY_H

#include "buf.h"

#include <stdint.h>

/* CRC-32 (zlib's polynomial), what DynamoDB puts in x-amz-crc32, over the bytes as transmitted. */
uint32_t dyn_body_crc32(struct dyn_slice bytes);

/* Appends the content of a whole gzip member (RFC 1952), no more than out->max_bytes in all.
 * Returns DYN_ERR_TRUNCATED for a stream that ends early, DYN_ERR_SYNTAX for a damaged one or bytes
 * after it, DYN_ERR_TOO_LARGE past the ceiling, DYN_ERR_MEMORY. */
enum dyn_status dyn_body_inflate(struct dyn_slice gzip, struct dyn_buf *out);

/* Returns the word for why dyn_body_inflate failed: "truncated", "damaged", "too_large", "memory".
 */
const char *dyn_body_problem(enum dyn_status status);

#endif
