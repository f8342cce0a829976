/* SPDX-License-Identifier: MIT */
#include "utf8.h"
#include "word.h"

static bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

/* Returns whether `second` may follow `lead` (0xE0 to 0xF4): the first continuation byte is where
 * overlong forms, surrogates and code points above U+10FFFF show (RFC 3629 section 4). */
static bool is_second(unsigned char lead, unsigned char second) {
  if (lead == 0xE0) return second >= 0xA0 && second <= 0xBF;
  if (lead == 0xED) return second >= 0x80 && second <= 0x9F;
  if (lead == 0xF0) return second >= 0x90 && second <= 0xBF;
  if (lead == 0xF4) return second >= 0x80 && second <= 0x8F;
  return is_continuation(second);
}

size_t dyn_utf8_sequence(struct dyn_slice text) {
  const unsigned char *s = (const unsigned char *)text.data;
  unsigned char lead = s[0];
  if (lead < 0xC2 || lead > 0xF4 || text.length < 2) return 0;
  if (lead < 0xE0) return is_continuation(s[1]) ? 2 : 0;
  if (text.length < 3 || !is_second(lead, s[1]) || !is_continuation(s[2])) return 0;
  if (lead < 0xF0) return 3;
  return text.length >= 4 && is_continuation(s[3]) ? 4 : 0;
}

/* Returns the number of ASCII bytes at the start of `text`, words first. */
static size_t ascii_run(const char *text, size_t length) {
  size_t at = 0;
  while (length - at >= DYN_WORD_BYTES && !dyn_word_high(dyn_word_load(text + at))) {
    at += DYN_WORD_BYTES;
  }
  while (at < length && (unsigned char)text[at] < 0x80) at++;
  return at;
}

size_t dyn_utf8_valid_prefix(struct dyn_slice text) {
  size_t at = 0;
  while (at < text.length) {
    at += ascii_run(text.data + at, text.length - at);
    if (at == text.length) break;
    size_t bytes = dyn_utf8_sequence(dyn_slice_of(text.data + at, text.length - at));
    if (bytes == 0) break;
    at += bytes;
  }
  return at;
}

size_t dyn_utf8_count(struct dyn_slice text) {
  size_t count = 0;
  for (size_t i = 0; i < text.length; i++) count += !is_continuation((unsigned char)text.data[i]);
  return count;
}

/* The continuation byte that carries the six bits of `code_point` from bit `shift` on. */
static char continuation(uint32_t code_point, int shift) {
  return (char)(0x80 | ((code_point >> shift) & 0x3F));
}

size_t dyn_utf8_encode(uint32_t code_point, char out[4]) {
  if (code_point < 0x80) {
    out[0] = (char)code_point;
    return 1;
  }
  size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
  static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = 1; i < length; i++) out[i] = continuation(code_point, (int)(length - 1 - i) * 6);
  out[0] = (char)(leads[length] | (code_point >> ((length - 1) * 6)));
  return length;
}
