/* SPDX-License-Identifier: MIT */
#include "document.h"

#include "arguments.h"
#include "json_scan.h"
#include "type.h"

#include <cjson/cJSON.h>
#include <math.h>

/* cJSON takes bad UTF-8, raw control bytes, "01" and a byte order mark for JSON, reads past some
 * broken texts (CVE-2023-53154) and cuts strings at U+0000. So the strict scanner judges the text
 * first, and cJSON only ever sees a well-formed document without U+0000. */

enum { MAX_DEPTH = 64, MAX_TEXT_BYTES = 16 * 1024 * 1024 };

static const char BOX_TYPE[] = "dynamo.document";

/* __gc: frees the tree of a call that raised. */
static int release(lua_State *L) {
  cJSON **tree = luaL_checkudata(L, 1, BOX_TYPE);
  cJSON_Delete(*tree);
  *tree = NULL;
  return 0;
}

static const luaL_Reg metamethods[] = {{"__gc", release}, {NULL, NULL}};

static const struct dyn_type type = {BOX_TYPE, metamethods, NULL, "locked"};

/* Pushes a box that owns the tree to come, so that an error raised later cannot leak it. */
static cJSON **push_box(lua_State *L) {
  cJSON **tree = lua_newuserdatauv(L, sizeof *tree, 0);
  *tree = NULL;
  dyn_type_set(L, &type);
  return tree;
}

/* Whether a string of a well-formed document holds the escape \u0000: backslashes pair up from the
 * left, so each is taken together with the byte after it. */
static bool escapes_nul(struct dyn_slice text) {
  const char *end = text.data + text.length;
  for (const char *at = text.data; at < end; at++) {
    if (*at != '\\') continue;
    at++;
    if (end - at >= 5 && memcmp(at, "u0000", 5) == 0) return true;
  }
  return false;
}

/* Returns what is wrong with the text, or NULL. */
static const char *check(struct dyn_slice text) {
  if (text.length > MAX_TEXT_BYTES) return "longer than 16 MiB";
  if (memchr(text.data, '\0', text.length) != NULL) return "a NUL byte in the document";
  struct dyn_buf scratch;
  struct dyn_json_scan scan;
  dyn_buf_init(&scratch, MAX_TEXT_BYTES);
  dyn_json_scan_init(&scan, text, &scratch);
  if (dyn_json_skip(&scan, MAX_DEPTH)) (void)dyn_json_finish(&scan);
  dyn_buf_clean_up(&scratch);
  if (scan.error != DYN_JSON_OK) return dyn_json_error_text(scan.error);
  return escapes_nul(text) ? "\\u0000 in a string, which cannot be kept" : NULL;
}

/* Whether only white space follows. Trailing bytes were refused before; here it tells whether cJSON
 * stopped in the middle of a long number. */
static bool is_at_end(const char *at, struct dyn_slice text) {
  const char *end = text.data + text.length;
  while (at < end && strchr(" \t\r\n", *at) != NULL) at++;
  return at == end;
}

/* Builds the tree of a checked text. Returns what went wrong, or NULL; the caller owns `*tree`
 * either way. */
static const char *build(struct dyn_slice text, cJSON **tree) {
  const char *end = text.data;
  *tree = cJSON_ParseWithLengthOpts(text.data, text.length, &end, false);
  if (*tree != NULL && is_at_end(end, text)) return NULL;
  return "out of memory, or a number of more than 63 characters";
}

static const char *push_value(lua_State *L, const cJSON *node);

static const char *push_number(lua_State *L, double number) {
  if (!isfinite(number)) return "a number out of range";
  bool is_small = number > -DYN_DOUBLE_WHOLE_LIMIT && number < DYN_DOUBLE_WHOLE_LIMIT;
  if (is_small && (double)(int64_t)number == number) {
    dyn_push_exact_integer(L, (int64_t)number);
  } else {
    lua_pushnumber(L, number);
  }
  return NULL;
}

static const char *push_array(lua_State *L, const cJSON *array) {
  lua_newtable(L);
  int index = 0;
  for (const cJSON *item = array->child; item != NULL; item = item->next) {
    const char *problem = push_value(L, item);
    if (problem != NULL) return problem;
    lua_rawseti(L, -2, ++index);
  }
  return NULL;
}

static const char *push_object(lua_State *L, const cJSON *object) {
  lua_newtable(L);
  for (const cJSON *member = object->child; member != NULL; member = member->next) {
    lua_pushstring(L, member->string);
    lua_pushvalue(L, -1);
    lua_rawget(L, -3); /* stack: table key old */
    if (!lua_isnil(L, -1)) return "a key given twice";
    lua_pop(L, 1);
    const char *problem = push_value(L, member);
    if (problem != NULL) return problem;
    lua_rawset(L, -3);
  }
  return NULL;
}

/* Pushes the value of a node. Returns NULL, or what is wrong, with rubbish left on the stack. */
static const char *push_value(lua_State *L, const cJSON *node) {
  luaL_checkstack(L, 4, "JSON document");
  if (cJSON_IsObject(node)) return push_object(L, node);
  if (cJSON_IsArray(node)) return push_array(L, node);
  if (cJSON_IsNumber(node)) return push_number(L, node->valuedouble);
  if (cJSON_IsString(node)) {
    lua_pushstring(L, node->valuestring);
  } else if (cJSON_IsBool(node)) {
    lua_pushboolean(L, cJSON_IsTrue(node));
  } else {
    lua_pushlightuserdata(L, NULL);
  }
  return NULL;
}

int l_document(lua_State *L) {
  struct dyn_slice text = dyn_argument_text(L, 1);
  cJSON **tree = push_box(L);
  const char *problem = check(text);
  if (problem == NULL) problem = build(text, tree);
  if (problem == NULL) problem = push_value(L, *tree);
  cJSON_Delete(*tree);
  *tree = NULL;
  return problem == NULL ? 1 : dyn_refuse(L, problem);
}
