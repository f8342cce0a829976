/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "child.h"
#include "file.h"
#include "stay.h"
#include "type.h"

#include <limits.h>
#include <lualib.h>

/* The Lua module dynamo.process: other programs and small files, which Lua's own library can only
 * have through a shell, or with a wait that nothing ends. Private to dynamo/world.lua. */

#define TYPE_NAME "dynamo.process"

static const char *const NUL_IN_NAME = "a NUL byte in its name";

enum { MAX_PATH_BYTES = 4096 + 8 };

/* What one call owns, freed by the collector if the call raises. */
struct work {
  struct dyn_child child;
  struct dyn_buf memory; /* argv, what a file holds, or a file's name */
};

static int l_process_gc(lua_State *L) {
  struct work *work = luaL_checkudata(L, 1, TYPE_NAME);
  dyn_child_clean_up(&work->child);
  dyn_buf_clean_up(&work->memory);
  return 0;
}

static const luaL_Reg metamethods[] = {{"__gc", l_process_gc}, {NULL, NULL}};

static const struct dyn_type type = {TYPE_NAME, metamethods, NULL, "locked"};

/* Pushes the work of a call; the child's streams and the memory may take `max_bytes` each. */
static struct work *push_work(lua_State *L, size_t max_bytes) {
  struct work *work = lua_newuserdatauv(L, sizeof *work, 0);
  dyn_child_init(&work->child, max_bytes);
  dyn_buf_init(&work->memory, max_bytes);
  dyn_type_set(L, &type);
  return work;
}

/* --- programs ----------------------------------------------------------------------------- */

/* A string for the system, which ends it at a NUL; NULL if it holds one. */
static const char *system_text(struct dyn_slice text) {
  return strlen(text.data) == text.length ? text.data : NULL;
}

/* Collects the strings of the list at `index`, which keeps them alive, with a NULL after them.
 * Returns false if one holds a NUL byte. */
static bool check_argv(lua_State *L, int index, struct dyn_buf *memory) {
  const char *word = NULL;
  int count = (int)lua_rawlen(L, index);
  luaL_argcheck(L, count >= 1, index, "a program with its arguments expected");
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, index, i);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, index, "a list of strings expected");
    word = system_text(dyn_argument_text(L, -1));
    if (!word) return false;
    dyn_buf_append(memory, (const char *)&word, sizeof word);
    lua_pop(L, 1);
  }
  word = NULL;
  dyn_buf_append(memory, (const char *)&word, sizeof word);
  luaL_argcheck(L, !memory->error, index, "too many arguments");
  return true;
}

/* Pushes what run returns for a program that gave no answer; the words are on top of the stack. */
static int push_failure(lua_State *L, const char *code, const char *program) {
  lua_pushnil(L);
  lua_pushstring(L, code);
  lua_pushfstring(L, "%s: %s", program, lua_tostring(L, -3));
  return 3;
}

static int push_end(lua_State *L, enum dyn_child_end end, const char *program, int system_error) {
  switch (end) {
  case DYN_CHILD_NOT_STARTED:
    lua_pushstring(L, strerror(system_error));
    return push_failure(L, "NotStarted", program);
  case DYN_CHILD_TIMED_OUT:
    lua_pushfstring(L, "killed, for it did not end within %d ms", (int)lua_tointeger(L, 2));
    return push_failure(L, "TimedOut", program);
  case DYN_CHILD_TOO_LARGE:
    lua_pushfstring(L, "killed, for it wrote more than %d bytes", (int)lua_tointeger(L, 3));
    return push_failure(L, "TooLarge", program);
  case DYN_CHILD_LOST:
    lua_pushliteral(L, "how it ended is not known, for this process ignores SIGCHLD");
    return push_failure(L, "StatusLost", program);
  default:
    lua_pushliteral(L, "killed, for there was no memory for what it wrote");
    return push_failure(L, "OutOfMemory", program);
  }
}

static void push_stream(lua_State *L, const struct dyn_buf *stream) {
  lua_pushlstring(L, stream->data ? stream->data : "", stream->length);
}

/* process.run(argv, timeout_ms, max_bytes)
 *   -> status, stdout, stderr    the status is 128 + n after signal n
 *   -> nil, code, message        NotStarted TimedOut TooLarge StatusLost OutOfMemory BadArgument
 * Runs the program argv[1], looked for in PATH, without a shell. The message names the program and
 * none of its arguments. */
