/* SPDX-License-Identifier: MIT */
#ifndef DYN_STATUS_H
#define DYN_STATUS_H

/* What a core function that can fail returns. DYN_OK is zero, so a status reads as "did it fail?".
 */
enum dyn_status {
  DYN_OK = 0,
  DYN_ERR_MEMORY,    /* an allocation failed */
  DYN_ERR_TOO_LARGE, /* a buffer would pass its ceiling, or a size would overflow */
  DYN_ERR_SYNTAX,    /* the input is not what the format allows */
  DYN_ERR_TRUNCATED, /* the input ends before its format does */
  DYN_ERR_CRYPTO     /* OpenSSL refused; nothing was produced */
};

#endif
