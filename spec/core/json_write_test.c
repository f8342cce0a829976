/* SPDX-License-Identifier: MIT */
#include "json_write.h"
#include "check.h"
#include "json_scan.h"
#include "utf8.h"

enum { CEILING = 1 << 16 };

static void test_strings(void) {
  static const struct {
    struct dyn_slice text, json;
  } rows[] = {
      {CHECK_BYTES(""), CHECK_BYTES("\"\"")},
      {{NULL, 0}, CHECK_BYTES("\"\"")},
      {CHECK_BYTES("plain"), CHECK_BYTES("\"plain\"")},
      {CHECK_BYTES("\""), CHECK_BYTES("\"\\\"\"")},
      {CHECK_BYTES("\\"), CHECK_BYTES("\"\\\\\"")},
      {CHECK_BYTES("\b\f\n\r\t"), CHECK_BYTES("\"\\b\\f\\n\\r\\t\"")},
      {CHECK_BYTES("a\0b"), CHECK_BYTES("\"a\\u0000b\"")},
      {CHECK_BYTES("\x01\x1F"), CHECK_BYTES("\"\\u0001\\u001f\"")},
      {CHECK_BYTES("/ \x7F"), CHECK_BYTES("\"/ \x7F\"")},
      {CHECK_BYTES("\xC3\xA9\xF0\x9F\x98\x80"), CHECK_BYTES("\"\xC3\xA9\xF0\x9F\x98\x80\"")},
      {CHECK_BYTES("a long run of text, then \" and more of it"),
       CHECK_BYTES("\"a long run of text, then \\\" and more of it\"")},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct dyn_buf out;
    dyn_buf_init(&out, CEILING);
    CHECK(dyn_json_write_text(&out, rows[i].text));
    CHECK_EQ_BYTES(dyn_buf_slice(&out), rows[i].json);
    dyn_buf_clean_up(&out);
  }
}

/* Every ASCII byte at every place of a text longer than two words reads back as it was. */
static void test_every_byte_reads_back(void) {
  struct dyn_buf out, scratch;
  dyn_buf_init(&out, CEILING);
  dyn_buf_init(&scratch, CEILING);
  for (size_t place = 0; place < 19; place++) {
    for (int byte = 0; byte < 0x80; byte++) {
      char text[19];
      struct dyn_json_scan scan;
      struct dyn_slice back = {NULL, 0};
      memset(text, 'x', sizeof text);
      text[place] = (char)byte;
      dyn_buf_reset(&out);
      CHECK(dyn_json_write_text(&out, dyn_slice_of(text, sizeof text)));
      dyn_json_scan_init(&scan, dyn_buf_slice(&out), &scratch);
      CHECK(dyn_json_string(&scan, &back) && dyn_json_finish(&scan));
      CHECK_EQ_BYTES(back, dyn_slice_of(text, sizeof text));
    }
  }
  dyn_buf_clean_up(&out);
  dyn_buf_clean_up(&scratch);
}

/* Appends a text byte by byte. */
static void write_plainly(struct dyn_buf *out, struct dyn_slice text) {
  static const char shown[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
  char hex[8];
  dyn_buf_append_char(out, '"');
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    const char *found = byte == 0 ? NULL : strchr(shown, byte);
    if (found != NULL) {
      dyn_buf_append_char(out, '\\');
      dyn_buf_append_char(out, letters[found - shown]);
    } else if (byte < 0x20) {
      dyn_buf_append(out, hex, (size_t)snprintf(hex, sizeof hex, "\\u%04x", byte));
    } else {
      dyn_buf_append_char(out, (char)byte);
    }
  }
  dyn_buf_append_char(out, '"');
}

/* Whether a text is written is whether it is UTF-8; what stood before it stays. */
static void check_text(struct dyn_slice text) {
  struct dyn_buf out, expected;
  dyn_buf_init(&out, CEILING);
  dyn_buf_init(&expected, CEILING);
  bool is_valid = dyn_utf8_is_valid(text);
  dyn_buf_append(&out, "[", 1);
  dyn_buf_append(&expected, "[", 1);
  CHECK(dyn_json_write_text(&out, text) == is_valid);
  if (is_valid) write_plainly(&expected, text);
  CHECK_EQ_BYTES(dyn_buf_slice(&out), dyn_buf_slice(&expected));
  dyn_buf_clean_up(&out);
  dyn_buf_clean_up(&expected);
}

/* Every byte, and a character of two bytes, at every place of texts of up to three words. */
static void test_texts(void) {
  for (size_t length = 0; length < 25; length++) {
    char text[25];
    memset(text, 'x', sizeof text);
    check_text(dyn_slice_of(text, length));
    for (size_t place = 0; place < length; place++) {
      for (int byte = 0; byte < 0x100; byte++) {
        text[place] = (char)byte;
        check_text(dyn_slice_of(text, length));
      }
      text[place] = (char)0xC3;
      if (place + 1 < length) text[place + 1] = (char)0xA9;
      check_text(dyn_slice_of(text, length));
      if (place > 0) text[place - 1] = '"';
      if (place + 2 < length) text[place + 2] = '\n';
      check_text(dyn_slice_of(text, length));
      memset(text, 'x', sizeof text);
    }
  }
}

static void test_integers(void) {
  static const struct {
    int64_t number;
    struct dyn_slice text;
  } rows[] = {
      {0, CHECK_BYTES("0")},
      {7, CHECK_BYTES("7")},
      {-1, CHECK_BYTES("-1")},
      {10, CHECK_BYTES("10")},
      {-100, CHECK_BYTES("-100")},
      {9007199254740993, CHECK_BYTES("9007199254740993")},
      {INT64_MAX, CHECK_BYTES("9223372036854775807")},
      {INT64_MIN, CHECK_BYTES("-9223372036854775808")},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct dyn_buf out;
    dyn_buf_init(&out, CEILING);
    dyn_json_write_integer(&out, rows[i].number);
    CHECK_EQ_BYTES(dyn_buf_slice(&out), rows[i].text);
    dyn_buf_clean_up(&out);
  }
}

/* With every ceiling below what is needed the error is set and stays; at the exact size it is not.
 */
static void test_every_ceiling(void) {
  static const char text[] = "some text\n\"quoted\"\0 end";
  const size_t whole = 33; /* 23 bytes, the quotes, 1 more for each of \n \" \", 5 for NUL */
  for (size_t ceiling = 0; ceiling <= 40; ceiling++) {
    struct dyn_buf out;
    dyn_buf_init(&out, ceiling);
    CHECK(dyn_json_write_text(&out, dyn_slice_of(text, sizeof text - 1)));
    CHECK_EQ_INT(out.error, ceiling < whole ? DYN_ERR_TOO_LARGE : DYN_OK);
    CHECK(out.length <= ceiling);
    size_t length = out.length;
    if (out.error) dyn_json_write_integer(&out, 1);
    CHECK_EQ_SIZE(out.length, length);
    dyn_buf_clean_up(&out);
  }
}

int main(void) {
  CHECK_RUN(test_strings);
  CHECK_RUN(test_every_byte_reads_back);
  CHECK_RUN(test_texts);
  CHECK_RUN(test_integers);
  CHECK_RUN(test_every_ceiling);
  return check_finish();
}
