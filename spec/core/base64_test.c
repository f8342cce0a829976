/* SPDX-License-Identifier: MIT */
#include "base64.h"
#include "check.h"

#include <stdint.h>

enum { CEILING = 1 << 16 };

static const struct {
  struct dyn_slice bytes, text;
} vectors[] = {
    /* RFC 4648 section 10 */
    {CHECK_BYTES(""), CHECK_BYTES("")},
    {CHECK_BYTES("f"), CHECK_BYTES("Zg==")},
    {CHECK_BYTES("fo"), CHECK_BYTES("Zm8=")},
    {CHECK_BYTES("foo"), CHECK_BYTES("Zm9v")},
    {CHECK_BYTES("foob"), CHECK_BYTES("Zm9vYg==")},
    {CHECK_BYTES("fooba"), CHECK_BYTES("Zm9vYmE=")},
    {CHECK_BYTES("foobar"), CHECK_BYTES("Zm9vYmFy")},
    /* the ends of the alphabet, and NUL */
    {CHECK_BYTES("\0"), CHECK_BYTES("AA==")},
    {CHECK_BYTES("\0\0\0"), CHECK_BYTES("AAAA")},
    {CHECK_BYTES("\xFF\xFF\xFF"), CHECK_BYTES("////")},
    {CHECK_BYTES("\xFB\xEF\xBE"), CHECK_BYTES("++++")},
    {CHECK_BYTES("\xFF"), CHECK_BYTES("/w==")},
};

static void test_known_texts(void) {
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
    struct dyn_buf text, bytes;
    dyn_buf_init(&text, CEILING);
    dyn_buf_init(&bytes, CEILING);
    dyn_base64_encode(vectors[i].bytes, &text);
    CHECK_EQ_BYTES(dyn_buf_slice(&text), vectors[i].text);
    CHECK_EQ_INT(dyn_base64_decode(vectors[i].text, &bytes), DYN_OK);
    CHECK_EQ_BYTES(dyn_buf_slice(&bytes), vectors[i].bytes);
    dyn_buf_clean_up(&text);
    dyn_buf_clean_up(&bytes);
  }
}

static void test_refuses_what_is_not_strict(void) {
  static const struct dyn_slice bad[] = {
      CHECK_BYTES("Z"),        CHECK_BYTES("Zg"),           CHECK_BYTES("Zg="),
      CHECK_BYTES("="),        CHECK_BYTES("=="),           CHECK_BYTES("==="),
      CHECK_BYTES("===="),     CHECK_BYTES("Z==="),         CHECK_BYTES("Zg==Zg=="),
      CHECK_BYTES("Zm9=Zm9v"), CHECK_BYTES("Zm=v"),         CHECK_BYTES("Z=9v"),
      CHECK_BYTES("=m9v"),     CHECK_BYTES("Zm9v\n"),       CHECK_BYTES("Zm9 "),
      CHECK_BYTES(" Zm9"),     CHECK_BYTES("Zm9v    "),     CHECK_BYTES("Zm-v"),
      CHECK_BYTES("Zm_v"),     CHECK_BYTES("Zm\0v"),        CHECK_BYTES("Zm\x80v"),
      CHECK_BYTES("Zm\xFFv"),  CHECK_BYTES("Zh=="),         CHECK_BYTES("Zm9="),
      CHECK_BYTES("Z/=="),     CHECK_BYTES("Zm9v!m9v"),     CHECK_BYTES("Zm9vZg=A"),
      CHECK_BYTES("Zm9vZ==="), CHECK_BYTES("Zg==\0\0\0\0"),
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct dyn_buf out;
    dyn_buf_init(&out, CEILING);
    dyn_buf_append(&out, "kept", 4);
    CHECK_CASE(bad[i].data);
    CHECK_EQ_INT(dyn_base64_decode(bad[i], &out), DYN_ERR_SYNTAX);
    CHECK_EQ_TEXT(dyn_buf_slice(&out), "kept");
    CHECK_EQ_INT(out.error, DYN_OK);
    dyn_buf_clean_up(&out);
  }
}

