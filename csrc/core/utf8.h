/* SPDX-License-Identifier: MIT */
#ifndef DYN_UTF8_H
#define DYN_UTF8_H

#include "slice.h"

#include <stdint.h>

/* Returns the number of leading bytes that are well-formed UTF-8 (RFC 3629: no overlong form, no
 * surrogate, nothing above U+10FFFF): text.length where all of it is. U+0000 is well formed. */
size_t dyn_utf8_valid_prefix(struct dyn_slice text);

static inline bool dyn_utf8_is_valid(struct dyn_slice text) {
  return dyn_utf8_valid_prefix(text) == text.length;
}

/* Returns the bytes of the well-formed sequence, 2 to 4, at the start of `text`, which does not
 * begin with an ASCII byte and is not empty; 0 if there is none. */
size_t dyn_utf8_sequence(struct dyn_slice text);

/* Counts the code points of well-formed UTF-8. */
size_t dyn_utf8_count(struct dyn_slice text);

/* Writes one code point (not a surrogate, at most 0x10FFFF) and returns the bytes used, 1 to 4. */
size_t dyn_utf8_encode(uint32_t code_point, char out[4]);

#endif
