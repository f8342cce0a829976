/* SPDX-License-Identifier: MIT */
#include "head.h"

#include "arguments.h"
#include "box.h"
#include "context.h"
#include "fields.h"

#include <stdio.h>

/* --- requests ----------------------------------------------------------------------------- */

static void append_field(struct dyn_buf *out, struct dyn_header header) {
  dyn_buf_append_slice(out, header.name);
  dyn_buf_append_slice(out, DYN_SLICE(": "));
  dyn_buf_append_slice(out, header.value);
  dyn_buf_append_slice(out, DYN_SLICE("\r\n"));
}

/* Appends headers[i]; returns NULL or why it is refused. */
static const char *append_header(lua_State *L, int headers, int i, struct dyn_buf *out) {
  struct dyn_header header = dyn_fields_check(L, headers, i);
  const char *problem = dyn_header_problem(header);
  if (!problem && i > DYN_HEADER_MAX_COUNT) problem = "there are more than 32";
  if (!problem) append_field(out, header);
  if (!problem && (out->error || out->length > DYN_HEADER_MAX_BYTES)) {
    problem = "the headers are larger than 64 KiB";
  }
  lua_pop(L, 3);
  return problem;
}

static void append_length(struct dyn_buf *out, lua_Number length) {
  char text[32];
  int digits = snprintf(text, sizeof text, "%.0f", length);
  append_field(out, (struct dyn_header){DYN_SLICE("Content-Length"),
                                        dyn_slice_of(text, digits > 0 ? (size_t)digits : 0)});
}

static int push_refusal(lua_State *L, const char *code, const char *message) {
  lua_pushnil(L);
  lua_pushstring(L, code);
  lua_pushstring(L, message);
  return 3;
}

/* Writes the head; returns 0, or the count of what it pushed about a refusal. */
static int write_head(lua_State *L, struct dyn_buf *out) {
  struct dyn_slice method = dyn_argument_text(L, 1), target = dyn_argument_text(L, 2);
  luaL_checktype(L, 3, LUA_TTABLE);
  if (!dyn_header_request_line_valid(method, target)) {
    return push_refusal(L, "BadUrl", "the method or the URL holds a space or a control byte");
  }
  dyn_buf_append_slice(out, method);
  dyn_buf_append_char(out, ' ');
  dyn_buf_append_slice(out, target);
  dyn_buf_append_slice(out, DYN_SLICE(" HTTP/1.1\r\n"));
  int count = (int)lua_rawlen(L, 3);
  for (int i = 1; i <= count; i++) {
    const char *problem = append_header(L, 3, i, out);
    if (!problem) continue;
    lua_pushfstring(L, "header %d is refused: %s", i, problem);
    return push_refusal(L, "BadHeader", lua_tostring(L, -1));
  }
  if (!lua_isnoneornil(L, 4)) append_length(out, luaL_checknumber(L, 4));
  dyn_buf_append_slice(out, DYN_SLICE("\r\n"));
  return 0;
}

int l_request_head(lua_State *L) {
  lua_settop(L, 4);
  struct dyn_box *box = dyn_box_open(L, DYN_UP_BOX);
  int refused = write_head(L, &box->out);
  if (!refused && box->out.error) refused = push_refusal(L, "OutOfMemory", "out of memory");
  if (!refused) lua_pushlstring(L, box->out.data, box->out.length);
  dyn_box_close(box);
  return refused ? refused : 1;
}

/* --- answers ------------------------------------------------------------------------------ */

static int push_unusable(lua_State *L, const char *kind, const char *message, int status) {
  lua_pushnil(L);
  lua_pushstring(L, kind);
  lua_pushstring(L, message);
  if (status == 0) return 3;
  lua_pushinteger(L, status);
  return 4;
}

/* Pushes what a whole head says. It is copied, since its names are lower-cased in place. */
static int push_head(lua_State *L, struct dyn_slice text, struct dyn_box *box) {
  enum { FIRST_FINAL_STATUS = 200 };
  dyn_buf_append_slice(&box->out, text);
  if (box->out.error) return push_unusable(L, "transport", "out of memory", 0);
  struct dyn_header_head head = dyn_header_read_head(box->out.data, box->out.length);
  if (head.problem) {
    int final_status = head.status >= FIRST_FINAL_STATUS ? head.status : 0;
    return push_unusable(L, head.kind, head.problem, final_status);
  }
  lua_pushinteger(L, head.status);
  dyn_fields_push(L, dyn_buf_slice(&box->out));
  lua_pushinteger(L, head.minor_version);
  return 3;
}

int l_answer_head(lua_State *L) {
  struct dyn_slice text = dyn_argument_text(L, 1);
  lua_Number from =
      dyn_argument_number(L, 2, 1, (lua_Number)text.length + 1, "a place in the text expected");
  size_t skipped = (size_t)from - 1;
  text = dyn_slice_of(text.data + skipped, text.length - skipped);
  size_t length = dyn_header_block_length(text);
  if (length == 0 && !dyn_header_may_begin_answer(text)) {
    return push_unusable(L, "transport", "the answer is not one of HTTP/1.1", 0);
  }
  if (length == 0) return lua_pushnil(L), 1;
  struct dyn_box *box = dyn_box_open(L, DYN_UP_BOX);
  int count = push_head(L, dyn_slice_of(text.data, length), box);
  dyn_box_close(box);
  if (lua_isnil(L, -count)) return count;
  lua_pushinteger(L, (lua_Integer)(skipped + length + 1));
  return count + 1;
}
