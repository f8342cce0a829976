/* SPDX-License-Identifier: MIT */
#include "number.h"

#include "context.h"

/* Checked beside the metatable, so that a foreign block under our metatable is refused. */
static const uint32_t MAGIC = 0x64796e4eu;

struct number {
  uint32_t magic;
  struct dyn_decimal value;
};

const struct dyn_decimal *dyn_number_test(lua_State *L, int index) {
  const struct number *number = luaL_testudata(L, index, DYN_NUMBER_TYPE);
  if (number == NULL || lua_rawlen(L, index) != sizeof *number) return NULL;
  return number->magic == MAGIC ? &number->value : NULL;
}

static const struct dyn_decimal *check_number(lua_State *L, int index) {
  const struct dyn_decimal *value = dyn_number_test(L, index);
  if (value == NULL) luaL_argerror(L, index, "a dynamo.number expected");
  return value;
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

const char *dyn_number_from_lua(lua_State *L, int index, struct dyn_decimal *out) {
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, index)) {
    dyn_decimal_from_int64((int64_t)lua_tointeger(L, index), out);
    return NULL;
  }
#endif
  lua_Number number = lua_tonumber(L, index);
  if (number != number) return "NaN is not a DynamoDB number; leave it out or use dynamo.null";
  if (number - number != 0) return "an infinity is not a DynamoDB number; leave it out";
  bool huge = number >= DYN_DOUBLE_WHOLE_LIMIT || number <= -DYN_DOUBLE_WHOLE_LIMIT;
  if (huge && !DYN_LUA_HAS_INTEGERS) {
    return "a whole number of 2^53 or more may have lost digits here; use dynamo.number(\"...\")";
  }
  enum dyn_decimal_status status = dyn_decimal_from_double(number, out);
  return status == DYN_DECIMAL_OK ? NULL : dyn_number_status_text(status);
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

/* Whether the double prints as this very decimal and may be written again on this runtime. */
static bool is_exact_double(double number, const struct dyn_decimal *value) {
  bool huge = number >= DYN_DOUBLE_WHOLE_LIMIT || number <= -DYN_DOUBLE_WHOLE_LIMIT;
  struct dyn_decimal back;
  if (huge && !DYN_LUA_HAS_INTEGERS) return false;
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

static int push_number(lua_State *L, const struct dyn_decimal *value) {
  dyn_number_push_metatable(L);
  dyn_number_push(L, value, lua_gettop(L));
  return 1;
}

static int push_refusal(lua_State *L, const char *reason) {
  lua_pushnil(L);
  lua_pushstring(L, reason);
  return 2;
}

/* Reads whatever may stand for a number. Returns the reason if it cannot, else NULL. */
static const char *read_number(lua_State *L, int index, struct dyn_decimal *out) {
  size_t length;
  const char *text;
  enum dyn_decimal_status status;
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
    return dyn_number_from_lua(L, index, out);
  case LUA_TSTRING:
    text = lua_tolstring(L, index, &length);
    status = dyn_decimal_parse(dyn_slice_of(text, length), out);
    return status == DYN_DECIMAL_OK ? NULL : dyn_number_status_text(status);
  case DYN_LUA_TCDATA:
    if (dyn_number_from_cdata(L, index, out)) return NULL;
    break;
  default:
    break;
  }
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
  return reason == NULL ? push_number(L, &value) : push_refusal(L, reason);
}

int l_is_number(lua_State *L) {
  lua_pushboolean(L, dyn_number_test(L, 1) != NULL);
  return 1;
}

static int l_number_tostring(lua_State *L) {
  char text[DYN_DECIMAL_TEXT_MAX];
  size_t length = dyn_decimal_format(check_number(L, 1), text);
  lua_pushlstring(L, text, length);
  return 1;
}

/* number:tonumber() -> the nearest Lua number, which may have fewer digits */
static int l_number_tonumber(lua_State *L) {
  int64_t whole;
  const struct dyn_decimal *value = check_number(L, 1);
  if (dyn_decimal_to_int64(value, &whole) && dyn_push_exact_integer(L, whole)) return 1;
  lua_pushnumber(L, dyn_decimal_to_double(value));
  return 1;
}

/* Compares two operands of which one may be a plain number or FFI integer. */
static int compare(lua_State *L) {
  struct dyn_decimal plain[2];
  const struct dyn_decimal *operand[2];
  for (int i = 0; i < 2; i++) {
    operand[i] = dyn_number_test(L, i + 1);
    if (operand[i] != NULL) continue;
    const char *reason = read_number(L, i + 1, &plain[i]);
    if (reason != NULL) return luaL_argerror(L, i + 1, reason);
    operand[i] = &plain[i];
  }
  return dyn_decimal_compare(operand[0], operand[1]);
}

static int l_number_eq(lua_State *L) {
  const struct dyn_decimal *a = dyn_number_test(L, 1), *b = dyn_number_test(L, 2);
  lua_pushboolean(L, a != NULL && b != NULL && dyn_decimal_compare(a, b) == 0);
  return 1;
}

static int l_number_lt(lua_State *L) {
  lua_pushboolean(L, compare(L) < 0);
  return 1;
}

static int l_number_le(lua_State *L) {
  lua_pushboolean(L, compare(L) <= 0);
  return 1;
}

static const luaL_Reg metamethods[] = {{"__tostring", l_number_tostring},
                                       {"__eq", l_number_eq},
                                       {"__lt", l_number_lt},
                                       {"__le", l_number_le},
                                       {NULL, NULL}};

static const luaL_Reg methods[] = {{"tonumber", l_number_tonumber}, {NULL, NULL}};

void dyn_number_push_metatable(lua_State *L) {
  if (!luaL_newmetatable(L, DYN_NUMBER_TYPE)) return;
  luaL_setfuncs(L, metamethods, 0);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, DYN_NUMBER_TYPE);
  lua_setfield(L, -2, "__metatable");
}
