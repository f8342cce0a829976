/* SPDX-License-Identifier: MIT */
#include "json_scan.h"
#include "utf8.h"
#include "word.h"

void dyn_json_scan_init(struct dyn_json_scan *scan, struct dyn_slice text,
                        struct dyn_buf *scratch) {
  scan->start = scan->at = text.length > 0 ? text.data : "";
  scan->end = scan->start + text.length;
  scan->scratch = scratch;
  scan->error = DYN_JSON_OK;
}

/* Errors are sticky without a test on the hot path: the text ends where reading failed. */
bool dyn_json_fail(struct dyn_json_scan *scan, enum dyn_json_error error) {
  if (!scan->error) scan->error = error;
  scan->end = scan->at;
  return false;
}

/* As dyn_json_fail, of the byte at `at`; past the last byte every error is a truncation. */
static bool fail_at(struct dyn_json_scan *scan, const char *at, enum dyn_json_error error) {
  scan->at = at;
  return dyn_json_fail(scan, at == scan->end ? DYN_JSON_TRUNCATED : error);
}

bool dyn_json_unexpected(struct dyn_json_scan *scan) {
  return fail_at(scan, scan->at, DYN_JSON_SYNTAX);
}

/* Returns the first byte from `at` on that is no plain ASCII, a quote included, or `end`. */
static inline const char *ascii_run(const char *at, const char *end) {
  for (; end - at >= DYN_WORD_BYTES; at += DYN_WORD_BYTES) {
    uint64_t word = dyn_word_load(at), stop = dyn_word_json_stop(word) | dyn_word_high(word);
    if (stop) return at + dyn_word_first(stop);
  }
  while (at < end && (unsigned char)*at < 0x80 && !dyn_word_is_json_stop(*at)) at++;
  return at;
}

/* Takes `byte` if it comes at once, without skipping white space. */
static bool take(struct dyn_json_scan *scan, char byte) {
  if (scan->at == scan->end || *scan->at != byte) return false;
  scan->at++;
  return true;
}

/* Returns the value of a hexadecimal digit, or -1. */
static int hex_value(char byte) {
  char letter = (char)(byte | 0x20); /* lower case */
  if (byte >= '0' && byte <= '9') return byte - '0';
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Takes four hexadecimal digits. */
static bool hex_unit(struct dyn_json_scan *scan, uint32_t *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, scan->at++) {
    int digit = scan->at < scan->end ? hex_value(*scan->at) : -1;
    if (digit < 0) return fail_at(scan, scan->at, DYN_JSON_STRING);
    *unit = *unit << 4 | (uint32_t)digit;
  }
  return true;
}

