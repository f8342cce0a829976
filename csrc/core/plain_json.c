/* SPDX-License-Identifier: MIT */
#include "plain_json.h"

/* A walk over a container writes each element with one of these. */
typedef bool write_one(struct dyn_json_scan *scan, struct dyn_buf *out, int depth);

static void emit(struct dyn_buf *out, const char *literal) {
  dyn_buf_append(out, literal, strlen(literal));
}

/* ---- what stays as it is ---- */

/* Takes a string and appends the very text it was written with. */
static bool copy_string(struct dyn_json_scan *scan, struct dyn_buf *out) {
  struct dyn_slice content;
  (void)dyn_json_peek(scan);
  const char *start = scan->at;
  if (!dyn_json_string(scan, &content)) return false;
  dyn_buf_append(out, start, (size_t)(scan->at - start));
  return true;
}

static bool copy_text(struct dyn_json_scan *scan, struct dyn_buf *out, int depth) {
  (void)depth;
  return copy_string(scan, out);
}

/* Takes a number that stands as a string. */
static bool copy_digits(struct dyn_json_scan *scan, struct dyn_buf *out, int depth) {
  struct dyn_slice digits;
  (void)depth;
  if (!dyn_json_string(scan, &digits)) return false;
  dyn_buf_append_slice(out, digits);
  return true;
}

static bool copy_boolean(struct dyn_json_scan *scan, struct dyn_buf *out) {
  bool value = dyn_json_peek(scan) == 't';
  if (!dyn_json_word(scan, value ? DYN_SLICE("true") : DYN_SLICE("false"))) return false;
  emit(out, value ? "true" : "false");
  return true;
}

/* ---- containers ---- */

static bool copy_array(struct dyn_json_scan *scan, struct dyn_buf *out, int depth, write_one *one) {
  const char *between = "";
  if (depth >= DYN_PLAIN_MAX_DEPTH) return dyn_json_fail(scan, DYN_JSON_DEPTH);
  if (!dyn_json_expect(scan, '[')) return false;
  emit(out, "[");
  if (!dyn_json_accept(scan, ']')) {
    do {
      emit(out, between);
      between = ",";
      if (!one(scan, out, depth + 1)) return false;
    } while (dyn_json_accept(scan, ','));
    if (!dyn_json_expect(scan, ']')) return false;
  }
  emit(out, "]");
  return true;
}

static bool copy_pair(struct dyn_json_scan *scan, struct dyn_buf *out, int depth, write_one *one) {
  if (!copy_string(scan, out) || !dyn_json_expect(scan, ':')) return false;
  emit(out, ":");
  return one(scan, out, depth + 1);
}

static bool copy_object(struct dyn_json_scan *scan, struct dyn_buf *out, int depth,
                        write_one *one) {
  const char *between = "";
  if (depth >= DYN_PLAIN_MAX_DEPTH) return dyn_json_fail(scan, DYN_JSON_DEPTH);
  if (!dyn_json_expect(scan, '{')) return false;
  emit(out, "{");
  if (!dyn_json_accept(scan, '}')) {
    do {
      emit(out, between);
      between = ",";
      if (!copy_pair(scan, out, depth, one)) return false;
    } while (dyn_json_accept(scan, ','));
    if (!dyn_json_expect(scan, '}')) return false;
  }
  emit(out, "}");
  return true;
}

/* ---- typed to plain ---- */

static bool plain_value(struct dyn_json_scan *scan, struct dyn_buf *out, int depth);

static bool plain_null(struct dyn_json_scan *scan, struct dyn_buf *out) {
  if (!dyn_json_word(scan, DYN_SLICE("true"))) return false;
  emit(out, "null");
  return true;
}

/* Writes the content of a value of type `tag`, a slice that lasts until the next string is read. */
static bool plain_content(struct dyn_json_scan *scan, struct dyn_buf *out, int depth,
                          struct dyn_slice tag) {
  if (dyn_slice_equals(tag, DYN_SLICE("S"))) return copy_text(scan, out, depth);
  if (dyn_slice_equals(tag, DYN_SLICE("N"))) return copy_digits(scan, out, depth);
  if (dyn_slice_equals(tag, DYN_SLICE("B"))) return copy_text(scan, out, depth);
  if (dyn_slice_equals(tag, DYN_SLICE("BOOL"))) return copy_boolean(scan, out);
  if (dyn_slice_equals(tag, DYN_SLICE("NULL"))) return plain_null(scan, out);
  if (dyn_slice_equals(tag, DYN_SLICE("L"))) return copy_array(scan, out, depth, plain_value);
  if (dyn_slice_equals(tag, DYN_SLICE("M"))) return copy_object(scan, out, depth, plain_value);
  if (dyn_slice_equals(tag, DYN_SLICE("SS"))) return copy_array(scan, out, depth, copy_text);
  if (dyn_slice_equals(tag, DYN_SLICE("BS"))) return copy_array(scan, out, depth, copy_text);
  if (dyn_slice_equals(tag, DYN_SLICE("NS"))) return copy_array(scan, out, depth, copy_digits);
  return dyn_json_fail(scan, DYN_JSON_SYNTAX);
}

static bool plain_value(struct dyn_json_scan *scan, struct dyn_buf *out, int depth) {
  struct dyn_slice tag;
  return dyn_json_expect(scan, '{') && dyn_json_string(scan, &tag) && dyn_json_expect(scan, ':') &&
         plain_content(scan, out, depth, tag) && dyn_json_expect(scan, '}');
}

bool dyn_plain_json_from_typed(struct dyn_json_scan *scan, struct dyn_buf *out) {
  return plain_value(scan, out, 0);
}

/* ---- plain to typed ---- */

static bool typed_value(struct dyn_json_scan *scan, struct dyn_buf *out, int depth);

static bool typed_number(struct dyn_json_scan *scan, struct dyn_buf *out) {
  struct dyn_slice digits;
  if (!dyn_json_number(scan, &digits)) return false;
  emit(out, "{\"N\":\"");
  dyn_buf_append_slice(out, digits);
  emit(out, "\"");
  return true;
}

static bool typed_null(struct dyn_json_scan *scan, struct dyn_buf *out) {
  if (!dyn_json_word(scan, DYN_SLICE("null"))) return false;
  emit(out, "{\"NULL\":true");
  return true;
}

/* Writes `{"T":` and the content; the closing brace is the caller's. */
static bool typed_content(struct dyn_json_scan *scan, struct dyn_buf *out, int depth) {
  switch (dyn_json_peek(scan)) {
  case '"':
    emit(out, "{\"S\":");
    return copy_text(scan, out, depth);
  case '{':
    emit(out, "{\"M\":");
    return copy_object(scan, out, depth, typed_value);
  case '[':
    emit(out, "{\"L\":");
    return copy_array(scan, out, depth, typed_value);
  case 't':
  case 'f':
    emit(out, "{\"BOOL\":");
    return copy_boolean(scan, out);
  case 'n':
    return typed_null(scan, out);
  default:
    return typed_number(scan, out);
  }
}

static bool typed_value(struct dyn_json_scan *scan, struct dyn_buf *out, int depth) {
  if (!typed_content(scan, out, depth)) return false;
  emit(out, "}");
  return true;
}

bool dyn_plain_json_to_typed(struct dyn_json_scan *scan, struct dyn_buf *out) {
  return typed_value(scan, out, 0);
}
