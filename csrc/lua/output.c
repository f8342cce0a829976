/* SPDX-License-Identifier: MIT */
#include "output.h"

#include "arguments.h"
#include "decode.h"
#include "facts.h"
#include "message_box.h"

enum { MESSAGE = 1, MODEL, SHAPE, TYPED, EXACT, HEARD, KEPT_STRINGS, ARGUMENTS = KEPT_STRINGS };

static void push_slice(lua_State *L, struct dyn_slice slice) {
  lua_pushlstring(L, slice.length > 0 ? slice.data : "", slice.length);
}

/* Pushes the id of the request, and whether it may be shown as it is. */
static void push_request_id(lua_State *L, struct dyn_slice id) {
  if (id.length == 0) {
    lua_pushnil(L);
    lua_pushboolean(L, true);
  } else {
    push_slice(L, id);
    lua_pushboolean(L, dyn_facts_is_request_id(id));
  }
}

/* Pushes the date if it is another than the one heard before, else nil. */
static void push_news(lua_State *L, struct dyn_slice date) {
  struct dyn_slice heard = {NULL, 0};
  if (lua_type(L, HEARD) == LUA_TSTRING) heard = dyn_argument_text(L, HEARD);
  if (!date.data || (heard.data && dyn_slice_equals(heard, date))) {
    lua_pushnil(L);
  } else {
    push_slice(L, date);
  }
}

static int push_problem(lua_State *L, const char *word) {
  lua_pushnil(L);
  lua_pushstring(L, word);
  return 2;
}

/* Pushes the value of a success, or nil and what is wrong with it; returns how much it pushed. */
static int push_value(lua_State *L, struct dyn_message *message, const struct dyn_facts *facts) {
  const struct dyn_shape *shape = lua_isnil(L, SHAPE) ? NULL : dyn_shape_check(L, MODEL);
  struct dyn_decode_form form = {lua_toboolean(L, TYPED), lua_toboolean(L, EXACT)};
  struct dyn_slice body;
  const char *problem = dyn_facts_payload(message, facts, &body);
  if (problem) return push_problem(L, problem);
  if (!shape) return lua_newtable(L), 1;
  if (body.length == 0) return push_problem(L, "empty");
  if (dyn_decode_push(L, KEPT_STRINGS, shape, body, form)) return 1;
  lua_pushnil(L);
  lua_insert(L, -2);
  lua_pushnumber(L, (lua_Number)body.length);
  return 3;
}

int l_output(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, MESSAGE);
  struct dyn_facts facts = dyn_facts_read(message);
  int status = message->head.status;
  lua_settop(L, ARGUMENTS);
  push_request_id(L, facts.request_id);
  push_news(L, facts.date);
  return 3 + (status >= 200 && status <= 299 ? push_value(L, message, &facts) : 0);
}

int l_payload(lua_State *L) {
  struct dyn_message *message = dyn_message_check(L, 1);
  struct dyn_facts facts = dyn_facts_read(message);
  struct dyn_slice body;
  const char *problem = dyn_facts_payload(message, &facts, &body);
  if (problem) return push_problem(L, problem);
  push_slice(L, body);
  return 1;
}

int l_is_request_id(lua_State *L) {
  lua_pushboolean(L, dyn_facts_is_request_id(dyn_argument_text(L, 1)));
  return 1;
}
