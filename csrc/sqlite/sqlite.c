/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "arguments.h"
#include "stay.h"
#include "type.h"

#include <limits.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* The Lua module dynamo.sqlite: a database of SQLite's and its statements. It knows nothing of
 * DynamoDB. Private to lua/dynamo/embedded/. See https://www.sqlite.org/c3ref/intro.html
 *
 * A function that fails returns nil, code, message: the code is a word of `code_of`. No function of
 * ours is called by SQLite. */

#define DATABASE_TYPE  "dynamo.sqlite.database"
#define STATEMENT_TYPE "dynamo.sqlite.statement"

enum { MAX_PARAMETERS = 16, MAX_COLUMNS = 16 };

struct statement;

/* 1. sqlite.open makes it; what could not be opened is NULL.
 * 2. Its statements are in a list, so that either side can end first.
 * 3. __gc, or database:close, ends it and them; closing twice is harmless. */
struct database {
  sqlite3 *handle;
  struct statement *first;
  struct statement *unfinished; /* stopped by a raise: to be reset before the next use */
  pid_t owner;                  /* 0: memory, which each process after a fork has for itself */
};

/* 1. database:prepare makes it, linked into its database's list.
 * 2. Each use binds every parameter, steps and resets: none is left in the middle.
 * 3. __gc, or the end of its database, finalises it. */
struct statement {
  sqlite3_stmt *handle;
  struct database *database; /* NULL once that has ended */
  struct statement *next;
};

/* --- what went wrong -------------------------------------------------------------------------- */

static const char *code_of(int status) {
  switch (status & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return "busy";
  case SQLITE_FULL:
    return "full";
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return "read_only";
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return "damaged";
  case SQLITE_CANTOPEN:
    return "unopened";
  case SQLITE_IOERR:
    return "io";
  case SQLITE_NOMEM:
    return "memory";
  case SQLITE_TOOBIG:
    return "too_big";
  case SQLITE_CONSTRAINT:
    return "constraint";
  default:
    return "failed";
  }
}

/* Pushes what a function returns that failed. */
static int push_failure(lua_State *L, sqlite3 *handle, int status) {
  lua_pushnil(L);
  lua_pushstring(L, code_of(status));
  lua_pushstring(L, handle ? sqlite3_errmsg(handle) : sqlite3_errstr(status));
  return 3;
}

/* --- statements ------------------------------------------------------------------------------- */

/* Takes a statement out of its database's list and finalises it. */
static void end_statement(struct statement *statement) {
  struct database *database = statement->database;
  if (database) {
    struct statement **link = &database->first;
    while (*link && *link != statement) link = &(*link)->next;
    if (*link) *link = statement->next;
    if (database->unfinished == statement) database->unfinished = NULL;
  }
  if (database && database->handle) (void)sqlite3_finalize(statement->handle);
  statement->database = NULL;
  statement->handle = NULL;
}

static int l_statement_close(lua_State *L) {
  end_statement(luaL_checkudata(L, 1, STATEMENT_TYPE));
  return 0;
}

/* Whether this process may use a database: it opened it, or it is in memory. */
static bool is_ours(const struct database *database) {
  return database->owner == 0 || database->owner == getpid();
}

/* Pushes what a function returns in a process that did not open the database. */
static int refuse_forked(lua_State *L) {
  lua_pushnil(L);
  lua_pushliteral(L, "forked");
  lua_pushliteral(L, "opened before this process was forked");
  return 3;
}

/* Ends what a raise left in the middle. */
static void finish_last(struct database *database) {
  if (database->unfinished) (void)sqlite3_reset(database->unfinished->handle);
  database->unfinished = NULL;
}

/* The open statement that argument 1 is, ready to be bound; NULL with a failure pushed, in a
 * process that did not open the database. */
static struct statement *check_statement(lua_State *L) {
  struct statement *statement = luaL_checkudata(L, 1, STATEMENT_TYPE);
  luaL_argcheck(L, statement->handle, 1, "the database is closed");
  if (is_ours(statement->database)) {
    finish_last(statement->database);
    return statement;
  }
  (void)refuse_forked(L);
  return NULL;
}

