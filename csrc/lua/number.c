/* SPDX-License-Identifier: MIT */
#include "number.h"

#include "arguments.h"
#include "context.h"

/* Checked beside the metatable, so that a foreign block under our metatable is refused. */
static const uint32_t MAGIC = 0x64796e4eu;

struct number {
  uint32_t magic;
  struct dyn_decimal value;
};

const struct dyn_decimal *dyn_number_test(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  if (lua_rawlen(L, index) != sizeof(struct number)) return NULL;
  const struct number *number = luaL_testudata(L, index, DYN_NUMBER_TYPE);
  return number != NULL && number->magic == MAGIC ? &number->value : NULL;
}

void dyn_number_push(lua_State *L, const struct dyn_decimal *value, int metatable_index) {
  struct number *number = lua_newuserdatauv(L, sizeof *number, 0);
  number->magic = MAGIC;
  number->value = *value;
  lua_pushvalue(L, metatable_index);
  lua_setmetatable(L, -2);
}

const char *dyn_number_status_text(enum dyn_decimal_status status) {
  switch (status) {
  case DYN_DECIMAL_OK:
    return "a number";
  case DYN_DECIMAL_SYNTAX:
    return "not a decimal number; write digits such as \"-12.5\" or \"1E-3\"";
  case DYN_DECIMAL_PRECISION:
    return "more than 38 significant digits; round it, or store it as a string";
  case DYN_DECIMAL_RANGE:
    break;
  }
  return "outside DynamoDB's range, 1E-130 to 9.99...E+125; store it as a string";
}

/* Reads the shortest decimal of a plain Lua number. */
static const char *measure(lua_State *L, int index, struct dyn_decimal *out) {
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, index)) {
    dyn_decimal_from_int64((int64_t)lua_tointeger(L, index), out);
    return NULL;
  }
#endif
  lua_Number number = lua_tonumber(L, index);
  if (number != number) return "NaN is not a DynamoDB number; leave it out or use dynamo.null";
  if (number - number != 0) return "an infinity is not a DynamoDB number; leave it out";
  enum dyn_decimal_status status = dyn_decimal_from_double(number, out);
  return status == DYN_DECIMAL_OK ? NULL : dyn_number_status_text(status);
}

static bool is_huge(lua_Number number) {
  return number >= DYN_DOUBLE_WHOLE_LIMIT || number <= -DYN_DOUBLE_WHOLE_LIMIT;
}

/* Whether the plain Lua number at `index` is a double that may have lost digits before it came: a
 * JSON library makes one of a long id, say. Integers of Lua 5.3 and later are sure. */
static bool is_suspect(lua_State *L, int index) {
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, index)) return false;
#endif
  return is_huge(lua_tonumber(L, index));
}

const char *dyn_number_from_lua(lua_State *L, int index, struct dyn_decimal *out) {
  const char *reason = measure(L, index, out);
  if (reason != NULL || !is_suspect(L, index)) return reason;
  return DYN_LUA_HAS_INTEGERS
             ? "a float of 2^53 or more may have lost digits; use dynamo.number(\"...\"), or an "
               "integer"
             : "a number of 2^53 or more may have lost digits; use dynamo.number(\"...\")";
}

bool dyn_number_from_cdata(lua_State *L, int index, struct dyn_decimal *out) {
  int top = lua_gettop(L);
  bool read = false;
  lua_pushvalue(L, index);
  lua_getfield(L, LUA_REGISTRYINDEX, DYN_CDATA_READER);
  lua_insert(L, -2); /* stack: reader value */
  if (lua_isfunction(L, -2) && lua_pcall(L, 1, 1, 0) == 0 && lua_type(L, -1) == LUA_TSTRING) {
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    read = dyn_decimal_parse(dyn_slice_of(text, length), out) == DYN_DECIMAL_OK;
  }
  lua_settop(L, top);
  return read;
}

/* Whether the double prints as this very decimal and may be written again. */
static bool is_exact_double(double number, const struct dyn_decimal *value) {
  struct dyn_decimal back;
  if (is_huge(number)) return false;
  if (value->digit_count <= 15) return true; /* 15 digits always survive a double */
  return dyn_decimal_from_double(number, &back) == DYN_DECIMAL_OK &&
         dyn_decimal_compare(&back, value) == 0;
}

void dyn_number_push_natural(lua_State *L, const struct dyn_decimal *value, int metatable_index) {
  int64_t whole;
  if (dyn_decimal_to_int64(value, &whole) && dyn_push_exact_integer(L, whole)) return;
  double number = dyn_decimal_to_double(value);
  if (is_exact_double(number, value)) {
    lua_pushnumber(L, number);
  } else {
    dyn_number_push(L, value, metatable_index);
  }
}

enum dyn_decimal_status dyn_number_push_text(lua_State *L, struct dyn_slice text,
                                             int metatable_index) {
  struct dyn_decimal value;
  int64_t whole;
  if (dyn_decimal_short_integer(text, &whole) && dyn_push_exact_integer(L, whole)) {
    return DYN_DECIMAL_OK;
  }
  enum dyn_decimal_status status = dyn_decimal_parse(text, &value);
  if (status == DYN_DECIMAL_OK) dyn_number_push_natural(L, &value, metatable_index);
  return status;
}

const char *dyn_number_read(lua_State *L, int index, enum dyn_number_use use,
                            struct dyn_decimal *out) {
  const struct dyn_decimal *object = dyn_number_test(L, index);
  int type = lua_type(L, index);
  if (object != NULL) {
    *out = *object;
    return NULL;
  }
  if (type == LUA_TNUMBER) {
    return use == DYN_NUMBER_TO_COMPARE ? measure(L, index, out)
                                        : dyn_number_from_lua(L, index, out);
  }
  if (type == DYN_LUA_TCDATA && dyn_number_from_cdata(L, index, out)) return NULL;
  if (type == LUA_TSTRING) return "text is no number; dynamo.number(text) makes it one";
  return "not a number";
}

/* Reads whatever may stand for a number. Returns the reason if it cannot, else NULL. */
static const char *read_number(lua_State *L, int index, struct dyn_decimal *out) {
  size_t length;
  if (lua_type(L, index) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, index, &length);
    enum dyn_decimal_status status = dyn_decimal_parse(dyn_slice_of(text, length), out);
    return status == DYN_DECIMAL_OK ? NULL : dyn_number_status_text(status);
  }
  if (lua_type(L, index) == LUA_TNUMBER) return dyn_number_from_lua(L, index, out);
  if (dyn_number_read(L, index, DYN_NUMBER_TO_SEND, out) == NULL) return NULL;
  return "a number, or its decimal digits as a string, expected";
}

int l_number(lua_State *L) {
  struct dyn_decimal value;
  luaL_checkany(L, 1);
  if (dyn_number_test(L, 1) != NULL) {
    lua_settop(L, 1);
    return 1;
  }
  const char *reason = read_number(L, 1, &value);
  if (reason != NULL) return dyn_refuse(L, reason);
  dyn_number_push(L, &value, DYN_UP_NUMBER);
  return 1;
}

int l_is_number(lua_State *L) {
  lua_pushboolean(L, dyn_number_test(L, 1) != NULL);
  return 1;
}
