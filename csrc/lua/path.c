/* SPDX-License-Identifier: MIT */
#include "path.h"

/* A longer name is cut in a path: a message is for people. */
enum { SHOWN_NAME_BYTES = 64 };

static bool is_word(struct dyn_slice name) {
  for (size_t i = 0; i < name.length; i++) {
    char c = name.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
                  c == '#' || c == '-';
    bool digit = c >= '0' && c <= '9';
    if (!letter && !(digit && i > 0)) return false;
  }
  return name.length > 0 && name.length <= SHOWN_NAME_BYTES;
}

/* Appends a name in quotes: printable ASCII as it is, any other byte as \xNN. */
static void write_quoted(struct dyn_slice name, struct dyn_buf *out) {
  static const char hex[] = "0123456789abcdef";
  size_t shown = name.length < SHOWN_NAME_BYTES ? name.length : SHOWN_NAME_BYTES;
  dyn_buf_append(out, "[\"", 2);
  for (size_t i = 0; i < shown; i++) {
    unsigned char byte = (unsigned char)name.data[i];
    if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
      dyn_buf_append_char(out, (char)byte);
    } else {
      char escaped[4] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
      dyn_buf_append(out, escaped, sizeof escaped);
    }
  }
  if (shown < name.length) dyn_buf_append(out, "...", 3);
  dyn_buf_append(out, "\"]", 2);
}

static void write_index(size_t index, struct dyn_buf *out) {
  char digits[24];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + index % 10);
    index /= 10;
  } while (index > 0);
  dyn_buf_append_char(out, '[');
  dyn_buf_append(out, digits + at, sizeof digits - at);
  dyn_buf_append_char(out, ']');
}

/* A walk is at most some 70 levels deep, so the recursion is bounded by the walk's own cap. */
void dyn_path_write(const struct dyn_step *step, struct dyn_buf *out) {
  if (step == NULL) return;
  dyn_path_write(step->parent, out);
  if (step->name.data == NULL) {
    if (step->index > 0) write_index(step->index, out);
  } else if (is_word(step->name)) {
    if (out->length > 0) dyn_buf_append_char(out, '.');
    dyn_buf_append_slice(out, step->name);
  } else {
    write_quoted(step->name, out);
  }
}

void dyn_problem_push(lua_State *L, struct dyn_buf *text, const struct dyn_step *step,
                      const char *code, const char *detail) {
  dyn_buf_reset(text);
  dyn_path_write(step, text);
  luaL_checkstack(L, 4, "too many nested values");
  lua_createtable(L, 0, 5);
  lua_pushstring(L, code);
  lua_setfield(L, -2, "code");
  lua_pushlstring(L, text->length > 0 ? text->data : "", text->length);
  lua_setfield(L, -2, "path");
  lua_pushstring(L, detail);
  lua_setfield(L, -2, "detail");
}