static int bind_number(lua_State *L, int index, sqlite3_stmt *handle, int at) {
  lua_Number number = lua_tonumber(L, index);
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, index)) return sqlite3_bind_int64(handle, at, lua_tointeger(L, index));
#endif
  bool is_whole = number > -DYN_DOUBLE_WHOLE_LIMIT && number < DYN_DOUBLE_WHOLE_LIMIT &&
                  (lua_Number)(sqlite3_int64)number == number;
  if (is_whole) return sqlite3_bind_int64(handle, at, (sqlite3_int64)number);
  return sqlite3_bind_double(handle, at, number);
}

/* Binds the value at `index`, which stays on the stack while the statement runs. Every text is a
 * BLOB, which SQLite orders by bytes. */
static int bind_value(lua_State *L, int index, sqlite3_stmt *handle, int at) {
  size_t length = 0;
  switch (lua_type(L, index)) {
  case LUA_TSTRING: {
    const char *data = lua_tolstring(L, index, &length);
    return sqlite3_bind_blob64(handle, at, data, length, SQLITE_STATIC);
  }
  case LUA_TNUMBER:
    return bind_number(L, index, handle, at);
  case LUA_TBOOLEAN:
    return sqlite3_bind_int(handle, at, lua_toboolean(L, index));
  case LUA_TNONE:
  case LUA_TNIL:
    return sqlite3_bind_null(handle, at);
  default:
    return luaL_argerror(L, index, "no value of a database");
  }
}

/* Binds the arguments from `first` on to the parameters; those that are missing are NULL. */
static int bind_all(lua_State *L, sqlite3_stmt *handle, int first) {
  int count = sqlite3_bind_parameter_count(handle), status = SQLITE_OK;
  if (lua_gettop(L) - first >= count) luaL_error(L, "more values than the %d parameters", count);
  for (int i = 0; i < count && status == SQLITE_OK; i++) {
    status = bind_value(L, first + i, handle, i + 1);
  }
  return status;
}

static void push_integer(lua_State *L, sqlite3_int64 number) {
  if (!dyn_push_exact_integer(L, number)) lua_pushnumber(L, (lua_Number)number);
}

/* Pushes a column of the row that the statement stands at; raises where there is no memory. */
static void push_column(lua_State *L, sqlite3_stmt *handle, int at) {
  switch (sqlite3_column_type(handle, at)) {
  case SQLITE_INTEGER:
    push_integer(L, sqlite3_column_int64(handle, at));
    break;
  case SQLITE_FLOAT:
    lua_pushnumber(L, sqlite3_column_double(handle, at));
    break;
  case SQLITE_NULL:
    lua_pushnil(L);
    break;
  default: {
    const char *data = sqlite3_column_blob(handle, at);
    int length = sqlite3_column_bytes(handle, at);
    if (!data && length > 0) luaL_error(L, "not enough memory");
    lua_pushlstring(L, data ? data : "", data ? (size_t)length : 0);
  }
  }
}

/* Resets the statement, which is done, and pushes its failure if it has one. */
static int finish(lua_State *L, struct statement *statement, int status, int results) {
  struct database *database = statement->database;
  if (status == SQLITE_ROW || status == SQLITE_DONE) {
    status = sqlite3_reset(statement->handle);
    database->unfinished = NULL;
    if (status == SQLITE_OK) return results;
    return push_failure(L, database->handle, status);
  }
  results = push_failure(L, database->handle, status);
  (void)sqlite3_reset(statement->handle);
  database->unfinished = NULL;
  return results;
}

/* statement:row(...) -> the columns of the first row; false where there is none
 * With more arguments than one row wants it is how anything is run: the rest is not looked at. */
static int l_statement_row(lua_State *L) {
  struct statement *statement = check_statement(L);
  if (!statement) return 3;
  int status = bind_all(L, statement->handle, 2), columns = 0;
  luaL_checkstack(L, MAX_COLUMNS + 3, "columns");
  statement->database->unfinished = statement;
  if (status == SQLITE_OK) status = sqlite3_step(statement->handle);
  if (status == SQLITE_ROW) columns = sqlite3_column_count(statement->handle);
  for (int i = 0; i < columns; i++) push_column(L, statement->handle, i);
  if (columns == 0) lua_pushboolean(L, false);
  return finish(L, statement, status, columns ? columns : 1);
}

