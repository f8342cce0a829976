/* SPDX-License-Identifier: MIT */
#include "utf8.h"
#include "check.h"

#include <stdlib.h>

/* Encodes by the table of RFC 3629 section 3, each length spelled out; surrogates are not refused,
 * so that the tests can make them. */
static size_t plain_encode(uint32_t c, unsigned char out[4]) {
  if (c < 0x80) return out[0] = (unsigned char)c, 1;
  if (c < 0x800) {
    out[0] = (unsigned char)(0xC0 + c / 64);
    out[1] = (unsigned char)(0x80 + c % 64);
    return 2;
  }
  if (c < 0x10000) {
    out[0] = (unsigned char)(0xE0 + c / 4096);
    out[1] = (unsigned char)(0x80 + c / 64 % 64);
    out[2] = (unsigned char)(0x80 + c % 64);
    return 3;
  }
  out[0] = (unsigned char)(0xF0 + c / 262144);
  out[1] = (unsigned char)(0x80 + c / 4096 % 64);
  out[2] = (unsigned char)(0x80 + c / 64 % 64);
  out[3] = (unsigned char)(0x80 + c % 64);
  return 4;
}

static void test_every_code_point(void) {
  size_t wrong_bytes = 0, refused = 0, cut_accepted = 0, miscounted = 0;
  for (uint32_t c = 0; c <= 0x10FFFF; c++) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    unsigned char expected[4];
    char actual[4];
    size_t length = plain_encode(c, expected);
    wrong_bytes += dyn_utf8_encode(c, actual) != length || memcmp(actual, expected, length) != 0;
    refused += !dyn_utf8_is_valid(dyn_slice_of((char *)expected, length));
    miscounted += dyn_utf8_count(dyn_slice_of((char *)expected, length)) != 1;
    for (size_t cut = 1; cut < length; cut++) {
      cut_accepted += dyn_utf8_valid_prefix(dyn_slice_of((char *)expected, cut)) != 0;
    }
  }
  CHECK_EQ_SIZE(wrong_bytes, 0);
  CHECK_EQ_SIZE(refused, 0);
  CHECK_EQ_SIZE(cut_accepted, 0);
  CHECK_EQ_SIZE(miscounted, 0);
}

static void test_every_surrogate_is_refused(void) {
  size_t accepted = 0;
  for (uint32_t c = 0xD800; c <= 0xDFFF; c++) {
    unsigned char bytes[4];
    size_t length = plain_encode(c, bytes);
    accepted += dyn_utf8_valid_prefix(dyn_slice_of((char *)bytes, length)) != 0;
  }
  CHECK_EQ_SIZE(accepted, 0);
}

/* Whether `bytes` is one whole well-formed sequence: decoded without any check, then encoded again,
 * it must give the same bytes. */
static bool plain_is_sequence(const unsigned char *bytes, size_t length) {
  static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  unsigned char again[4];
  uint32_t c = bytes[0] & masks[length];
  for (size_t i = 1; i < length; i++) c = c * 64 + (bytes[i] & 0x3F);
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return false;
  return plain_encode(c, again) == length && memcmp(again, bytes, length) == 0;
}

