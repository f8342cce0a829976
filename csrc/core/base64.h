/* SPDX-License-Identifier: MIT */
#ifndef DYN_BASE64_H
#define DYN_BASE64_H

#include "buf.h"

/* Appends the padded base64 text of `bytes` (RFC 4648 section 4); failure shows in `out->error`. */
void dyn_base64_encode(struct dyn_slice bytes, struct dyn_buf *out);

/* Appends the bytes that `text` stands for. Strict: standard alphabet, padding required, no white
 * space, unused bits zero. Returns DYN_ERR_SYNTAX (with `out` as it was) or out->error. */
enum dyn_status dyn_base64_decode(struct dyn_slice text, struct dyn_buf *out);

#endif
