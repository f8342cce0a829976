/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "arguments.h"
#include "exchange.h"
#include "message_box.h"
#include "stay.h"
#include "type.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

/* The Lua module dynamo.curl: connections of libcurl's, and the clocks that go with them. It
 * blocks, so it has no place in an nginx worker. Private to dynamo/transport/curl.lua. */

#define TYPE_NAME     "dynamo.curl"
#define EXCHANGE_NAME "dynamo.exchange"

enum { DEFAULT_CONNECT_TIMEOUT_MS = 3100, DEFAULT_MAX_CONNECTIONS = 50 };

/* --- clocks ------------------------------------------------------------------------------- */

/* curl.monotonic() -> seconds since some moment; never goes back */
static int l_curl_monotonic(lua_State *L) {
  lua_pushnumber(L, dyn_exchange_clock());
  return 1;
}

/* curl.now() -> seconds since 1970, with their fraction */
static int l_curl_now(lua_State *L) {
  struct timespec time = {0, 0};
  clock_gettime(CLOCK_REALTIME, &time);
  lua_pushnumber(L, (lua_Number)time.tv_sec + (lua_Number)time.tv_nsec / 1e9);
  return 1;
}

/* curl.sleep(seconds): returns after that time, whatever signals arrive */
static int l_curl_sleep(lua_State *L) {
  lua_Number seconds = dyn_argument_number(L, 1, 0, INT_MAX, "seconds, 0 or more, expected");
  struct timespec left;
  left.tv_sec = (time_t)seconds;
  left.tv_nsec = (long)((seconds - (lua_Number)left.tv_sec) * 1e9);
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
  return 0;
}

/* --- the pool ----------------------------------------------------------------------------- */

struct client {
  struct dyn_pool pool;
  double connect_timeout_s; /* name resolution, TCP, proxy and TLS together */
};

static struct client *check_open_client(lua_State *L) {
  struct client *client = luaL_checkudata(L, 1, TYPE_NAME);
  luaL_argcheck(L, dyn_pool_is_open(&client->pool), 1, "the pool is closed");
  return client;
}

/* pool:close(); also __gc and __close */
static int l_pool_close(lua_State *L) {
  struct client *client = luaL_checkudata(L, 1, TYPE_NAME);
  dyn_pool_close(&client->pool);
  return 0;
}

/* Returns the text at `index`, which libcurl is given: it ends at its first NUL. */
static struct dyn_slice check_c_text(lua_State *L, int index) {
  struct dyn_slice text = dyn_argument_text(L, index);
  luaL_argcheck(L, memchr(text.data, '\0', text.length) == NULL, index,
                "no text with a NUL expected");
  return text;
}

/* Begins what the arguments of pool:carry say; they must stay where they are. */
static void begin(lua_State *L, struct dyn_exchange *exchange) {
  struct client *client = check_open_client(L);
  struct dyn_message *message = dyn_message_check(L, 2);
  struct dyn_target target = {check_c_text(L, 3), check_c_text(L, 4)};
  lua_Number until_s = luaL_checknumber(L, 5);
  luaL_argcheck(L, until_s == until_s, 5, "a moment expected");
  dyn_exchange_begin(exchange, &client->pool, message, &target, until_s, client->connect_timeout_s);
}

/* Pushes true for a response; else false, how much of the request was sent and, if it did not go
 * all the way, kind, code, text. */
static int push_outcome(lua_State *L, const struct dyn_exchange *exchange) {
  bool came = !exchange->failure.code && exchange->message->state == DYN_MESSAGE_DONE;
  lua_pushboolean(L, came);
  if (came) return 1;
  lua_pushstring(L, dyn_message_sent(exchange->message));
  if (!exchange->failure.code) return 2;
  lua_pushstring(L, exchange->failure.kind);
  lua_pushstring(L, exchange->failure.code);
  lua_pushstring(L, exchange->failure.text);
  return 5;
}

/* pool:carry(message, url, proxy, deadline, hand_on) -> true    the response is in the message
 *   -> false, sent                      there is none, and the message says why
 *   -> false, sent, kind, code, text    it did not go all the way, and why; how much of it was sent
 * SIGINT ends the wait; with `hand_on` the program's handler is called for that, too.
 * The message is of dynamo.core. `url` is "http://host:port", `proxy` one's address or "",
 * `deadline` is on the clock of curl.monotonic. */