/* Appends the columns of a row to the list on top of the stack, and returns their bytes. */
static lua_Number append_row(lua_State *L, sqlite3_stmt *handle, int columns, int at) {
  lua_Number bytes = 0;
  for (int i = 0; i < columns; i++) {
    push_column(L, handle, i);
    if (lua_type(L, -1) == LUA_TSTRING) bytes += (lua_Number)lua_rawlen(L, -1);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      lua_pushboolean(L, false);
    }
    lua_rawseti(L, -2, at + i + 1);
  }
  return bytes;
}

/* statement:list(max_rows, max_bytes, ...) -> the rows' columns one behind the other (false for
 * NULL), how many rows, whether it ended before the last for a limit. The row that reaches the
 * limit of bytes is the last. */
static int l_statement_list(lua_State *L) {
  struct statement *statement = check_statement(L);
  if (!statement) return 3;
  int max_rows = dyn_argument_count(L, 2, "rows, 1 or more, expected"), rows = 0;
  lua_Number left = dyn_argument_number(L, 3, 1, INT_MAX, "bytes, 1 or more, expected");
  int status = bind_all(L, statement->handle, 4);
  int columns = sqlite3_column_count(statement->handle);
  luaL_checkstack(L, 6, "rows");
  lua_newtable(L);
  statement->database->unfinished = statement;
  while (status == SQLITE_OK || status == SQLITE_ROW) {
    status = sqlite3_step(statement->handle);
    if (status != SQLITE_ROW || rows == max_rows || left <= 0) break;
    left -= append_row(L, statement->handle, columns, rows++ * columns);
  }
  lua_pushinteger(L, rows);
  lua_pushboolean(L, status == SQLITE_ROW);
  return finish(L, statement, status, 3);
}

static const luaL_Reg statement_metamethods[] = {{"__gc", l_statement_close}, {NULL, NULL}};
static const luaL_Reg statement_methods[] = {{"row", l_statement_row},
                                             {"list", l_statement_list},
                                             {"close", l_statement_close},
                                             {NULL, NULL}};
static const struct dyn_type statement_type = {STATEMENT_TYPE, statement_metamethods,
                                               statement_methods, "statement"};

/* --- a database ------------------------------------------------------------------------------- */

static struct database *check_open(lua_State *L) {
  struct database *database = luaL_checkudata(L, 1, DATABASE_TYPE);
  luaL_argcheck(L, database->handle, 1, "the database is closed");
  return database;
}

/* database:close(): twice does no harm. In a process that did not open it the file is left alone:
 * what closing does to it is the other's business. */
static int l_database_close(lua_State *L) {
  struct database *database = luaL_checkudata(L, 1, DATABASE_TYPE);
  sqlite3 *handle = database->handle;
  if (handle && !is_ours(database)) database->handle = NULL;
  while (database->first) end_statement(database->first);
  if (database->handle) (void)sqlite3_close_v2(database->handle);
  database->handle = NULL;
  return 0;
}

/* database:prepare(sql) -> a statement | nil, code, message */
static int l_database_prepare(lua_State *L) {
  struct database *database = check_open(L);
  struct dyn_slice sql = dyn_argument_text(L, 2);
  dyn_argument_end(L, 2, "prepare");
  luaL_argcheck(L, sql.length < INT_MAX, 2, "too long");
  if (!is_ours(database)) return refuse_forked(L);
  finish_last(database);
  struct statement *statement = lua_newuserdatauv(L, sizeof *statement, 0);
  memset(statement, 0, sizeof *statement);
  dyn_type_set(L, &statement_type);
  int status = sqlite3_prepare_v3(database->handle, sql.data, (int)sql.length,
                                  SQLITE_PREPARE_PERSISTENT, &statement->handle, NULL);
  if (status != SQLITE_OK) return push_failure(L, database->handle, status);
  statement->database = database;
  statement->next = database->first;
  database->first = statement;
  bool is_small = sqlite3_bind_parameter_count(statement->handle) <= MAX_PARAMETERS &&
                  sqlite3_column_count(statement->handle) <= MAX_COLUMNS;
  luaL_argcheck(L, statement->handle && is_small, 2, "not one statement of a few values");
  return 1;
}