static void test_every_pair_and_triple(void) {
  size_t wrong_pairs = 0, wrong_triples = 0;
  for (unsigned n = 0x800000; n <= 0xFFFFFF; n++) {
    unsigned char b[3] = {(unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};
    size_t expected = plain_is_sequence(b, 3) ? 3 : 0;
    if (plain_is_sequence(b, 2)) expected = b[2] < 0x80 ? 3 : 2;
    wrong_triples += dyn_utf8_valid_prefix(dyn_slice_of((char *)b, 3)) != expected;
    if (b[2] != 0) continue;
    expected = plain_is_sequence(b, 2) ? 2 : 0;
    wrong_pairs += dyn_utf8_valid_prefix(dyn_slice_of((char *)b, 2)) != expected;
  }
  CHECK_EQ_SIZE(wrong_pairs, 0);
  CHECK_EQ_SIZE(wrong_triples, 0);
}

/* All four-byte sequences by lead and second byte, the others at the edges of their ranges. */
static void test_every_kind_of_quadruple(void) {
  static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
  size_t wrong = 0;
  for (unsigned n = 0xF000; n <= 0xFFFF; n++) {
    for (size_t i = 0; i < 36; i++) {
      unsigned char b[4] = {(unsigned char)(n >> 8), (unsigned char)n, edges[i / 6], edges[i % 6]};
      size_t expected = plain_is_sequence(b, 4) ? 4 : 0;
      wrong += dyn_utf8_valid_prefix(dyn_slice_of((char *)b, 4)) != expected;
    }
  }
  CHECK_EQ_SIZE(wrong, 0);
}

static void test_classic_bad_sequences(void) {
  static const struct {
    const char *name;
    struct dyn_slice text;
    size_t prefix;
  } rows[] = {
      {"lone continuation", CHECK_BYTES("a\x80z"), 1},
      {"lone lead, then ASCII", CHECK_BYTES("ab\xC3z"), 2},
      {"overlong slash, 2 bytes", CHECK_BYTES("\xC0\xAF"), 0},
      {"overlong U+007F", CHECK_BYTES("\xC1\xBF"), 0},
      {"overlong slash, 3 bytes", CHECK_BYTES("\xE0\x80\xAF"), 0},
      {"overlong U+07FF", CHECK_BYTES("\xE0\x9F\xBF"), 0},
      {"overlong slash, 4 bytes", CHECK_BYTES("\xF0\x80\x80\xAF"), 0},
      {"overlong U+FFFF", CHECK_BYTES("\xF0\x8F\xBF\xBF"), 0},
      {"overlong NUL", CHECK_BYTES("\xC0\x80"), 0},
      {"CESU-8 pair", CHECK_BYTES("\xED\xA0\xBD\xED\xB8\x80"), 0},
      {"above U+10FFFF", CHECK_BYTES("\xF4\x90\x80\x80"), 0},
      {"lead F5", CHECK_BYTES("\xF5\x80\x80\x80"), 0},
      {"five bytes", CHECK_BYTES("\xF8\x88\x80\x80\x80"), 0},
      {"six bytes", CHECK_BYTES("\xFC\x84\x80\x80\x80\x80"), 0},
      {"FE", CHECK_BYTES("ok\xFE"), 2},
      {"FF", CHECK_BYTES("ok\xFF"), 2},
      {"cut after a whole one", CHECK_BYTES("\xC3\xA9\xE2\x82"), 2},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_CASE(rows[i].name);
    CHECK_EQ_SIZE(dyn_utf8_valid_prefix(rows[i].text), rows[i].prefix);
    CHECK(!dyn_utf8_is_valid(rows[i].text));
  }
}

static void test_empty_and_nul(void) {
  CHECK(dyn_utf8_is_valid(dyn_slice_of(NULL, 0)));
  CHECK(dyn_utf8_is_valid(DYN_SLICE("a\0b\0")));
  CHECK_EQ_SIZE(dyn_utf8_count(DYN_SLICE("a\0b")), 3);
  CHECK_EQ_SIZE(dyn_utf8_count(dyn_slice_of(NULL, 0)), 0);
}

static void test_counts_code_points(void) {
  CHECK_EQ_SIZE(dyn_utf8_count(DYN_SLICE("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z")), 5);
}

/* A bad byte at each place of texts of each short length, each in a block of its own so that a read
 * past the end shows: the word-wise path must see it, and no further. */
static void test_bad_byte_at_every_place(void) {
  for (size_t length = 1; length <= 40; length++) {
    for (size_t place = 0; place < length; place++) {
      char *text = malloc(length);
      if (!CHECK(text != NULL)) return;
      memset(text, 'a', length);
      CHECK_EQ_SIZE(dyn_utf8_valid_prefix(dyn_slice_of(text, length)), length);
      text[place] = (char)0xC3;
      CHECK_EQ_SIZE(dyn_utf8_valid_prefix(dyn_slice_of(text, length)), place);
      free(text);
    }
  }
}

int main(void) {
  CHECK_RUN(test_every_code_point);
  CHECK_RUN(test_every_surrogate_is_refused);
  CHECK_RUN(test_every_pair_and_triple);
  CHECK_RUN(test_every_kind_of_quadruple);
  CHECK_RUN(test_classic_bad_sequences);
  CHECK_RUN(test_empty_and_nul);
  CHECK_RUN(test_counts_code_points);
  CHECK_RUN(test_bad_byte_at_every_place);
  return check_finish();
}
