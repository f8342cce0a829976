/* SPDX-License-Identifier: MIT */
#include "body.h"
#include "check.h"

#include <stdlib.h>

enum { CEILING = 1 << 20 };

static void test_crc32_known_values(void) {
  static const struct {
    struct dyn_slice bytes;
    uint32_t crc32;
  } rows[] = {
      {{NULL, 0}, 0},
      {CHECK_BYTES(""), 0},
      {CHECK_BYTES("123456789"), 0xCBF43926u}, /* the check value of CRC-32 */
      {CHECK_BYTES("\0"), 0xD202EF8Du},
      {CHECK_BYTES("\0\0\0\0"), 0x2144DF1Cu},
      {CHECK_BYTES("\xFF\xFF\xFF\xFF"), 0xFFFFFFFFu},
      {CHECK_BYTES("The quick brown fox jumps over the lazy dog"), 0x414FA339u},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK(dyn_body_crc32(rows[i].bytes) == rows[i].crc32);
  }
}

static const char page_text[] = "{\"Count\":1,\"Items\":[{\"id\":{\"S\":\"user#1\"}}]}";
#define PAGE_TEXT dyn_slice_of(page_text, sizeof page_text - 1)

/* page_text by GNU gzip 1.12, `gzip -n -9`. */
static const unsigned char page_gzip[] = {
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x72, 0xCE, 0x2F, 0xCD,
    0x2B, 0x51, 0xB2, 0x32, 0xD4, 0x51, 0xF2, 0x2C, 0x49, 0xCD, 0x2D, 0x56, 0xB2, 0x8A, 0xAE, 0x56,
    0xCA, 0x4C, 0x51, 0xB2, 0xAA, 0x56, 0x0A, 0x56, 0xB2, 0x52, 0x2A, 0x2D, 0x4E, 0x2D, 0x52, 0x36,
    0x54, 0xAA, 0xAD, 0x8D, 0xAD, 0x05, 0x00, 0xE8, 0x00, 0x43, 0x50, 0x2B, 0x00, 0x00, 0x00,
};
#define PAGE_GZIP dyn_slice_of((const char *)page_gzip, sizeof page_gzip)

/* Writes bits as DEFLATE packs them: from the low end of each byte. */
struct bit_writer {
  struct dyn_buf *out;
  unsigned bits, count;
};

static void put_bit(struct bit_writer *writer, unsigned bit) {
  writer->bits |= bit << writer->count;
  if (++writer->count < 8) return;
  dyn_buf_append_char(writer->out, (char)writer->bits);
  writer->bits = writer->count = 0;
}

/* Writes a Huffman code, its highest bit first (RFC 1951 section 3.1.1). */
static void put_code(struct bit_writer *writer, unsigned code, int length) {
  while (length-- > 0) put_bit(writer, code >> length & 1);
}

static void put_little_endian(struct dyn_buf *out, uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) dyn_buf_append_char(out, (char)(number >> shift));
}

/* A gzip member of 1 + 258 * matches NUL bytes: one block with the fixed codes of RFC 1951 section
 * 3.2.6, a literal and then matches of the greatest length at distance 1. */
