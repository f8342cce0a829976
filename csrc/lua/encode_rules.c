/* SPDX-License-Identifier: MIT */
#include "encode_rules.h"

#include "utf8.h"

#include <stdio.h>

/* Adds the string or number at `index` to the problem at the top of the stack. */
static void add_field(struct dyn_encoder *e, int index, const char *field) {
  lua_pushvalue(e->L, index);
  lua_setfield(e->L, -2, field);
}

/* Adds the shape's name, with which the Lua side names the nearest of its words or members. */
static void add_shape(struct dyn_encoder *e, const struct dyn_shape *shape) {
  lua_pushlstring(e->L, shape->name.data, shape->name.length);
  lua_setfield(e->L, -2, "shape");
}

/* ---- strings ---- */

static bool is_table_name(struct dyn_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.data[i];
    bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-' || c == '.';
    if (!allowed) return false;
  }
  return text.length >= 3 && text.length <= 255;
}

/* Only what would be certain nonsense is refused; the service knows the rest. */
static bool is_arn(struct dyn_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    if (text.data[i] <= ' ' || text.data[i] == 0x7f) return false;
  }
  return text.length > 4 && memcmp(text.data, "arn:", 4) == 0;
}

static bool check_format(struct dyn_encoder *e, const struct dyn_step *at,
                         const struct dyn_shape *shape, struct dyn_slice text) {
  switch (shape->format) {
  case DYN_FORMAT_ANY:
    return true;
  case DYN_FORMAT_EXPRESSION:
    if (text.length > 4096) {
      return dyn_encode_fail(e, at, "range", "an expression takes at most 4096 bytes, got %d",
                             (int)text.length);
    }
    if (text.length == 0 || memchr(text.data, '\0', text.length) == NULL) return true;
    return dyn_encode_fail(e, at, "value", "an expression cannot hold a NUL byte");
  case DYN_FORMAT_TABLE_ARN:
    if (is_arn(text)) return true;
    break;
  case DYN_FORMAT_TABLE_NAME:
    break;
  }
  if (is_table_name(text)) return true;
  return dyn_encode_fail(e, at, "value",
                         "not a table name: 3 to 255 of a-z A-Z 0-9 _ - . are allowed%s",
                         shape->format == DYN_FORMAT_TABLE_ARN ? ", or an ARN" : "");
}

static bool fail_word(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      const struct dyn_shape *shape) {
  dyn_encode_fail(e, at, "enum", "not one of the allowed words");
  add_field(e, index, "got");
  add_shape(e, shape);
  return false;
}

static bool check_word(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const struct dyn_shape *shape, struct dyn_slice text) {
  if (shape->word_count == 0) return true;
  for (size_t i = 0; i < shape->word_count; i++) {
    if (dyn_slice_equals(shape->words[i], text)) return true;
  }
  return fail_word(e, index, at, shape);
}

bool dyn_encode_check_text(struct dyn_encoder *e, int index, struct dyn_slice text,
                           const struct dyn_step *at, const struct dyn_shape *shape) {
  return check_word(e, index, at, shape, text) && check_format(e, at, shape, text);
}

bool dyn_encode_check_length(struct dyn_encoder *e, struct dyn_slice text,
                             const struct dyn_step *at, const struct dyn_shape *shape) {
  double most = (double)text.length, least = (double)(text.length / 4); /* UTF-8: 1 to 4 bytes */
  if (text.length % 4 != 0) least++;
  bool is_surely_in =
      (!shape->has_min || least >= shape->min) && (!shape->has_max || most <= shape->max);
  if (is_surely_in) return true;
  return dyn_encode_check_range(e, at, shape, (double)dyn_utf8_count(text), " characters");
}

/* ---- ranges ---- */

bool dyn_encode_check_range(struct dyn_encoder *e, const struct dyn_step *at,
                            const struct dyn_shape *shape, double value, const char *unit) {
  char range[80], got[40];
  bool below = shape->has_min && value < shape->min;
  bool above = shape->has_max && value > shape->max;
  if (!below && !above) return true;
  if (shape->has_min && shape->has_max) {
    snprintf(range, sizeof range, "%.0f to %.0f", shape->min, shape->max);
  } else if (shape->has_min) {
    snprintf(range, sizeof range, "at least %.0f", shape->min);
  } else {
    snprintf(range, sizeof range, "at most %.0f", shape->max);
  }
  snprintf(got, sizeof got, "%.0f", value);
  return dyn_encode_fail(e, at, "range", "%s%s expected, got %s", range, unit, got);
}

