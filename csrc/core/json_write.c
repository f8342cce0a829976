/* SPDX-License-Identifier: MIT */
#include "json_write.h"
#include "utf8.h"
#include "word.h"

/* Returns the letter of a short escape ('n' for a line feed), or 0 if JSON has none for `byte`. */
static char short_escape(char byte) {
  switch (byte) {
  case '"':
    return '"';
  case '\\':
    return '\\';
  case '\b':
    return 'b';
  case '\f':
    return 'f';
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  case '\t':
    return 't';
  default:
    return 0;
  }
}

static void write_escape(struct dyn_buf *out, char byte) {
  static const char hex[] = "0123456789abcdef";
  char letter = short_escape(byte);
  char text[6] = {'\\', letter, '0', '0', hex[(byte >> 4) & 0x0F], hex[byte & 0x0F]};
  if (!letter) text[1] = 'u';
  dyn_buf_append(out, text, letter ? 2 : 6);
}

/* Returns the number of leading bytes that are UTF-8 and need no escape. */
static size_t verbatim_run(struct dyn_slice text) {
  size_t at = 0, bytes = 0;
  do {
    at += bytes;
    at += dyn_word_plain_run(text.data + at, text.length - at);
    if (at == text.length || dyn_word_is_json_stop(text.data[at])) return at;
    bytes = dyn_utf8_sequence(dyn_slice_of(text.data + at, text.length - at));
  } while (bytes > 0);
  return at;
}

/* Appends `text` run by run, an escape between two runs; false, with some of it appended, if it is
 * not UTF-8. */
static bool write_runs(struct dyn_buf *out, struct dyn_slice text) {
  for (;;) {
    size_t run = verbatim_run(text);
    dyn_buf_append(out, text.data, run);
    if (run == text.length) return true;
    if (!dyn_word_is_json_stop(text.data[run])) return false;
    write_escape(out, text.data[run]);
    text = dyn_slice_of(text.data + run + 1, text.length - run - 1);
  }
}

/* Appends any text as a string; false, with nothing appended, if it is not UTF-8. */
DYN_APART static bool write_any(struct dyn_buf *out, struct dyn_slice text) {
  size_t start = out->length;
  dyn_buf_append_char(out, '"');
  if (!write_runs(out, text)) {
    dyn_buf_truncate(out, start);
    return false;
  }
  dyn_buf_append_char(out, '"');
  return true;
}

/* Copies eight bytes or more; false, with some of them copied, unless they are plain. */
static bool copy_plain(char *out, struct dyn_slice text) {
  size_t last = text.length - DYN_WORD_BYTES;
  uint64_t word;
  for (size_t at = 0; at < last; at += DYN_WORD_BYTES) {
    word = dyn_word_load(text.data + at);
    if (dyn_word_not_plain(word)) return false;
    dyn_word_store(out + at, word);
  }
  word = dyn_word_load(text.data + last);
  dyn_word_store(out + last, word);
  return !dyn_word_not_plain(word);
}

/* Copies fewer than eight bytes, to where there is room for eight; false unless they are plain. */
static bool copy_few(char *out, struct dyn_slice text) {
  uint64_t word = dyn_word_load_spaced(text.data, text.length);
  dyn_word_store(out, word);
  return !dyn_word_not_plain(word);
}

/* Nearly all texts are plain: those go in one piece. */
bool dyn_json_write_text(struct dyn_buf *out, struct dyn_slice text) {
  bool is_short = text.length < DYN_WORD_BYTES;
  char *room = dyn_buf_reserve(out, (is_short ? DYN_WORD_BYTES : text.length) + 2);
  if (room == NULL) return true;
  bool is_plain = is_short ? copy_few(room + 1, text) : copy_plain(room + 1, text);
  if (!is_plain) return write_any(out, text);
  room[0] = room[text.length + 1] = '"';
  dyn_buf_commit(out, text.length + 2);
  return true;
}

char *dyn_json_format_integer(int64_t number, char *end) {
  uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do {
    *--end = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  if (number < 0) *--end = '-';
  return end;
}

void dyn_json_write_integer(struct dyn_buf *out, int64_t number) {
  char text[DYN_JSON_INTEGER_MAX], *end = text + sizeof text;
  char *start = dyn_json_format_integer(number, end);
  dyn_buf_append(out, start, (size_t)(end - start));
}
