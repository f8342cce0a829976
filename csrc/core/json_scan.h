/* SPDX-License-Identifier: MIT */
#ifndef DYN_JSON_SCAN_H
#define DYN_JSON_SCAN_H

#include "buf.h"

/* A strict, length-aware, single-pass JSON reader (RFC 8259): well-formed UTF-8 only, no lone
 * surrogate, no raw control byte in strings, exact number grammar, nothing after the document.
 * The caller drives it; it builds nothing. After the first failure `error` says what was wrong and
 * `at` points to the byte; every later call fails as well (`end` is moved to `at`). */
enum dyn_json_error {
  DYN_JSON_OK = 0,
  DYN_JSON_TRUNCATED, /* the text ends inside the document */
  DYN_JSON_SYNTAX,    /* an unexpected byte */
  DYN_JSON_STRING,    /* a raw control byte, a bad escape or a lone surrogate in a string */
  DYN_JSON_UTF8,      /* a string is not well-formed UTF-8 */
  DYN_JSON_NUMBER,    /* a malformed number */
  DYN_JSON_DEPTH,     /* nested deeper than the caller allows */
  DYN_JSON_TRAILING,  /* bytes after the document */
  DYN_JSON_MEMORY     /* the scratch buffer could not grow */
};

struct dyn_json_scan {
  const char *start, *at, *end;
  struct dyn_buf *scratch; /* the caller's; holds a string that had escapes */
  enum dyn_json_error error;
};

/* Starts reading `text`, which must outlive the scan. `scratch` is the caller's to clean up. */
void dyn_json_scan_init(struct dyn_json_scan *scan, struct dyn_slice text, struct dyn_buf *scratch);

/* Takes white space, if there is any. */
static inline void dyn_json_space(struct dyn_json_scan *scan) {
  for (; scan->at < scan->end && (unsigned char)*scan->at <= ' '; scan->at++) {
    if (*scan->at != ' ' && *scan->at != '\n' && *scan->at != '\r' && *scan->at != '\t') return;
  }
}

/* Skips white space and returns the next byte, not taken; '\0' at the end or after an error. */
static inline char dyn_json_peek(struct dyn_json_scan *scan) {
  dyn_json_space(scan);
  return scan->at < scan->end ? *scan->at : '\0';
}

/* Skips white space and takes `byte` if it comes next; false, without an error, if it does not. */
static inline bool dyn_json_accept(struct dyn_json_scan *scan, char byte) {
  dyn_json_space(scan);
  if (scan->at == scan->end || *scan->at != byte) return false;
  scan->at++;
  return true;
}

/* Sets the error for an unexpected byte at `at` (or the end) and returns false. */
bool dyn_json_unexpected(struct dyn_json_scan *scan);

/* As dyn_json_accept, but anything else is an error. */
static inline bool dyn_json_expect(struct dyn_json_scan *scan, char byte) {
  return dyn_json_accept(scan, byte) || dyn_json_unexpected(scan);
}

/* Takes a string. `out` is a view of the text, or of `scratch` if the string had escapes: valid
 * until the next string is read. */
bool dyn_json_string(struct dyn_json_scan *scan, struct dyn_slice *out);

/* Takes a number and gives its text. */
bool dyn_json_number(struct dyn_json_scan *scan, struct dyn_slice *out);

/* Takes `word` ("true", "false" or "null"). */
bool dyn_json_word(struct dyn_json_scan *scan, struct dyn_slice word);

enum { DYN_JSON_MAX_DEPTH = 1024 /* levels dyn_json_skip can keep track of */ };

/* Takes one value of any kind and checks it fully; at most `max_depth` levels of nesting, and never
 * more than DYN_JSON_MAX_DEPTH. Uses no recursion. */
bool dyn_json_skip(struct dyn_json_scan *scan, int max_depth);

/* Returns whether only white space is left; sets DYN_JSON_TRAILING if not. */
bool dyn_json_finish(struct dyn_json_scan *scan);

/* Sets `error` unless one is set already, and returns false. */
bool dyn_json_fail(struct dyn_json_scan *scan, enum dyn_json_error error);

/* A few words for people: "trailing bytes after the document". */
const char *dyn_json_error_text(enum dyn_json_error error);

#endif
