/* SPDX-License-Identifier: MIT */
#include "size.h"

#include "arguments.h"
#include "box.h"
#include "context.h"
#include "decimal.h"
#include "json_scan.h"
#include "written.h"

/* The size of an item is that of its names and values. It is counted over the wire form, which the
 * encoder has written and checked, so one walker of Lua tables is enough. */

static size_t measure_value(struct dyn_json_scan *scan);

static size_t measure_string(struct dyn_json_scan *scan) {
  struct dyn_slice text = {NULL, 0};
  dyn_json_string(scan, &text);
  return text.length;
}

static size_t measure_number(struct dyn_json_scan *scan) {
  struct dyn_slice text = {NULL, 0};
  struct dyn_decimal value;
  dyn_json_string(scan, &text);
  if (dyn_decimal_parse(text, &value) != DYN_DECIMAL_OK) return 0;
  return dyn_decimal_billed_bytes(&value);
}

/* Base64 text stands for three bytes in every four characters, less the padding. */
static size_t measure_binary(struct dyn_json_scan *scan) {
  struct dyn_slice text = {NULL, 0};
  dyn_json_string(scan, &text);
  size_t padding = 0;
  while (padding < text.length && text.data[text.length - 1 - padding] == '=') padding++;
  return text.length / 4 * 3 - padding;
}

/* Sums an array; a list costs one byte more for each element than a set does. */
static size_t measure_array(struct dyn_json_scan *scan, size_t (*measure)(struct dyn_json_scan *),
                            size_t element_bytes) {
  size_t total = 0;
  dyn_json_expect(scan, '[');
  if (dyn_json_accept(scan, ']')) return 0;
  do total += measure(scan) + element_bytes;
  while (dyn_json_accept(scan, ','));
  dyn_json_expect(scan, ']');
  return total;
}

static size_t measure_object(struct dyn_json_scan *scan, size_t element_bytes) {
  size_t total = 0;
  dyn_json_expect(scan, '{');
  if (dyn_json_accept(scan, '}')) return 0;
  do {
    total += measure_string(scan);
    dyn_json_expect(scan, ':');
    total += measure_value(scan) + element_bytes;
  } while (dyn_json_accept(scan, ','));
  dyn_json_expect(scan, '}');
  return total;
}

/* A list or a map costs 3 bytes, and 1 for each element or pair. */
static size_t measure_content(struct dyn_json_scan *scan, struct dyn_slice tag) {
  if (dyn_slice_equals(tag, DYN_SLICE("S"))) return measure_string(scan);
  if (dyn_slice_equals(tag, DYN_SLICE("N"))) return measure_number(scan);
  if (dyn_slice_equals(tag, DYN_SLICE("B"))) return measure_binary(scan);
  if (dyn_slice_equals(tag, DYN_SLICE("SS"))) return measure_array(scan, measure_string, 0);
  if (dyn_slice_equals(tag, DYN_SLICE("NS"))) return measure_array(scan, measure_number, 0);
  if (dyn_slice_equals(tag, DYN_SLICE("BS"))) return measure_array(scan, measure_binary, 0);
  if (dyn_slice_equals(tag, DYN_SLICE("L"))) return 3 + measure_array(scan, measure_value, 1);
  if (dyn_slice_equals(tag, DYN_SLICE("M"))) return 3 + measure_object(scan, 1);
  dyn_json_skip(scan, 1); /* BOOL and NULL */
  return 1;
}

static size_t measure_value(struct dyn_json_scan *scan) {
  struct dyn_slice tag = {NULL, 0};
  dyn_json_expect(scan, '{');
  dyn_json_string(scan, &tag);
  dyn_json_expect(scan, ':');
  size_t bytes = measure_content(scan, tag);
  dyn_json_expect(scan, '}');
  return bytes;
}

int l_size(lua_State *L) {
  struct dyn_json_scan scan;
  struct dyn_slice text = dyn_written_text(L, 1);
  struct dyn_box *box = dyn_box_open(L, DYN_UP_BOX);
  dyn_json_scan_init(&scan, text, &box->spare);
  size_t bytes = measure_object(&scan, 0);
  bool done = dyn_json_finish(&scan);
  dyn_box_close(box);
  if (done) {
    lua_pushinteger(L, (lua_Integer)bytes);
    return 1;
  }
  return dyn_refuse(L, dyn_json_error_text(scan.error));
}
