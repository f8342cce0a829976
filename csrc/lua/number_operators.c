/* SPDX-License-Identifier: MIT */
#include "number_operators.h"

#include "arguments.h"
#include "context.h"
#include "number.h"
#include "type.h"

/* Replaces the operand at `index` by its words for a message. */
static void show_operand(lua_State *L, int index) {
  char text[DYN_DECIMAL_TEXT_MAX];
  struct dyn_decimal value;
  if (dyn_number_read(L, index, DYN_NUMBER_TO_COMPARE, &value) == NULL) {
    lua_pushlstring(L, text, dyn_decimal_format(&value, text));
  } else if (lua_type(L, index) == LUA_TNUMBER) {
    lua_pushvalue(L, index);
    lua_tolstring(L, -1, NULL);
  } else {
    lua_pushstring(L, dyn_type_words(L, index));
  }
  lua_replace(L, index);
}

static int fail(lua_State *L, const char *operation, const char *reason) {
  show_operand(L, 1);
  show_operand(L, 2);
  return luaL_error(L, "dynamo.number: %s %s %s: %s", lua_tostring(L, 1), operation,
                    lua_tostring(L, 2), reason);
}

static void read_operands(lua_State *L, const char *operation, enum dyn_number_use use,
                          struct dyn_decimal operands[2]) {
  for (int i = 0; i < 2; i++) {
    const char *reason = dyn_number_read(L, i + 1, use, &operands[i]);
    if (reason != NULL) fail(L, operation, reason);
  }
}

/* ---- arithmetic ---- */

/* Pushes a number object as the one result of a metamethod. */
static int return_number(lua_State *L, const struct dyn_decimal *value) {
  dyn_number_push_metatable(L);
  dyn_number_push(L, value, lua_gettop(L));
  return 1;
}

typedef enum dyn_decimal_status compute(const struct dyn_decimal *a, const struct dyn_decimal *b,
                                        struct dyn_decimal *out);

/* Returns why there is no result, or NULL. */
static const char *refusal(enum dyn_decimal_status status) {
  switch (status) {
  case DYN_DECIMAL_OK:
    return NULL;
  case DYN_DECIMAL_PRECISION:
    return "the result has more than 38 significant digits, and nothing is rounded here; "
           "round an operand, or count with :tonumber()";
  default:
    return "the result is outside DynamoDB's range, 1E-130 to 9.99...E+125; use another unit";
  }
}

static int push_result(lua_State *L, const char *operation, compute *compute_one) {
  struct dyn_decimal operands[2], result;
  read_operands(L, operation, DYN_NUMBER_TO_SEND, operands);
  const char *reason = refusal(compute_one(&operands[0], &operands[1], &result));
  return reason == NULL ? return_number(L, &result) : fail(L, operation, reason);
}

static int l_number_add(lua_State *L) {
  return push_result(L, "+", dyn_decimal_add);
}

static int l_number_subtract(lua_State *L) {
  return push_result(L, "-", dyn_decimal_subtract);
}

static int l_number_multiply(lua_State *L) {
  return push_result(L, "*", dyn_decimal_multiply);
}

static int l_number_negate(lua_State *L) {
  struct dyn_decimal value;
  const char *reason = dyn_number_read(L, 1, DYN_NUMBER_TO_SEND, &value);
  if (reason != NULL) return luaL_argerror(L, 1, reason);
  dyn_decimal_negate(&value, &value);
  return return_number(L, &value);
}

/* Pushes the result as what the runtime counts with; or nil, the reason. */
static int push_natural(lua_State *L, compute *compute_one) {
  struct dyn_decimal a, b, result;
  const char *reason = dyn_number_read(L, 1, DYN_NUMBER_TO_SEND, &a);
  if (reason == NULL) reason = dyn_number_read(L, 2, DYN_NUMBER_TO_SEND, &b);
  if (reason == NULL) reason = refusal(compute_one(&a, &b, &result));
  if (reason == NULL) {
    dyn_number_push_natural(L, &result, DYN_UP_NUMBER);
    return 1;
  }
  return dyn_refuse(L, reason);
}

int l_add(lua_State *L) {
  return push_natural(L, dyn_decimal_add);
}

int l_subtract(lua_State *L) {
  return push_natural(L, dyn_decimal_subtract);
}

/* ---- order ---- */

static int l_number_eq(lua_State *L) {
  const struct dyn_decimal *a = dyn_number_test(L, 1), *b = dyn_number_test(L, 2);
  lua_pushboolean(L, a != NULL && b != NULL && dyn_decimal_compare(a, b) == 0);
  return 1;
}

static int compare(lua_State *L, const char *operation) {
  struct dyn_decimal operands[2];
  read_operands(L, operation, DYN_NUMBER_TO_COMPARE, operands);
  return dyn_decimal_compare(&operands[0], &operands[1]);
}

static int l_number_lt(lua_State *L) {
  lua_pushboolean(L, compare(L, "<") < 0);
  return 1;
}

static int l_number_le(lua_State *L) {
  lua_pushboolean(L, compare(L, "<=") <= 0);
  return 1;
}

int l_digits(lua_State *L) {
  char text[DYN_DECIMAL_TEXT_MAX];
  struct dyn_decimal value;
  luaL_checkany(L, 1);
  if (dyn_number_read(L, 1, DYN_NUMBER_TO_COMPARE, &value) != NULL) {
    lua_pushnil(L);
  } else {
    lua_pushlstring(L, text, dyn_decimal_format(&value, text));
  }
  return 1;
}

/* ---- the type ---- */

static const struct dyn_decimal *check_number(lua_State *L, int index) {
  const struct dyn_decimal *value = dyn_number_test(L, index);
  if (value == NULL) luaL_argerror(L, index, "a dynamo.number expected");
  return value;
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
  dyn_argument_end(L, 1, "number:tonumber");
  if (dyn_decimal_to_int64(value, &whole) && dyn_push_exact_integer(L, whole)) return 1;
  lua_pushnumber(L, dyn_decimal_to_double(value));
  return 1;
}

static const luaL_Reg metamethods[] = {{"__tostring", l_number_tostring},
                                       {"__add", l_number_add},
                                       {"__sub", l_number_subtract},
                                       {"__mul", l_number_multiply},
                                       {"__unm", l_number_negate},
                                       {"__eq", l_number_eq},
                                       {"__lt", l_number_lt},
                                       {"__le", l_number_le},
                                       {NULL, NULL}};

static const luaL_Reg methods[] = {{"tonumber", l_number_tonumber}, {NULL, NULL}};

static const struct dyn_type type = {DYN_NUMBER_TYPE, metamethods, methods, DYN_NUMBER_TYPE};

void dyn_number_push_metatable(lua_State *L) {
  dyn_type_push(L, &type);
}
