/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "arguments.h"
#include "stay.h"
#include "type.h"
#include "waits.h"

#include <limits.h>
#include <math.h>
#include <poll.h>

/* The Lua module dynamo.wait: waiting for file descriptors and times, for one or for many at once.
 * It blocks, so it has no place in an nginx worker. Private to lua/dynamo/loop/. */

#define TYPE_NAME "dynamo.wait.set"

enum { MAX_WAITS = 1000000 };

/* --- arguments ---------------------------------------------------------------------------- */

/* The descriptor that argument `index` is; -1 for nil. */
static int check_file(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return -1;
  lua_Number fd = dyn_argument_number(L, index, 0, INT_MAX - 1, "a descriptor expected");
  luaL_argcheck(L, fd == (int)fd, index, "a descriptor expected");
  return (int)fd;
}

/* The events of "r" or "w"; 0 for no descriptor. */
static short check_mode(lua_State *L, int index, int fd) {
  if (fd < 0) return 0;
  size_t length;
  const char *mode = luaL_checklstring(L, index, &length);
  luaL_argcheck(L, length == 1 && (*mode == 'r' || *mode == 'w'), index, "\"r\" or \"w\" expected");
  return *mode == 'r' ? POLLIN : POLLOUT;
}

/* Seconds of 0 or more; INFINITY for nil. */
static double check_seconds(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return INFINITY;
  lua_Number seconds = luaL_checknumber(L, index);
  luaL_argcheck(L, seconds == seconds, index, "a number of seconds expected");
  return seconds;
}

/* --- sets --------------------------------------------------------------------------------- */

static struct dyn_waits *check_set(lua_State *L) {
  return luaL_checkudata(L, 1, TYPE_NAME);
}

/* While the Lua state closes, older finalisers may still call in: there is room for no wait then.
 */
static int l_set_gc(lua_State *L) {
  struct dyn_waits *waits = check_set(L);
  dyn_waits_clean_up(waits);
  dyn_waits_init(waits, 0);
  return 0;
}

/* set:add(number, fd or nil, "r" or "w" or nil, seconds or nil): waits from now on until the
 * descriptor is ready or the seconds are over, whichever is first; once, under a number */
static int l_set_add(lua_State *L) {
  struct dyn_waits *waits = check_set(L);
  lua_Number number = luaL_checknumber(L, 2);
  int fd = check_file(L, 3);
  short events = check_mode(L, 4, fd);
  double seconds = check_seconds(L, 5);
  if (dyn_waits_add(waits, (int64_t)number, fd, events, seconds)) return 0;
  return luaL_error(L, "no memory for one more wait");
}

/* set:remove(number): ends a wait, if it is there */
static int l_set_remove(lua_State *L) {
  dyn_waits_remove(check_set(L), (int64_t)luaL_checknumber(L, 2));
  return 0;
}

/* set:poll(block, over, hand_on) -> how many waits are over, whether SIGINT came
 * With `hand_on` the program's handler is called for that, too. Their numbers are over[1] and so
 * on, and they are in the set no longer. */
static int l_set_poll(lua_State *L) {
  struct dyn_waits *waits = check_set(L);
  luaL_checktype(L, 3, LUA_TTABLE);
  bool interrupted = dyn_waits_poll(waits, lua_toboolean(L, 2), lua_toboolean(L, 4));
  int count = 0;
  for (int64_t number; dyn_waits_take(waits, &number);) {
    lua_pushnumber(L, (lua_Number)number);
    lua_rawseti(L, 3, ++count);
  }
  lua_pushinteger(L, count);
  lua_pushboolean(L, interrupted);
  return 2;
}

static const luaL_Reg SET_METAMETHODS[] = {{"__gc", l_set_gc}, {NULL, NULL}};

static const luaL_Reg SET_METHODS[] = {
    {"add", l_set_add}, {"remove", l_set_remove}, {"poll", l_set_poll}, {NULL, NULL}};

static const struct dyn_type SET_TYPE = {TYPE_NAME, SET_METAMETHODS, SET_METHODS, "locked"};

/* wait.new() -> set */
static int l_wait_new(lua_State *L) {
  struct dyn_waits *waits = lua_newuserdatauv(L, sizeof *waits, 0);
  dyn_waits_init(waits, MAX_WAITS);
  dyn_type_set(L, &SET_TYPE);
  return 1;
}

/* wait.block(fd or nil, "r" or "w" or nil, seconds or nil, hand_on) -> whether SIGINT ended it
 * With `hand_on` the program's handler is called for that, too. The whole process waits until the
 * descriptor is ready or the seconds are over, whatever other signals arrive. */
static int l_wait_block(lua_State *L) {
  int fd = check_file(L, 1);
  short events = check_mode(L, 2, fd);
  double seconds = check_seconds(L, 3);
  lua_pushboolean(L, dyn_waits_one(fd, events, seconds, lua_toboolean(L, 4)));
  return 1;
}

#if LUA_VERSION_NUM < 502

/* Whether the function at a level of the stack was called in a way that keeps what it calls from
 * yielding: by C, such as pcall, or as the iterator of a `for`. */
static bool is_barrier(lua_State *L, lua_Debug *level) {
  lua_getinfo(L, "nS", level);
  if (level->what[0] == 'C') return true;
  return level->name != NULL && strcmp(level->name, "(for generator)") == 0;
}

/* wait.is_yieldable() -> whether the running coroutine can yield: for PUC Lua 5.1, which cannot say
 */
static int l_wait_is_yieldable(lua_State *L) {
  lua_Debug level;
  bool can_yield = true;
  for (int i = 1; can_yield && lua_getstack(L, i, &level); i++) can_yield = !is_barrier(L, &level);
  lua_pushboolean(L, can_yield);
  return 1;
}

#endif

static const luaL_Reg FUNCTIONS[] = {{"new", l_wait_new},
                                     {"block", l_wait_block},
#if LUA_VERSION_NUM < 502
                                     {"is_yieldable", l_wait_is_yieldable},
#endif
                                     {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_dynamo_wait(lua_State *L);

int luaopen_dynamo_wait(lua_State *L) {
  dyn_stay_loaded();
  lua_newtable(L);
  luaL_setfuncs(L, FUNCTIONS, 0);
  return 1;
}
