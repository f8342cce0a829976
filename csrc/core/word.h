/* SPDX-License-Identifier: MIT */
#ifndef DYN_WORD_H
#define DYN_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes looked at together, as one 64-bit word whose lowest byte is the first of them. The
 * dyn_word_ tests set the high bit of each byte that fits; only the lowest bit set is certain,
 * those above it may come from a borrow. */
enum { DYN_WORD_BYTES = 8 };

#define DYN_WORD_ALL(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t dyn_word_load(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

static inline void dyn_word_store(char *bytes, uint64_t word) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  memcpy(bytes, &word, sizeof word);
}

/* Returns four bytes, the first of them the lowest. */
static inline uint64_t dyn_word_load_half(const char *bytes) {
  uint32_t half;
  memcpy(&half, bytes, sizeof half);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  half = __builtin_bswap32(half);
#endif
  return half;
}

/* Returns the fewer than eight bytes as a word, zeros behind them: loads that overlap see each. */
static inline uint64_t dyn_word_load_few(const char *bytes, size_t length) {
  const unsigned char *at = (const unsigned char *)bytes;
  if (length >= 4) {
    return dyn_word_load_half(bytes) | dyn_word_load_half(bytes + length - 4) << 8 * (length - 4);
  }
  if (length == 0) return 0;
  return at[0] | (uint64_t)at[length / 2] << 8 * (length / 2) |
         (uint64_t)at[length - 1] << 8 * (length - 1);
}

/* Returns the fewer than eight bytes as a word, spaces behind them. */
static inline uint64_t dyn_word_load_spaced(const char *bytes, size_t length) {
  return dyn_word_load_few(bytes, length) | DYN_WORD_ALL(' ') << 8 * length;
}

static inline uint64_t dyn_word_swap(uint64_t word) {
#ifdef __GNUC__
  return __builtin_bswap64(word);
#else
  uint64_t swapped = 0;
  for (int i = 0; i < DYN_WORD_BYTES; i++, word >>= 8) swapped = swapped << 8 | (word & 0xFF);
  return swapped;
#endif
}

/* Returns the first bytes as a number that has the order of texts without zero bytes: those stand
 * behind a text that is short. */
static inline uint64_t dyn_word_prefix(const char *bytes, size_t length) {
  return dyn_word_swap(length < DYN_WORD_BYTES ? dyn_word_load_few(bytes, length)
                                               : dyn_word_load(bytes));
}

/* Marks the bytes that are not ASCII. */
static inline uint64_t dyn_word_high(uint64_t word) {
  return word & DYN_WORD_ALL(0x80);
}

/* Marks the bytes that cannot stand in a JSON string as they are: below 0x20, '"' and '\'. An ASCII
 * byte b < n has the high bit in b - n; with bit 1 flipped, '"' (0x22) joins the control bytes as
 * one of those below 0x21. */
static inline uint64_t dyn_word_json_stop(uint64_t word) {
  uint64_t control_or_quote = (word ^ DYN_WORD_ALL(0x02)) - DYN_WORD_ALL(0x21);
  uint64_t backslash = (word ^ DYN_WORD_ALL('\\')) - DYN_WORD_ALL(0x01);
  return (control_or_quote | backslash) & ~word & DYN_WORD_ALL(0x80);
}

/* Marks the control bytes: those below 0x20, and 0x7F. */
static inline uint64_t dyn_word_control(uint64_t word) {
  uint64_t low = word - DYN_WORD_ALL(0x20), del = (word ^ DYN_WORD_ALL(0x7F)) - DYN_WORD_ALL(0x01);
  return (low | del) & ~word & DYN_WORD_ALL(0x80);
}

/* dyn_word_json_stop of one byte. */
static inline int dyn_word_is_json_stop(char byte) {
  return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

/* Returns the index of the first marked byte; `marks` is not 0. */
static inline size_t dyn_word_first(uint64_t marks) {
#ifdef __GNUC__
  return (size_t)__builtin_ctzll(marks) / 8;
#else
  size_t index = 0;
  for (; !(marks & 0x80); marks >>= 8) index++;
  return index;
#endif
}

/* Marks the bytes that are not plain: not ASCII, or what cannot stand in a JSON string as it is. */
static inline uint64_t dyn_word_not_plain(uint64_t word) {
  return dyn_word_json_stop(word) | dyn_word_high(word);
}

/* Returns the number of leading bytes that are plain. */
static inline size_t dyn_word_plain_run(const char *bytes, size_t length) {
  size_t at = 0;
  for (; length - at >= DYN_WORD_BYTES; at += DYN_WORD_BYTES) {
    uint64_t marks = dyn_word_not_plain(dyn_word_load(bytes + at));
    if (marks) return at + dyn_word_first(marks);
  }
  uint64_t marks = dyn_word_not_plain(dyn_word_load_spaced(bytes + at, length - at));
  return marks ? at + dyn_word_first(marks) : length;
}

/* Returns the number of leading bytes that may stand in a JSON string as they are. */
static inline size_t dyn_word_json_run(const char *bytes, size_t length) {
  size_t at = 0;
  for (; length - at >= DYN_WORD_BYTES; at += DYN_WORD_BYTES) {
    uint64_t stop = dyn_word_json_stop(dyn_word_load(bytes + at));
    if (stop) return at + dyn_word_first(stop);
  }
  while (at < length && !dyn_word_is_json_stop(bytes[at])) at++;
  return at;
}

#endif
