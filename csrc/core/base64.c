/* SPDX-License-Identifier: MIT */
#include "base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { VALID = 0x40 /* marks a byte of the alphabet; the six bits below are its value */ };

#define V(n) (VALID | (n))
static const unsigned char values[256] = {
    ['A'] = V(0),  ['B'] = V(1),  ['C'] = V(2),  ['D'] = V(3),  ['E'] = V(4),  ['F'] = V(5),
    ['G'] = V(6),  ['H'] = V(7),  ['I'] = V(8),  ['J'] = V(9),  ['K'] = V(10), ['L'] = V(11),
    ['M'] = V(12), ['N'] = V(13), ['O'] = V(14), ['P'] = V(15), ['Q'] = V(16), ['R'] = V(17),
    ['S'] = V(18), ['T'] = V(19), ['U'] = V(20), ['V'] = V(21), ['W'] = V(22), ['X'] = V(23),
    ['Y'] = V(24), ['Z'] = V(25), ['a'] = V(26), ['b'] = V(27), ['c'] = V(28), ['d'] = V(29),
    ['e'] = V(30), ['f'] = V(31), ['g'] = V(32), ['h'] = V(33), ['i'] = V(34), ['j'] = V(35),
    ['k'] = V(36), ['l'] = V(37), ['m'] = V(38), ['n'] = V(39), ['o'] = V(40), ['p'] = V(41),
    ['q'] = V(42), ['r'] = V(43), ['s'] = V(44), ['t'] = V(45), ['u'] = V(46), ['v'] = V(47),
    ['w'] = V(48), ['x'] = V(49), ['y'] = V(50), ['z'] = V(51), ['0'] = V(52), ['1'] = V(53),
    ['2'] = V(54), ['3'] = V(55), ['4'] = V(56), ['5'] = V(57), ['6'] = V(58), ['7'] = V(59),
    ['8'] = V(60), ['9'] = V(61), ['+'] = V(62), ['/'] = V(63),
};
#undef V

/* Writes the four characters of three bytes. */
static void encode_group(const unsigned char in[3], char out[4]) {
  out[0] = alphabet[in[0] >> 2];
  out[1] = alphabet[(in[0] & 0x03) << 4 | in[1] >> 4];
  out[2] = alphabet[(in[1] & 0x0F) << 2 | in[2] >> 6];
  out[3] = alphabet[in[2] & 0x3F];
}

/* Writes the four characters of the last one or two bytes, padded. */
static void encode_rest(const unsigned char *in, size_t length, char out[4]) {
  unsigned char padded[3] = {in[0], length > 1 ? in[1] : 0, 0};
  encode_group(padded, out);
  out[3] = '=';
  if (length == 1) out[2] = '=';
}

/* Returns the characters that `length` bytes become; SIZE_MAX, which no buffer grants, for more
 * than can be counted. */
static size_t encoded_length(size_t length) {
  if (length > SIZE_MAX / 4 * 3 - 3) return SIZE_MAX;
  return (length + 2) / 3 * 4;
}

void dyn_base64_encode(struct dyn_slice bytes, struct dyn_buf *out) {
  const unsigned char *in = (const unsigned char *)bytes.data;
  size_t text_length = encoded_length(bytes.length);
  char *text = dyn_buf_reserve(out, text_length);
  if (!text) return;
  size_t rest = bytes.length % 3, whole = bytes.length - rest;
  for (size_t i = 0; i < whole; i += 3, text += 4) encode_group(in + i, text);
  if (rest > 0) encode_rest(in + whole, rest, text);
  dyn_buf_commit(out, text_length);
}

/* Writes the three bytes of four characters; returns VALID if all are of the alphabet, else 0. */
static unsigned decode_group(const unsigned char in[4], char out[3]) {
  unsigned a = values[in[0]], b = values[in[1]], c = values[in[2]], d = values[in[3]];
  uint32_t bits = (a & 0x3F) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | (d & 0x3F);
  out[0] = (char)(bits >> 16 & 0xFF);
  out[1] = (char)(bits >> 8 & 0xFF);
  out[2] = (char)(bits & 0xFF);
  return a & b & c & d & VALID;
}

/* Writes the one or two bytes of a group that ends in `padding` equal signs; returns whether it is
 * well formed: the bits that stand for nothing are zero. */
static bool decode_rest(const unsigned char *in, size_t padding, char *out) {
  unsigned char filled[4] = {in[0], in[1], padding == 2 ? 'A' : in[2], 'A'};
  char bytes[3];
  if (!decode_group(filled, bytes)) return false;
  memcpy(out, bytes, 3 - padding);
  return bytes[2] == 0 && (padding == 1 || bytes[1] == 0);
}

static size_t count_padding(struct dyn_slice text) {
  if (text.length == 0 || text.data[text.length - 1] != '=') return 0;
  return text.data[text.length - 2] == '=' ? 2 : 1;
}

enum dyn_status dyn_base64_decode(struct dyn_slice text, struct dyn_buf *out) {
  if (text.length % 4 != 0) return out->error ? out->error : DYN_ERR_SYNTAX;
  const unsigned char *in = (const unsigned char *)text.data;
  size_t padding = count_padding(text), length = text.length / 4 * 3 - padding;
  size_t whole = padding > 0 ? text.length - 4 : text.length;
  char *bytes = dyn_buf_reserve(out, length);
  if (!bytes) return out->error;
  unsigned valid = VALID;
  for (size_t i = 0; i < whole; i += 4, bytes += 3) valid &= decode_group(in + i, bytes);
  if (!valid) return DYN_ERR_SYNTAX;
  if (padding > 0 && !decode_rest(in + whole, padding, bytes)) return DYN_ERR_SYNTAX;
  dyn_buf_commit(out, length);
  return DYN_OK;
}