static void gzip_of_zeros(size_t matches, struct dyn_buf *out) {
  struct bit_writer writer = {out, 0, 0};
  size_t length = 1 + 258 * matches;
  char *zeros = calloc(length, 1);
  if (!zeros) abort();
  dyn_buf_append(out, "\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  put_bit(&writer, 1);        /* the last block */
  put_code(&writer, 2, 2);    /* type 01, low bit first */
  put_code(&writer, 0x30, 8); /* literal 0 */
  for (size_t i = 0; i < matches; i++) put_code(&writer, 0xC5 << 5, 13);
  put_code(&writer, 0, 7); /* end of block */
  while (writer.count > 0) put_bit(&writer, 0);
  put_little_endian(out, dyn_body_crc32(dyn_slice_of(zeros, length)));
  put_little_endian(out, (uint32_t)length);
  free(zeros);
}

/* Inflates an exact heap copy of `gzip`, so that a read past its end shows under a checker. */
static enum dyn_status inflate_copy(struct dyn_slice gzip, struct dyn_buf *out) {
  char *copy = malloc(gzip.length > 0 ? gzip.length : 1);
  if (!copy) abort();
  if (gzip.length > 0) memcpy(copy, gzip.data, gzip.length);
  enum dyn_status status = dyn_body_inflate(dyn_slice_of(copy, gzip.length), out);
  free(copy);
  return status;
}

static void test_inflates_what_gzip_made(void) {
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  dyn_buf_append_char(&out, '>');
  CHECK_EQ_INT(inflate_copy(PAGE_GZIP, &out), DYN_OK);
  CHECK_EQ_BYTES(dyn_slice_of(out.data + 1, out.length - 1), PAGE_TEXT);
  CHECK(out.data[0] == '>');
  dyn_buf_clean_up(&out);
}

static void test_inflates_what_is_larger_than_a_step(void) {
  struct dyn_buf gzip, out;
  size_t wrong = 0;
  dyn_buf_init(&gzip, CEILING);
  dyn_buf_init(&out, CEILING);
  gzip_of_zeros(2000, &gzip);
  CHECK_EQ_INT(inflate_copy(dyn_buf_slice(&gzip), &out), DYN_OK);
  CHECK_EQ_SIZE(out.length, 1 + 258 * 2000);
  for (size_t i = 0; i < out.length; i++) wrong += out.data[i] != 0;
  CHECK_EQ_SIZE(wrong, 0);
  dyn_buf_clean_up(&gzip);
  dyn_buf_clean_up(&out);
}

static void test_empty_content(void) {
  static const char gzip[] =
      "\x1F\x8B\x08\0\0\0\0\0\0\xFF\x03\0\0\0\0\0\0\0\0"; /* + NUL: 20 bytes */
  struct dyn_buf out;
  dyn_buf_init(&out, 0);
  CHECK_EQ_INT(inflate_copy(dyn_slice_of(gzip, sizeof gzip), &out), DYN_OK);
  CHECK_EQ_SIZE(out.length, 0);
  dyn_buf_clean_up(&out);
}

static void test_every_prefix_is_truncated(void) {
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  dyn_buf_append(&out, "kept", 4);
  CHECK_EQ_INT(dyn_body_inflate(dyn_slice_of(NULL, 0), &out), DYN_ERR_TRUNCATED);
  for (size_t length = 0; length < sizeof page_gzip; length++) {
    CHECK_EQ_INT(inflate_copy(dyn_slice_of(PAGE_GZIP.data, length), &out), DYN_ERR_TRUNCATED);
    CHECK_EQ_TEXT(dyn_buf_slice(&out), "kept");
    CHECK_EQ_INT(out.error, DYN_OK);
  }
  dyn_buf_clean_up(&out);
}

/* Some bits say nothing of the content (the time, the padding); no flip may change it unseen. */
static void test_no_bit_flip_changes_the_content(void) {
  char gzip[sizeof page_gzip];
  size_t unseen = 0;
  struct dyn_buf out;
  memcpy(gzip, page_gzip, sizeof gzip);
  dyn_buf_init(&out, CEILING);
  for (size_t bit = 0; bit < sizeof gzip * 8; bit++) {
    gzip[bit / 8] = (char)(gzip[bit / 8] ^ (1 << bit % 8));
    dyn_buf_reset(&out);
    enum dyn_status status = inflate_copy(dyn_slice_of(gzip, sizeof gzip), &out);
    unseen += status == DYN_OK && !dyn_slice_equals(dyn_buf_slice(&out), PAGE_TEXT);
    gzip[bit / 8] = (char)page_gzip[bit / 8];
  }
  CHECK_EQ_SIZE(unseen, 0);
  dyn_buf_clean_up(&out);
}

/* Inflates the page followed by `tail`, with `byte` written at `place` (none if it is 0). */
static enum dyn_status inflate_changed(size_t place, char byte, struct dyn_slice tail) {
  struct dyn_buf gzip, out;
  dyn_buf_init(&gzip, CEILING);
  dyn_buf_init(&out, CEILING);
  dyn_buf_append_slice(&gzip, PAGE_GZIP);
  dyn_buf_append_slice(&gzip, tail);
  if (place > 0) gzip.data[place] = byte;
  enum dyn_status status = inflate_copy(dyn_buf_slice(&gzip), &out);
  CHECK_EQ_SIZE(out.length, status ? 0 : sizeof page_text - 1);
  dyn_buf_clean_up(&gzip);
  dyn_buf_clean_up(&out);
  return status;
}

static void test_refuses_what_is_damaged_or_followed(void) {
  const size_t size = sizeof page_gzip;
  struct dyn_slice none = {NULL, 0};
  CHECK_EQ_INT(inflate_changed(0, 0, none), DYN_OK);
  CHECK_EQ_INT(inflate_changed(0, 0, DYN_SLICE("\0")), DYN_ERR_SYNTAX);
  CHECK_EQ_INT(inflate_changed(0, 0, PAGE_GZIP), DYN_ERR_SYNTAX);     /* a second member */
  CHECK_EQ_INT(inflate_changed(1, 0x7B, none), DYN_ERR_SYNTAX);       /* magic number */
  CHECK_EQ_INT(inflate_changed(2, 7, none), DYN_ERR_SYNTAX);          /* method */
  CHECK_EQ_INT(inflate_changed(3, (char)0xE0, none), DYN_ERR_SYNTAX); /* reserved flags */
  CHECK_EQ_INT(inflate_changed(size - 1, 1, none), DYN_ERR_SYNTAX);   /* length */
  CHECK_EQ_INT(inflate_changed(size - 8, 1, none), DYN_ERR_SYNTAX);   /* CRC-32 */
}

static void test_gzip_only(void) {
  static const char zlib[] = "\x78\x9C\x4B\x04\x00\x00\x62\x00\x62"; /* "a", RFC 1950 */
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  CHECK_EQ_INT(inflate_copy(dyn_slice_of(zlib, sizeof zlib - 1), &out), DYN_ERR_SYNTAX);
  CHECK_EQ_INT(inflate_copy(DYN_SLICE("\x4B\x04\x00"), &out), DYN_ERR_SYNTAX); /* raw DEFLATE */
  CHECK_EQ_INT(inflate_copy(DYN_SLICE("{\"Count\":1}"), &out), DYN_ERR_SYNTAX);
  dyn_buf_clean_up(&out);
}

static void test_every_ceiling(void) {
  const size_t whole = sizeof page_text - 1;
  for (size_t ceiling = 0; ceiling <= whole + 2; ceiling++) {
    struct dyn_buf out;
    dyn_buf_init(&out, ceiling);
    enum dyn_status expected = ceiling < whole ? DYN_ERR_TOO_LARGE : DYN_OK;
    CHECK_EQ_INT(inflate_copy(PAGE_GZIP, &out), expected);
    CHECK_EQ_INT(out.error, expected);
    CHECK(out.capacity <= ceiling);
    if (expected) CHECK_EQ_INT(inflate_copy(PAGE_GZIP, &out), DYN_ERR_TOO_LARGE); /* it sticks */
    dyn_buf_clean_up(&out);
  }
}

/* At its very ceiling a stream may still be cut, damaged or followed. */
static void test_errors_at_the_ceiling(void) {
  struct dyn_buf out, gzip;
  dyn_buf_init(&out, sizeof page_text - 1);
  dyn_buf_init(&gzip, CEILING);
  dyn_buf_append_slice(&gzip, PAGE_GZIP);
  CHECK_EQ_INT(inflate_copy(dyn_slice_of(gzip.data, gzip.length - 3), &out), DYN_ERR_TRUNCATED);
  gzip.data[gzip.length - 8] ^= 1;
  CHECK_EQ_INT(inflate_copy(dyn_buf_slice(&gzip), &out), DYN_ERR_SYNTAX);
  gzip.data[gzip.length - 8] ^= 1;
  CHECK_EQ_INT(inflate_copy(dyn_buf_slice(&gzip), &out), DYN_OK);
  dyn_buf_reset(&out);
  dyn_buf_append_char(&gzip, 0);
  CHECK_EQ_INT(inflate_copy(dyn_buf_slice(&gzip), &out), DYN_ERR_SYNTAX);
  dyn_buf_clean_up(&out);
  dyn_buf_clean_up(&gzip);
}

static void test_bomb_stops_at_the_ceiling(void) {
  struct dyn_buf gzip, out;
  dyn_buf_init(&gzip, CEILING);
  dyn_buf_init(&out, 100000);
  gzip_of_zeros(100000, &gzip); /* 160 KB for 25 MB */
  CHECK_EQ_INT(gzip.error, DYN_OK);
  CHECK_EQ_INT(inflate_copy(dyn_buf_slice(&gzip), &out), DYN_ERR_TOO_LARGE);
  CHECK(out.capacity <= 100000);
  CHECK_EQ_SIZE(out.length, 0);
  dyn_buf_clean_up(&gzip);
  dyn_buf_clean_up(&out);
}

int main(void) {
  CHECK_RUN(test_crc32_known_values);
  CHECK_RUN(test_inflates_what_gzip_made);
  CHECK_RUN(test_inflates_what_is_larger_than_a_step);
  CHECK_RUN(test_empty_content);
  CHECK_RUN(test_every_prefix_is_truncated);
  CHECK_RUN(test_no_bit_flip_changes_the_content);
  CHECK_RUN(test_refuses_what_is_damaged_or_followed);
  CHECK_RUN(test_gzip_only);
  CHECK_RUN(test_every_ceiling);
  CHECK_RUN(test_errors_at_the_ceiling);
  CHECK_RUN(test_bomb_stops_at_the_ceiling);
  return check_finish();
}
