/* SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <stdbool.h>
#include <string.h>

/* spec.failing_memory: Lua states of their own whose memory runs out where a spec wants it to. */

/* Stands before a state's own allocator. */
struct memory {
  lua_Alloc allocate;
  void *context;
  bool failing;
  lua_Integer left; /* allocations that succeed while it fails the later ones */
};

/* Fails every allocation and growth once none is left; giving back and shrinking always work. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
  struct memory *memory = context;
  bool grows = new_size > 0 && (block == NULL || new_size > old_size);
  if (memory->failing && grows && memory->left-- <= 0) return NULL;
  return memory->allocate(memory->context, block, old_size, new_size);
}

static void set_path(lua_State *L, const char *name, const char *value) {
  lua_getglobal(L, "package");
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

/* Calls the function on top of the stack, which then is its result or its error, as text. */
static bool call(lua_State *L) {
  bool done = lua_pcall(L, 0, 1, 0) == 0;
  if (!lua_isstring(L, -1)) {
    lua_pop(L, 1);
    lua_pushstring(L, done ? "done" : "an error that is no text");
  }
  return done;
}

/* failing.run(count, work, check, path, cpath) -> worked, result of work, checked, result of check
 * In a new state: runs the chunk `work` while only `count` allocations succeed, and then the chunk
 * `check` with all the memory it wants. A result is a string; of a chunk that raised, the error. */
static int l_run(lua_State *L) {
  struct memory memory = {NULL, NULL, false, luaL_checkinteger(L, 1)};
  const char *work = luaL_checkstring(L, 2), *check = luaL_checkstring(L, 3);
  const char *path = luaL_checkstring(L, 4), *cpath = luaL_checkstring(L, 5);
  lua_State *other = luaL_newstate();
  if (other == NULL) return luaL_error(L, "no state");
  luaL_openlibs(other);
  set_path(other, "path", path);
  set_path(other, "cpath", cpath);
  if (luaL_loadstring(other, check) != 0 || luaL_loadstring(other, work) != 0) {
    return luaL_error(L, "%s", lua_tostring(other, -1));
  }
  memory.allocate = lua_getallocf(other, &memory.context);
  lua_setallocf(other, allocate, &memory);
  memory.failing = true;
  bool worked = lua_pcall(other, 0, 0, 0) == 0;
  memory.failing = false;
  if (worked) lua_pushliteral(other, "done");
  lua_insert(other, -2); /* stack: result check */
  bool checked = call(other);
  lua_pushboolean(L, worked);
  lua_pushstring(L, lua_tostring(other, -2));
  lua_pushboolean(L, checked);
  lua_pushstring(L, lua_tostring(other, -1));
  lua_setallocf(other, memory.allocate, memory.context);
  lua_close(other);
  return 4;
}

int luaopen_spec_failing_memory(lua_State *L);

__attribute__((visibility("default"))) int luaopen_spec_failing_memory(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, l_run);
  lua_setfield(L, -2, "run");
  return 1;
}