static int l_pool_carry(lua_State *L) {
  struct dyn_exchange exchange;
  begin(L, &exchange);
  dyn_exchange_perform(&exchange, lua_toboolean(L, 6));
  return push_outcome(L, &exchange);
}

/* --- exchanges that do not block ---------------------------------------------------------- */

/* An exchange may be used again once it is closed. */
struct pending {
  struct dyn_exchange exchange;
  bool is_open;
  int arguments; /* a reference to a table of what it was begun with last, which lives as long */
};

static struct pending *check_pending(lua_State *L) {
  struct pending *pending = luaL_checkudata(L, 1, EXCHANGE_NAME);
  luaL_argcheck(L, pending->is_open, 1, "the exchange is closed");
  return pending;
}

/* exchange:close() -> how much of the request was sent    gives up one that is not over, whose
 *   connection is closed; nothing is returned of another. Also __close. */
static int l_exchange_close(lua_State *L) {
  struct pending *pending = luaL_checkudata(L, 1, EXCHANGE_NAME);
  if (!pending->is_open) return 0;
  dyn_exchange_end(&pending->exchange);
  pending->is_open = false;
  lua_pushstring(L, dyn_message_sent(pending->exchange.message));
  return 1;
}

static int l_exchange_gc(lua_State *L) {
  struct pending *pending = luaL_checkudata(L, 1, EXCHANGE_NAME);
  if (pending->is_open) dyn_exchange_end(&pending->exchange);
  pending->is_open = false;
  luaL_unref(L, LUA_REGISTRYINDEX, pending->arguments);
  pending->arguments = LUA_NOREF;
  return 0;
}

/* Pushes what exchange:advance returns of a wait. */
static int push_wait(lua_State *L, const struct dyn_exchange *exchange) {
  struct dyn_wait next = dyn_exchange_next(exchange);
  lua_pushboolean(L, false);
  if (next.fd >= 0) {
    lua_pushinteger(L, next.fd);
  } else {
    lua_pushnil(L);
  }
  lua_pushstring(L, next.to_write ? "w" : "r");
  lua_pushnumber(L, next.most_ms / 1000.0);
  lua_pushboolean(L, exchange->stage == DYN_EXCHANGE_WANTS);
  return 5;
}

/* Goes on with one that is open; pushes what exchange:advance returns. */
static int advance(lua_State *L, struct pending *pending) {
  if (dyn_exchange_advance(&pending->exchange)) return push_wait(L, &pending->exchange);
  pending->is_open = false;
  lua_pushboolean(L, true);
  return 1 + push_outcome(L, &pending->exchange);
}

/* exchange:advance() -> true, and what pool:carry returns    it is over, and closed
 *   -> false, fd, "r" or "w", seconds, is_without
 *            wait until that can be read or written, or for so long
 * A nil for fd stands for nothing: there is only the time to wait for or, without a connection, for
 * another exchange to give one back. */
static int l_exchange_advance(lua_State *L) {
  return advance(L, check_pending(L));
}

static const luaL_Reg EXCHANGE_METAMETHODS[] = {
    {"__gc", l_exchange_gc}, {"__close", l_exchange_close}, {NULL, NULL}};

static const luaL_Reg EXCHANGE_METHODS[] = {
    {"advance", l_exchange_advance}, {"close", l_exchange_close}, {NULL, NULL}};

static const struct dyn_type EXCHANGE_TYPE = {EXCHANGE_NAME, EXCHANGE_METAMETHODS, EXCHANGE_METHODS,
                                              "locked"};

enum { EXCHANGE_ARGUMENTS = 5 };

/* Pushes a new exchange, closed. */
static struct pending *new_pending(lua_State *L) {
  struct pending *pending = lua_newuserdatauv(L, sizeof *pending, 0);
  pending->is_open = false;
  pending->arguments = LUA_NOREF;
  dyn_type_set(L, &EXCHANGE_TYPE);
  lua_createtable(L, EXCHANGE_ARGUMENTS, 0);
  pending->arguments = luaL_ref(L, LUA_REGISTRYINDEX);
  return pending;
}

/* Pushes the exchange at `index`, which is closed; a new one for nil. */
static struct pending *push_pending(lua_State *L, int index) {
  if (lua_isnoneornil(L, index)) return new_pending(L);
  struct pending *pending = luaL_checkudata(L, index, EXCHANGE_NAME);
  bool is_spare = !pending->is_open && pending->arguments != LUA_NOREF;
  luaL_argcheck(L, is_spare, index, "an exchange that is closed expected");
  lua_pushvalue(L, index);
  return pending;
}