/* Takes the second half of a surrogate pair and joins it with the first (RFC 8259 section 7). */
static bool low_surrogate(struct dyn_json_scan *scan, uint32_t *code_point) {
  uint32_t low;
  if (!take(scan, '\\') || !take(scan, 'u')) return fail_at(scan, scan->at, DYN_JSON_STRING);
  if (!hex_unit(scan, &low)) return false;
  if (low < 0xDC00 || low > 0xDFFF) return fail_at(scan, scan->at, DYN_JSON_STRING);
  *code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

/* Takes what follows "\u" and appends the character to `scratch`. */
static bool unicode_escape(struct dyn_json_scan *scan) {
  uint32_t code_point;
  char bytes[4];
  if (!hex_unit(scan, &code_point)) return false;
  if (code_point >= 0xD800 && code_point <= 0xDFFF) {
    if (code_point >= 0xDC00) return fail_at(scan, scan->at, DYN_JSON_STRING);
    if (!low_surrogate(scan, &code_point)) return false;
  }
  dyn_buf_append(scan->scratch, bytes, dyn_utf8_encode(code_point, bytes));
  return true;
}

/* Returns what a backslash and `letter` stand for, or 0 if they are no escape. */
static char short_escape(char letter) {
  switch (letter) {
  case '"':
  case '\\':
  case '/':
    return letter;
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return 0;
  }
}

/* Takes what follows a backslash and appends the character to `scratch`. */
static bool escape(struct dyn_json_scan *scan) {
  if (take(scan, 'u')) return unicode_escape(scan);
  char byte = scan->at < scan->end ? short_escape(*scan->at) : '\0';
  if (!byte) return fail_at(scan, scan->at, DYN_JSON_STRING);
  dyn_buf_append_char(scan->scratch, byte);
  scan->at++;
  return true;
}

/* Takes the bytes of a string that stand for themselves. */
static struct dyn_slice plain_run(struct dyn_json_scan *scan) {
  const char *begin = scan->at;
  scan->at += dyn_word_json_run(begin, (size_t)(scan->end - begin));
  return dyn_slice_of(begin, (size_t)(scan->at - begin));
}

/* Takes a string from its first escape to before its closing quote; `out` is the run before, and
 * becomes a view of the whole in `scratch`. */
static bool unescape(struct dyn_json_scan *scan, struct dyn_slice *out) {
  dyn_buf_reset(scan->scratch);
  dyn_buf_append_slice(scan->scratch, *out);
  while (take(scan, '\\')) {
    if (!escape(scan)) return false;
    dyn_buf_append_slice(scan->scratch, plain_run(scan));
  }
  *out = dyn_buf_slice(scan->scratch);
  return !scan->scratch->error || dyn_json_fail(scan, DYN_JSON_MEMORY);
}

/* Checks the raw bytes from `begin` to `at`; escapes are ASCII and do not disturb. */
static bool check_utf8(struct dyn_json_scan *scan, const char *begin) {
  struct dyn_slice raw = {begin, (size_t)(scan->at - begin)};
  size_t valid = dyn_utf8_valid_prefix(raw);
  return valid == raw.length || fail_at(scan, begin + valid, DYN_JSON_UTF8);
}

/* Takes the rest of a string that is not plain ASCII, from after its opening quote. */
static bool rich_string(struct dyn_json_scan *scan, struct dyn_slice *out) {
  const char *begin = scan->at;
  *out = plain_run(scan);
  if (scan->at < scan->end && *scan->at == '\\' && !unescape(scan, out)) return false;
  if (scan->at == scan->end || *scan->at != '"') return fail_at(scan, scan->at, DYN_JSON_STRING);
  if (!check_utf8(scan, begin)) return false;
  scan->at++;
  return true;
}

bool dyn_json_string(struct dyn_json_scan *scan, struct dyn_slice *out) {
  if (!dyn_json_expect(scan, '"')) return false;
  const char *begin = scan->at, *stop = ascii_run(begin, scan->end);
  if (stop == scan->end || *stop != '"') return rich_string(scan, out);
  *out = dyn_slice_of(begin, (size_t)(stop - begin));
  scan->at = stop + 1;
  return true;
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* Takes one digit or more. */
static bool digits(struct dyn_json_scan *scan) {
  const char *begin = scan->at;
  while (scan->at < scan->end && is_digit(*scan->at)) scan->at++;
  return scan->at > begin || fail_at(scan, scan->at, DYN_JSON_NUMBER);
}

/* Takes the digits before the point: no zero before another digit. */
static bool whole_digits(struct dyn_json_scan *scan) {
  if (!take(scan, '0')) return digits(scan);
  if (scan->at == scan->end || !is_digit(*scan->at)) return true;
  return dyn_json_fail(scan, DYN_JSON_NUMBER);
}

bool dyn_json_number(struct dyn_json_scan *scan, struct dyn_slice *out) {
  char first = dyn_json_peek(scan);
  const char *begin = scan->at;
  if (first != '-' && !is_digit(first)) return dyn_json_unexpected(scan);
  take(scan, '-');
  if (!whole_digits(scan)) return false;
  if (take(scan, '.') && !digits(scan)) return false;
  if (take(scan, 'e') || take(scan, 'E')) {
    if (!take(scan, '+')) take(scan, '-');
    if (!digits(scan)) return false;
  }
  *out = dyn_slice_of(begin, (size_t)(scan->at - begin));
  return true;
}

bool dyn_json_word(struct dyn_json_scan *scan, struct dyn_slice word) {
  dyn_json_peek(scan);
  for (size_t i = 0; i < word.length; i++) {
    if (!take(scan, word.data[i])) return dyn_json_unexpected(scan);
  }
  return !scan->error;
}

/* The containers that are open while a value is skipped: a bit a level, set for an object. */
struct nesting {
  int depth, max_depth;
  uint64_t objects[DYN_JSON_MAX_DEPTH / 64];
};

static bool open_container(struct dyn_json_scan *scan, struct nesting *open, bool object) {
  if (open->depth >= open->max_depth) return dyn_json_fail(scan, DYN_JSON_DEPTH);
  uint64_t bit = UINT64_C(1) << (open->depth % 64), *bits = &open->objects[open->depth / 64];
  *bits = object ? *bits | bit : *bits & ~bit;
  open->depth++;
  scan->at++;
  return true;
}

static bool in_object(const struct nesting *open) {
  int level = open->depth - 1;
  return open->objects[level / 64] >> (level % 64) & 1;
}

static bool skip_key(struct dyn_json_scan *scan) {
  struct dyn_slice key;
  return dyn_json_string(scan, &key) && dyn_json_expect(scan, ':');
}

/* Takes the value that begins with `first` and is no container. */
static bool skip_scalar(struct dyn_json_scan *scan, char first) {
  struct dyn_slice text;
  switch (first) {
  case '"':
    return dyn_json_string(scan, &text);
  case 't':
    return dyn_json_word(scan, DYN_SLICE("true"));
  case 'f':
    return dyn_json_word(scan, DYN_SLICE("false"));
  case 'n':
    return dyn_json_word(scan, DYN_SLICE("null"));
  default:
    return dyn_json_number(scan, &text);
  }
}

/* Takes a value up to the end of its first scalar or empty container, with what opens before. */
static bool skip_down(struct dyn_json_scan *scan, struct nesting *open) {
  char first = dyn_json_peek(scan);
  while (first == '{' || first == '[') {
    bool object = first == '{';
    if (!open_container(scan, open, object)) return false;
    if (dyn_json_peek(scan) == (object ? '}' : ']')) return true;
    if (object && !skip_key(scan)) return false;
    first = dyn_json_peek(scan);
  }
  return skip_scalar(scan, first);
}

/* Takes what closes after a value; true if another value has to follow, its key taken. */
static bool skip_up(struct dyn_json_scan *scan, struct nesting *open) {
  while (open->depth > 0) {
    bool object = in_object(open);
    if (dyn_json_accept(scan, ',')) return !object || skip_key(scan);
    if (!dyn_json_expect(scan, object ? '}' : ']')) return false;
    open->depth--;
  }
  return false;
}

bool dyn_json_skip(struct dyn_json_scan *scan, int max_depth) {
  struct nesting open = {0, max_depth, {0}};
  if (max_depth > DYN_JSON_MAX_DEPTH) open.max_depth = DYN_JSON_MAX_DEPTH;
  do {
    if (!skip_down(scan, &open)) return false;
  } while (skip_up(scan, &open));
  return !scan->error;
}

bool dyn_json_finish(struct dyn_json_scan *scan) {
  dyn_json_peek(scan);
  if (scan->at < scan->end) dyn_json_fail(scan, DYN_JSON_TRAILING);
  return !scan->error;
}

const char *dyn_json_error_text(enum dyn_json_error error) {
  switch (error) {
  case DYN_JSON_OK:
    return "no error";
  case DYN_JSON_TRUNCATED:
    return "the document ends too early";
  case DYN_JSON_SYNTAX:
    return "an unexpected byte";
  case DYN_JSON_STRING:
    return "a control byte, a bad escape or a lone surrogate in a string";
  case DYN_JSON_UTF8:
    return "a string that is not well-formed UTF-8";
  case DYN_JSON_NUMBER:
    return "a malformed number";
  case DYN_JSON_DEPTH:
    return "nested too deeply";
  case DYN_JSON_TRAILING:
    return "trailing bytes after the document";
  case DYN_JSON_MEMORY:
    return "out of memory for a string";
  }
  return "unknown error";
}