static void test_every_byte_in_every_place(void) {
  size_t wrong = 0;
  for (size_t place = 0; place < 4; place++) {
    for (int byte = 0; byte < 256; byte++) {
      char text[8] = {'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'};
      struct dyn_buf out;
      dyn_buf_init(&out, CEILING);
      text[place] = (char)byte;
      bool good = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                  (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
      wrong += (dyn_base64_decode(dyn_slice_of(text, 8), &out) == DYN_OK) != good;
      dyn_buf_clean_up(&out);
    }
  }
  CHECK_EQ_SIZE(wrong, 0);
}

static uint32_t random_state = 2463534242u;

static uint32_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

/* Decodes bit by bit, by search in the alphabet as the RFC prints it; returns the bytes written. */
static size_t plain_decode(struct dyn_slice text, char *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t bits = 0;
  memset(out, 0, text.length);
  for (size_t i = 0; i < text.length && text.data[i] != '='; i++) {
    int value = (int)(strchr(letters, text.data[i]) - letters);
    for (int bit = 5; bit >= 0; bit--, bits++) {
      out[bits / 8] = (char)(out[bits / 8] | ((value >> bit & 1) << (7 - bits % 8)));
    }
  }
  return bits / 8;
}

static void test_random_bytes_come_back(void) {
  for (size_t round = 0; round < 3000; round++) {
    char bytes[200], plain[300];
    size_t length = next_random() % sizeof bytes;
    struct dyn_buf text, back;
    for (size_t i = 0; i < length; i++) bytes[i] = (char)next_random();
    dyn_buf_init(&text, CEILING);
    dyn_buf_init(&back, CEILING);
    dyn_base64_encode(dyn_slice_of(bytes, length), &text);
    CHECK_EQ_SIZE(text.length, (length + 2) / 3 * 4);
    size_t plain_length = plain_decode(dyn_buf_slice(&text), plain);
    CHECK_EQ_BYTES(dyn_slice_of(plain, plain_length), dyn_slice_of(bytes, length));
    CHECK_EQ_INT(dyn_base64_decode(dyn_buf_slice(&text), &back), DYN_OK);
    CHECK_EQ_BYTES(dyn_buf_slice(&back), dyn_slice_of(bytes, length));
    dyn_buf_clean_up(&text);
    dyn_buf_clean_up(&back);
  }
}

static void test_appends(void) {
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  dyn_buf_append_char(&out, '<');
  dyn_base64_encode(DYN_SLICE("foob"), &out);
  dyn_buf_append_char(&out, '>');
  CHECK_EQ_TEXT(dyn_buf_slice(&out), "<Zm9vYg==>");
  CHECK_EQ_INT(dyn_base64_decode(DYN_SLICE("Zm9v"), &out), DYN_OK);
  CHECK_EQ_TEXT(dyn_buf_slice(&out), "<Zm9vYg==>foo");
  dyn_buf_clean_up(&out);
}

static void test_ceiling_and_sticky_error(void) {
  struct dyn_buf out;
  dyn_buf_init(&out, 7);
  dyn_base64_encode(DYN_SLICE("foob"), &out); /* 8 characters */
  CHECK_EQ_INT(out.error, DYN_ERR_TOO_LARGE);
  dyn_base64_encode(DYN_SLICE("f"), &out);
  CHECK_EQ_SIZE(out.length, 0);
  CHECK_EQ_INT(dyn_base64_decode(DYN_SLICE("Zg=="), &out), DYN_ERR_TOO_LARGE);
  CHECK_EQ_INT(dyn_base64_decode(DYN_SLICE(""), &out), DYN_ERR_TOO_LARGE);
  CHECK_EQ_INT(dyn_base64_decode(DYN_SLICE("!"), &out), DYN_ERR_TOO_LARGE);
  dyn_buf_reset(&out);
  CHECK_EQ_INT(dyn_base64_decode(DYN_SLICE("Zm9vYmFyZg=="), &out), DYN_OK); /* 7 bytes, exactly */
  CHECK_EQ_TEXT(dyn_buf_slice(&out), "foobarf");
  dyn_buf_clean_up(&out);
}

static void test_lengths_that_overflow(void) {
  static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 4 * 3, SIZE_MAX / 4 * 3 - 3};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    struct dyn_buf out;
    dyn_buf_init(&out, SIZE_MAX);
    dyn_base64_encode(dyn_slice_of("", lengths[i]), &out); /* refused before a byte is read */
    CHECK_EQ_INT(out.error, DYN_ERR_TOO_LARGE);
    dyn_buf_clean_up(&out);
  }
}

int main(void) {
  CHECK_RUN(test_known_texts);
  CHECK_RUN(test_refuses_what_is_not_strict);
  CHECK_RUN(test_every_byte_in_every_place);
  CHECK_RUN(test_random_bytes_come_back);
  CHECK_RUN(test_appends);
  CHECK_RUN(test_ceiling_and_sticky_error);
  CHECK_RUN(test_lengths_that_overflow);
  return check_finish();
}