/* Keeps what the exchange on top is begun with. */
static void keep_arguments(lua_State *L, const struct pending *pending) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, pending->arguments);
  for (int i = 1; i <= EXCHANGE_ARGUMENTS; i++) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i);
  }
  lua_pop(L, 1);
}

/* pool:begin(message, url, proxy, deadline, spare) -> exchange, and what exchange:advance returns
 * As pool:carry, but never waits. `spare` is an exchange that is closed, to be used again, or nil.
 */
static int l_pool_begin(lua_State *L) {
  lua_settop(L, EXCHANGE_ARGUMENTS + 1);
  struct pending *pending = push_pending(L, EXCHANGE_ARGUMENTS + 1);
  keep_arguments(L, pending);
  begin(L, &pending->exchange);
  pending->is_open = true;
  return 1 + advance(L, pending);
}

/* --- the pool's type ---------------------------------------------------------------------- */

static const luaL_Reg POOL_METAMETHODS[] = {
    {"__gc", l_pool_close}, {"__close", l_pool_close}, {NULL, NULL}};

static const luaL_Reg POOL_METHODS[] = {
    {"carry", l_pool_carry}, {"begin", l_pool_begin}, {"close", l_pool_close}, {NULL, NULL}};

static const struct dyn_type POOL_TYPE = {TYPE_NAME, POOL_METAMETHODS, POOL_METHODS, "locked"};

/* curl.new { connect_timeout_ms, ca_file, max_connections } -> pool */
static int l_curl_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int timeout_ms = dyn_option_count(L, 1, "connect_timeout_ms", DEFAULT_CONNECT_TIMEOUT_MS);
  int max_count = dyn_option_count(L, 1, "max_connections", DEFAULT_MAX_CONNECTIONS);
  const char *ca_file = dyn_option_text(L, 1, "ca_file");
  struct client *client = lua_newuserdatauv(L, sizeof *client, 0);
  dyn_pool_init(&client->pool);
  client->connect_timeout_s = timeout_ms / 1000.0;
  dyn_type_set(L, &POOL_TYPE);
  if (dyn_pool_open(&client->pool, ca_file, (size_t)max_count)) return 1;
  return luaL_error(L, "no memory for libcurl");
}

/* --- the module --------------------------------------------------------------------------- */

/* curl.version() -> libcurl's name and version and its TLS library's */
static int l_curl_version(lua_State *L) {
  lua_pushstring(L, dyn_connection_version());
  return 1;
}

static void push_version(lua_State *L, unsigned number) {
  lua_pushfstring(L, "%d.%d.%d", (int)(number >> 16), (int)(number >> 8 & 0xFF),
                  (int)(number & 0xFF));
}

/* curl.version_problem([number]) -> nil, or why libcurl does not do: it is too old
 * The number is that of a version as libcurl writes it, 0xXXYYZZ; else that of the one in use. */
static int l_curl_version_problem(lua_State *L) {
  lua_Number number = luaL_optnumber(L, 1, (lua_Number)dyn_connection_version_number());
  luaL_argcheck(L, number >= 0 && number <= 0xFFFFFF, 1, "a version's number expected");
  if ((unsigned)number >= dyn_connection_min_version()) return 0;
  lua_pushliteral(L, "libcurl ");
  push_version(L, (unsigned)number);
  lua_pushliteral(L, " is too old: ");
  push_version(L, dyn_connection_min_version());
  lua_pushliteral(L, " or newer is needed, which keeps connections apart");
  lua_concat(L, 5);
  return 1;
}

static const luaL_Reg FUNCTIONS[] = {{"new", l_curl_new},
                                     {"monotonic", l_curl_monotonic},
                                     {"now", l_curl_now},
                                     {"sleep", l_curl_sleep},
                                     {"version", l_curl_version},
                                     {"version_problem", l_curl_version_problem},
                                     {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_dynamo_curl(lua_State *L);

int luaopen_dynamo_curl(lua_State *L) {
  dyn_stay_loaded();
  if (!dyn_connection_global_init()) return luaL_error(L, "libcurl could not be initialised");
  if (!dyn_pool_global_init()) return luaL_error(L, "no memory to notice forks");
  lua_newtable(L);
  luaL_setfuncs(L, FUNCTIONS, 0);
  return 1;
}