/* database:run(sql) -> true | nil, code, message
 * Runs statements without values, one after the other. */
static int l_database_run(lua_State *L) {
  struct database *database = check_open(L);
  const char *sql = luaL_checkstring(L, 2);
  dyn_argument_end(L, 2, "run");
  if (!is_ours(database)) return refuse_forked(L);
  finish_last(database);
  int status = sqlite3_exec(database->handle, sql, NULL, NULL, NULL);
  if (status != SQLITE_OK) return push_failure(L, database->handle, status);
  lua_pushboolean(L, true);
  return 1;
}

/* database:changes() -> how many rows the last writing statement touched */
static int l_database_changes(lua_State *L) {
  push_integer(L, sqlite3_changes(check_open(L)->handle));
  return 1;
}

/* database:is_in_transaction() -> boolean */
static int l_database_is_in_transaction(lua_State *L) {
  lua_pushboolean(L, sqlite3_get_autocommit(check_open(L)->handle) == 0);
  return 1;
}

static const luaL_Reg database_metamethods[] = {{"__gc", l_database_close}, {NULL, NULL}};
static const luaL_Reg database_methods[] = {
    {"prepare", l_database_prepare}, {"run", l_database_run},
    {"changes", l_database_changes}, {"is_in_transaction", l_database_is_in_transaction},
    {"close", l_database_close},     {NULL, NULL}};
static const struct dyn_type database_type = {DATABASE_TYPE, database_metamethods, database_methods,
                                              "database"};

/* What a file that somebody else wrote may not do: run code of its own. */
static void distrust(sqlite3 *handle) {
  (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
#ifdef SQLITE_DBCONFIG_ENABLE_VIEW
  (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
#endif
#ifdef SQLITE_DBCONFIG_TRUSTED_SCHEMA
  (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
#endif
}

/* sqlite.open(path) -> a database | nil, code, message
 * It waits for no lock of another's: that is "busy". ":memory:" is one in memory. A file is made
 * where there is none, and opened for reading where it may not be written. For one thread. */
static int l_sqlite_open(lua_State *L) {
  enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX };
  struct dyn_slice path = dyn_argument_text(L, 1);
  dyn_argument_end(L, 1, "open");
  luaL_argcheck(L, strlen(path.data) == path.length, 1, "a NUL byte in the path");
  struct database *database = lua_newuserdatauv(L, sizeof *database, 0);
  memset(database, 0, sizeof *database);
  dyn_type_set(L, &database_type);
  if (strcmp(path.data, ":memory:") != 0) database->owner = getpid();
  int status = sqlite3_open_v2(path.data, &database->handle, FLAGS, NULL);
  if (status != SQLITE_OK) {
    int results = push_failure(L, database->handle, status);
    (void)sqlite3_close_v2(database->handle);
    database->handle = NULL;
    return results;
  }
  distrust(database->handle);
  return 1;
}

/* sqlite.sleep(seconds): holds up the whole process. */
static int l_sqlite_sleep(lua_State *L) {
  lua_Number seconds = dyn_argument_number(L, 1, 0, 3600, "seconds, an hour at most, expected");
  dyn_argument_end(L, 1, "sleep");
  (void)sqlite3_sleep((int)(seconds * 1000 + 0.5));
  return 0;
}

/* sqlite.version() -> SQLite's, such as "3.40.1" */
static int l_sqlite_version(lua_State *L) {
  lua_pushstring(L, sqlite3_libversion());
  return 1;
}

static const luaL_Reg functions[] = {{"open", l_sqlite_open},
                                     {"sleep", l_sqlite_sleep},
                                     {"version", l_sqlite_version},
                                     {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_dynamo_sqlite(lua_State *L);

int luaopen_dynamo_sqlite(lua_State *L) {
  dyn_stay_loaded();
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
