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

/* Appends `text` run by run, an escape between two runs. */
static void write_runs(struct dyn_buf *out, struct dyn_slice text) {
  while (text.length > 0 && !out->error) {
    size_t run = dyn_word_json_run(text.data, text.length);
    dyn_buf_append(out, text.data, run);
    if (run == text.length) return;
    write_escape(out, text.data[run]);
    text = dyn_slice_of(text.data + run + 1, text.length - run - 1);
  }
}

/* Appends `text`, which needs no escape, in one piece. */
static void write_plain(struct dyn_buf *out, struct dyn_slice text) {
  char *room = dyn_buf_reserve(out, text.length + 2);
  if (room == NULL) return;
  room[0] = room[text.length + 1] = '"';
  if (text.length > 0) memcpy(room + 1, text.data, text.length);
  dyn_buf_commit(out, text.length + 2);
}

/* Appends fewer than eight bytes as a string if they are plain; else returns false. */
static bool write_few(struct dyn_buf *out, struct dyn_slice text) {
  uint64_t word = dyn_word_load_few(text.data, text.length);
  if (!dyn_word_is_plain_json(word)) return false;
  char *room = dyn_buf_reserve(out, DYN_WORD_BYTES + 2);
  if (room == NULL) return true;
  room[0] = '"';
  dyn_word_store(room + 1, word);
  room[text.length + 1] = '"';
  dyn_buf_commit(out, text.length + 2);
  return true;
}

/* Whether all of eight bytes or more are plain. */
static bool is_plain(struct dyn_slice text) {
  const char *last = text.data + text.length - DYN_WORD_BYTES;
  for (const char *at = text.data; at < last; at += DYN_WORD_BYTES) {
    if (!dyn_word_is_plain_json(dyn_word_load(at))) return false;
  }
  return dyn_word_is_plain_json(dyn_word_load(last));
}

/* Appends a text that is plain, ASCII without escapes, as nearly all are; else returns false. */
static bool write_if_plain(struct dyn_buf *out, struct dyn_slice text) {
  if (text.length < DYN_WORD_BYTES) return write_few(out, text);
  if (!is_plain(text)) return false;
  write_plain(out, text);
  return true;
}

void dyn_json_write_string(struct dyn_buf *out, struct dyn_slice text) {
  if (dyn_word_json_run(text.data, text.length) == text.length) {
    write_plain(out, text);
    return;
  }
  dyn_buf_append_char(out, '"');
  write_runs(out, text);
  dyn_buf_append_char(out, '"');
}

bool dyn_json_write_text(struct dyn_buf *out, struct dyn_slice text) {
  if (write_if_plain(out, text)) return true;
  if (!dyn_utf8_is_valid(text)) return false;
  dyn_json_write_string(out, text);
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