bool dyn_encode_check_pairs(struct dyn_encoder *e, int index, const struct dyn_step *at,
                            const struct dyn_shape *shape, bool is_empty) {
  if (shape->is_key && is_empty) return dyn_encode_fail(e, at, "value", "the key is empty");
  if (!shape->has_min && !shape->has_max) return true;
  size_t count = dyn_shape_count_pairs(e->L, index);
  return dyn_encode_check_range(e, at, shape, (double)count, " entries");
}

/* ---- names ---- */

bool dyn_encode_check_name(struct dyn_encoder *e, const struct dyn_step *at,
                           const struct dyn_shape *shape) {
  if (shape->key_prefix == '\0' || at->name.data[0] == shape->key_prefix) return true;
  return dyn_encode_fail(e, at, "value", "a name here begins with '%c'", shape->key_prefix);
}

bool dyn_encode_fail_member(struct dyn_encoder *e, int key, const struct dyn_step *at,
                            const struct dyn_shape *shape) {
  dyn_encode_fail(e, at, "unknown_member", "not a member of %s", shape->name.data);
  add_field(e, key, "member");
  add_shape(e, shape);
  return false;
}

bool dyn_encode_check_required(struct dyn_encoder *e, const struct dyn_step *at,
                               const struct dyn_shape *shape, uint64_t present) {
  uint64_t absent = shape->required & ~present;
  if (absent == 0) return true;
  struct dyn_step missing = {.parent = at, .name = dyn_shape_first(shape, absent)->name};
  dyn_encode_fail(e, &missing, "missing_member", "required by %s", shape->name.data);
  lua_pushlstring(e->L, missing.name.data, missing.name.length);
  lua_setfield(e->L, -2, "member");
  return false;
}

/* Pushes the path of a member. */
static const char *push_path(struct dyn_encoder *e, const struct dyn_step *step) {
  struct dyn_buf *text = &e->box->out;
  dyn_buf_reset(text);
  dyn_path_write(step, text);
  lua_pushlstring(e->L, text->length > 0 ? text->data : "", text->length);
  return lua_tostring(e->L, -1);
}

static bool fail_together(struct dyn_encoder *e, const struct dyn_step *at,
                          const struct dyn_shape *shape, uint64_t replaced, uint64_t others) {
  struct dyn_step one = {.parent = at, .name = dyn_shape_first(shape, replaced)->name};
  struct dyn_step other = {.parent = at, .name = dyn_shape_first(shape, others)->name};
  luaL_checkstack(e->L, 1, "too many nested values");
  return dyn_encode_fail(e, &one, "legacy_parameters", "cannot be used together with %s",
                         push_path(e, &other));
}

static bool fail_unused(struct dyn_encoder *e, const struct dyn_step *at,
                        const struct dyn_shape *shape, uint64_t tokens) {
  struct dyn_step one = {.parent = at, .name = dyn_shape_first(shape, tokens)->name};
  return dyn_encode_fail(e, &one, "unused_tokens", "there is no expression to use it");
}

bool dyn_encode_check_together(struct dyn_encoder *e, const struct dyn_step *at,
                               const struct dyn_shape *shape, uint64_t present) {
  uint64_t expressions = present & shape->expressions, tokens = present & shape->tokens;
  uint64_t replaced = present & shape->replaced, others = expressions != 0 ? expressions : tokens;
  if (replaced != 0 && others != 0) return fail_together(e, at, shape, replaced, others);
  return tokens == 0 || expressions != 0 || fail_unused(e, at, shape, tokens);
}

/* ---- primary keys ---- */

bool dyn_encode_check_key_attribute(struct dyn_encoder *e, const struct dyn_step *at,
                                    size_t start) {
  struct dyn_slice value = {e->box->out.data + start, e->box->out.length - start};
  if (e->box->out.error != DYN_OK || value.length < 6) return true;
  if (dyn_slice_equals(value, DYN_SLICE("{\"S\":\"\"}")) ||
      dyn_slice_equals(value, DYN_SLICE("{\"B\":\"\"}"))) {
    return dyn_encode_fail(e, at, "value", "a key attribute must not be empty");
  }
  char type = value.data[2];
  if (value.data[3] == '"' && (type == 'S' || type == 'N' || type == 'B')) return true;
  return dyn_encode_fail(e, at, "value", "a key attribute is a string, a number or a binary");
}