static int l_process_run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int timeout_ms = dyn_argument_count(L, 2, "milliseconds, 1 or more, expected");
  int max_bytes = dyn_argument_count(L, 3, "bytes, 1 or more, expected");
  struct work *work = push_work(L, (size_t)max_bytes);
  work->memory.max_bytes = INT_MAX;
  if (!check_argv(L, 1, &work->memory)) {
    lua_pushliteral(L, "a NUL byte in its arguments");
    return push_failure(L, "BadArgument", "not run");
  }
  char *const *argv = (char *const *)(void *)work->memory.data;
  enum dyn_child_end end = dyn_child_run(&work->child, argv, timeout_ms);
  if (end != DYN_CHILD_EXITED) return push_end(L, end, argv[0], work->child.system_error);
  lua_pushinteger(L, work->child.status);
  push_stream(L, &work->child.streams[DYN_CHILD_OUTPUT]);
  push_stream(L, &work->child.streams[DYN_CHILD_ERRORS]);
  dyn_child_clean_up(&work->child);
  dyn_buf_clean_up(&work->memory);
  return 3;
}

/* --- files -------------------------------------------------------------------------------- */

/* Pushes what a function about the file of argument 1 returns after a failure. */
static int push_problem(lua_State *L, const char *problem) {
  lua_pushnil(L);
  lua_pushfstring(L, "%s: %s", lua_tostring(L, 1), problem);
  return 2;
}

/* The path that argument 1 is; NULL if it holds a NUL byte. */
static const char *check_path(lua_State *L) {
  return system_text(dyn_argument_text(L, 1));
}

/* process.read_file(path, max_bytes)
 *   -> text, permissions          as of chmod
 *   -> nil, message, is_there     the message names the file; is_there: it is a regular file
 * Never waits: a pipe, a device and a folder are refused. */
static int l_process_read_file(lua_State *L) {
  struct dyn_file_facts facts = {0};
  const char *path = check_path(L);
  int max_bytes = dyn_argument_count(L, 2, "bytes, 1 or more, expected");
  struct work *work = push_work(L, (size_t)max_bytes);
  const char *problem = path ? dyn_file_read(path, &work->memory, &facts) : NUL_IN_NAME;
  if (work->memory.error == DYN_ERR_TOO_LARGE) {
    problem = lua_pushfstring(L, "larger than %d bytes", max_bytes);
  }
  if (problem) {
    (void)push_problem(L, problem);
    lua_pushboolean(L, facts.is_regular);
    return 3;
  }
  push_stream(L, &work->memory);
  dyn_buf_clean_up(&work->memory);
  lua_pushinteger(L, (lua_Integer)facts.permissions);
  return 2;
}

/* process.write_file(path, text) -> true | nil, message that names the file
 * The file is wholly the new one or, after a failure, wholly the old one. */
static int l_process_write_file(lua_State *L) {
  const char *path = check_path(L);
  struct dyn_slice text = dyn_argument_text(L, 2);
  struct work *work = push_work(L, MAX_PATH_BYTES);
  const char *problem = path ? dyn_file_write(path, text, &work->memory) : NUL_IN_NAME;
  if (problem) return push_problem(L, problem);
  lua_pushboolean(L, true);
  return 1;
}

/* The FILE of a file of Lua's library, NULL for one that is closed: from 5.2 on its pointer is left
 * as it was then. */
static FILE *check_open_file(lua_State *L) {
#if LUA_VERSION_NUM >= 502
  const luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  return stream->closef ? stream->f : NULL;
#else
  FILE *const *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  return *file;
#endif
}

/* process.is_terminal(file) -> boolean; false for a closed file */
static int l_process_is_terminal(lua_State *L) {
  FILE *file = check_open_file(L);
  lua_pushboolean(L, file && dyn_file_is_terminal(file));
  return 1;
}

static const luaL_Reg functions[] = {{"run", l_process_run},
                                     {"read_file", l_process_read_file},
                                     {"write_file", l_process_write_file},
                                     {"is_terminal", l_process_is_terminal},
                                     {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_dynamo_process(lua_State *L);

int luaopen_dynamo_process(lua_State *L) {
  dyn_stay_loaded();
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
