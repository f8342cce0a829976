/* SPDX-License-Identifier: MIT */
#include "message_box.h"

#include "arguments.h"
#include "fields.h"
#include "given.h"
#include "type.h"

static void push_slice(lua_State *L, struct dyn_slice slice) {
  lua_pushlstring(L, slice.length > 0 ? slice.data : "", slice.length);
}

/* --- the request -------------------------------------------------------------------------- */

static int push_refusal(lua_State *L, const char *kind, const char *code, const char *text) {
  lua_pushnil(L);
  lua_pushstring(L, kind);
  lua_pushstring(L, code);
  lua_pushstring(L, text);
  return 4;
}

/* Adds the header that dyn_fields_check left on the stack; returns NULL or why it is refused. */
static const char *add_header(lua_State *L, struct dyn_message *message, struct dyn_header header) {
  const char *problem = dyn_message_add_header(message, header);
  lua_pop(L, 3);
  return problem;
}

/* Writes the headers at 4; returns 0, or the count of what it pushed. */
static int add_headers(lua_State *L, struct dyn_message *message) {
  const char *problem = NULL;
  int count = (int)lua_rawlen(L, 4), i = 0;
  while (!problem && i < count) problem = add_header(L, message, dyn_fields_check(L, 4, ++i));
  if (!problem) return 0;
  lua_pushfstring(L, "header %d is refused: %s", i, problem);
  return push_refusal(L, "validation", "BadHeader", lua_tostring(L, -1));
}

static int l_message_request(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, 1);
  struct dyn_slice method = dyn_argument_text(L, 2), target = dyn_argument_text(L, 3),
                   body = dyn_argument_text(L, 5);
  luaL_checktype(L, 4, LUA_TTABLE);
  const char *problem = dyn_message_begin(message, method, target);
  if (problem) return push_refusal(L, "validation", "BadUrl", problem);
  int refused = add_headers(L, message);
  if (refused) return refused;
  problem = dyn_message_end(message, body);
  if (problem) return push_refusal(L, "transport", "OutOfMemory", problem);
  lua_pushboolean(L, true);
  return 1;
}

static int l_message_send_by(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, 1);
  struct dyn_slice prefix = dyn_argument_text(L, 2);
  struct dyn_header header = {{NULL, 0}, {NULL, 0}};
  luaL_argcheck(L, message->out.length > 0, 1, "a request expected");
  if (!lua_isnoneornil(L, 3)) header = dyn_fields_check_pair(L, 3);
  const char *problem = header.name.length > 0 ? dyn_header_problem(header) : NULL;
  if (problem) return push_refusal(L, "validation", "BadHeader", problem);
  if (!dyn_message_send_by(message, prefix, header)) {
    return push_refusal(L, "transport", "OutOfMemory", "there is no memory for the request");
  }
  lua_pushboolean(L, true);
  return 1;
}

/* Pushes known[name] if that is the pair of such a header; else a new pair, which it becomes. */
static void push_pair(lua_State *L, int known, struct dyn_header header) {
  push_slice(L, header.name);
  lua_pushvalue(L, -1);
  lua_rawget(L, known); /* stack: name, pair or nil */
  if (lua_istable(L, -1)) {
    lua_rawgeti(L, -1, 2);
    struct dyn_slice value = dyn_argument_text(L, -1);
    lua_pop(L, 1);
    if (dyn_slice_equals(value, header.value)) {
      lua_remove(L, -2);
      return;
    }
  }
  lua_pop(L, 1);
  lua_createtable(L, 2, 0);
  lua_pushvalue(L, -2);
  lua_rawseti(L, -2, 1);
  push_slice(L, header.value);
  lua_rawseti(L, -2, 2);
  lua_insert(L, -2);
  lua_pushvalue(L, -2);
  lua_rawset(L, known); /* stack: pair */
}

static int l_message_fields(lua_State *L) {
  const struct dyn_message *message = dyn_message_check(L, 1);
  struct dyn_slice rest = dyn_buf_slice(&message->out);
  struct dyn_header header;
  int i = 0;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_createtable(L, (int)message->header_count, 0);
  dyn_header_status_line(&rest);
  while ((size_t)i < message->header_count && dyn_header_next(&rest, &header)) {
    push_pair(L, 2, header);
    lua_rawseti(L, 3, ++i);
  }
  return 1;
}

/* Returns the place in a request at `index`, or what stands for it where it is nil. */
static size_t place(lua_State *L, int index, size_t otherwise) {
  if (lua_isnoneornil(L, index)) return otherwise;
  return (size_t)dyn_argument_count(L, index, "a place in the request");
}

static int l_message_bytes(lua_State *L) {
  struct dyn_slice text = dyn_buf_slice(&dyn_message_check(L, 1)->out);
  size_t from = place(L, 2, 1), to = place(L, 3, text.length);
  if (to > text.length) to = text.length;
  if (from > to) return lua_pushliteral(L, ""), 1;
  lua_pushlstring(L, text.data + (from - 1), to - (from - 1));
  return 1;
}

/* --- the exchange ------------------------------------------------------------------------- */

static int l_message_expect(lua_State *L) {
  dyn_message_expect(dyn_message_check(L, 1), lua_toboolean(L, 2));
  return 0;
}

static int l_message_feed(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, 1);
  lua_pushboolean(L, dyn_message_feed(message, dyn_argument_text(L, 2)) != DYN_MESSAGE_MORE);
  return 1;
}

static int l_message_lose(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, 1);
  struct dyn_slice why = dyn_argument_text(L, 2);
  enum dyn_message_loss loss = DYN_LOSS_BROKEN;
  if (dyn_slice_equals(why, DYN_SLICE("closed"))) loss = DYN_LOSS_CLOSED;
  if (dyn_slice_equals(why, DYN_SLICE("timeout"))) loss = DYN_LOSS_TIMEOUT;
  dyn_message_lose(message, loss);
  return 0;
}

/* --- the response --------------------------------------------------------------------------- */

/* Adds the headers of the table at `index`. */
static void add_given(lua_State *L, int index, struct dyn_message *message) {
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    struct dyn_header header = {dyn_argument_text(L, -2), dyn_argument_text(L, -1)};
    dyn_given_add(message, header);
  }
}

static int l_message_answer(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, 1);
  int status = (int)dyn_argument_number(L, 2, 100, 999, "a status of three digits expected");
  struct dyn_slice body = dyn_argument_text(L, 4);
  luaL_checktype(L, 3, LUA_TTABLE);
  dyn_given_begin(message, status);
  add_given(L, 3, message);
  lua_pushboolean(L, dyn_given_end(message, body) == DYN_MESSAGE_DONE);
  return 1;
}

static int l_message_is_reusable(lua_State *L) {
  lua_pushboolean(L, dyn_message_is_reusable(dyn_message_check(L, 1)));
  return 1;
}

static int push_failure(lua_State *L, const struct dyn_message *message) {
  lua_pushnil(L);
  lua_pushstring(L, message->failure.kind);
  lua_pushstring(L, message->failure.code);
  lua_pushstring(L, message->failure.text);
  if (message->head.status == 0) return 4;
  lua_pushinteger(L, message->head.status);
  return 5;
}

static int l_message_status(lua_State *L) {
  const struct dyn_message *message = dyn_message_check(L, 1);
  if (message->state != DYN_MESSAGE_DONE) return push_failure(L, message);
  lua_pushinteger(L, message->head.status);
  return 1;
}

static int l_message_response(lua_State *L) {
  const struct dyn_message *message = dyn_message_check(L, 1);
  if (message->state != DYN_MESSAGE_DONE) return push_failure(L, message);
  lua_pushinteger(L, message->head.status);
  dyn_fields_push(L, dyn_message_head(message));
  push_slice(L, dyn_message_body(message));
  return 3;
}

static int l_message_size(lua_State *L) {
  lua_pushnumber(L, (lua_Number)dyn_message_body(dyn_message_check(L, 1)).length);
  return 1;
}

static int l_message_headers(lua_State *L) {
  dyn_fields_push(L, dyn_message_head(dyn_message_check(L, 1)));
  return 1;
}

static int l_message_header(lua_State *L) {
  struct dyn_slice rest = dyn_message_head(dyn_message_check(L, 1)), value;
  struct dyn_slice name = dyn_argument_text(L, 2);
  if (!dyn_header_find(&rest, name, &value)) return lua_pushnil(L), 1;
  push_slice(L, value);
  while (dyn_header_find(&rest, name, &value)) {
    lua_pushliteral(L, ", ");
    push_slice(L, value);
    lua_concat(L, 3);
  }
  return 1;
}

/* --- the object --------------------------------------------------------------------------- */

static int l_message_reset(lua_State *L) {
  dyn_message_reset(dyn_message_check(L, 1));
  return 0;
}

static int l_message_close(lua_State *L) {
  dyn_message_clean_up(dyn_message_check(L, 1));
  return 0;
}

static const luaL_Reg METAMETHODS[] = {{"__gc", l_message_close}, {NULL, NULL}};

static const luaL_Reg METHODS[] = {{"request", l_message_request},
                                   {"send_by", l_message_send_by},
                                   {"fields", l_message_fields},
                                   {"bytes", l_message_bytes},
                                   {"expect", l_message_expect},
                                   {"feed", l_message_feed},
                                   {"lose", l_message_lose},
                                   {"is_reusable", l_message_is_reusable},
                                   {"answer", l_message_answer},
                                   {"status", l_message_status},
                                   {"headers", l_message_headers},
                                   {"response", l_message_response},
                                   {"size", l_message_size},
                                   {"header", l_message_header},
                                   {"reset", l_message_reset},
                                   {"close", l_message_close},
                                   {NULL, NULL}};

static const struct dyn_type TYPE = {DYN_MESSAGE_TYPE, METAMETHODS, METHODS, "locked"};

int l_message_new(lua_State *L) {
  size_t max_bytes = DYN_MESSAGE_DEFAULT_BODY_BYTES;
  if (!lua_isnoneornil(L, 1)) max_bytes = (size_t)dyn_argument_count(L, 1, "a size in bytes");
  struct dyn_message *message = lua_newuserdatauv(L, sizeof *message, 0);
  dyn_message_init(message, max_bytes);
  dyn_type_set(L, &TYPE);
  return 1;
}
