/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "arguments.h"
#include "fields.h"
#include "stay.h"
#include "transfer.h"
#include "type.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

/* The Lua module dynamo.curl: HTTP exchanges over libcurl, and the clocks that go with them. It
 * blocks, so it has no place in an nginx worker. Private to dynamo/transport/curl.lua. */

#define TYPE_NAME "dynamo.curl"

enum {
  DEFAULT_CONNECT_TIMEOUT_MS = 3100,
  DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024, /* answers stay below 16 MB and their JSON escapes */
  DEFAULT_MAX_HEADER_BYTES = 64 * 1024
};

/* --- clocks ------------------------------------------------------------------------------- */

static lua_Number read_clock(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (lua_Number)time.tv_sec + (lua_Number)time.tv_nsec / 1e9;
}

/* curl.monotonic() -> seconds since some moment; never goes back */
static int l_curl_monotonic(lua_State *L) {
  lua_pushnumber(L, read_clock(CLOCK_MONOTONIC));
  return 1;
}

/* curl.now() -> seconds since 1970, with their fraction */
static int l_curl_now(lua_State *L) {
  lua_pushnumber(L, read_clock(CLOCK_REALTIME));
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

/* --- the handle --------------------------------------------------------------------------- */

static struct dyn_transfer *check_transfer(lua_State *L, int index) {
  void *block = luaL_checkudata(L, index, TYPE_NAME);
  struct dyn_transfer *transfer = dyn_transfer_from(block, lua_rawlen(L, index));
  if (!transfer) luaL_argerror(L, index, "a curl handle expected");
  return transfer;
}

static struct dyn_transfer *check_open_transfer(lua_State *L, int index) {
  struct dyn_transfer *transfer = check_transfer(L, index);
  luaL_argcheck(L, dyn_transfer_is_open(transfer), index, "the curl handle is closed");
  return transfer;
}

/* handle:close(); also __gc and __close */
static int l_curl_close(lua_State *L) {
  dyn_transfer_close(check_transfer(L, 1));
  return 0;
}

/* Pushes what a failed request returns: nil, kind, code, message, sent, status, headers. */
static int push_failure(lua_State *L, const struct dyn_transfer_outcome *outcome) {
  lua_pushnil(L);
  lua_pushstring(L, outcome->kind);
  lua_pushstring(L, outcome->code);
  lua_pushstring(L, outcome->message);
  lua_pushstring(L, outcome->sent);
  if (outcome->status == 0) return 5;
  lua_pushinteger(L, (lua_Integer)outcome->status);
  if (outcome->head.length == 0) return 6;
  dyn_fields_push(L, outcome->head);
  return 7;
}

static int push_refusal(lua_State *L, const char *code, const char *message) {
  lua_pushnil(L);
  lua_pushliteral(L, "validation");
  lua_pushstring(L, code);
  lua_pushstring(L, message);
  lua_pushliteral(L, "none");
  return 5;
}

/* Adds headers[i]; returns NULL or why it is refused. The text is copied. */
static const char *add_header(lua_State *L, struct dyn_transfer *transfer, int headers, int i) {
  struct dyn_header header = dyn_fields_check(L, headers, i);
  const char *problem = dyn_transfer_add_header(transfer, header);
  lua_pop(L, 3);
  return problem;
}

/* Adds all headers; on a refusal pushes what send returns and gives its count, else 0. */
static int add_headers(lua_State *L, struct dyn_transfer *transfer, int headers) {
  int count = (int)lua_rawlen(L, headers);
  for (int i = 1; i <= count; i++) {
    const char *problem = add_header(L, transfer, headers, i);
    if (!problem) continue;
    lua_pushfstring(L, "header %d is refused: %s", i, problem);
    return push_refusal(L, "BadHeader", lua_tostring(L, -1));
  }
  return 0;
}

static int push_answer(lua_State *L, const struct dyn_transfer_outcome *outcome) {
  lua_pushinteger(L, (lua_Integer)outcome->status);
  dyn_fields_push(L, outcome->head);
  lua_pushlstring(L, outcome->body.length > 0 ? outcome->body.data : "", outcome->body.length);
  return 3;
}

/* handle:send(method, url, headers, body, timeout_ms, direct)    direct: through no proxy
 *   -> status, headers, body    headers by lower-case name, the body as it came off the wire
 *   -> nil, kind, code, message, sent, status, headers    the last two if an answer had begun */
static int l_curl_send(lua_State *L) {
  struct dyn_transfer *transfer = check_open_transfer(L, 1);
  struct dyn_slice method = dyn_argument_text(L, 2), url = dyn_argument_text(L, 3);
  luaL_checktype(L, 4, LUA_TTABLE);
  struct dyn_slice body = dyn_argument_text(L, 5);
  lua_Number timeout_ms = luaL_checknumber(L, 6);
  luaL_argcheck(L, timeout_ms > 0, 6, "a positive number expected");
  if (!dyn_header_request_line_valid(method, url)) {
    return push_refusal(L, "BadUrl", "the method or the URL holds a space or a control byte");
  }
  dyn_transfer_start(transfer);
  int refused = add_headers(L, transfer, 4);
  if (refused) return refused;
  struct dyn_transfer_request request = {method.data, url.data, body, 0, lua_toboolean(L, 7)};
  request.timeout_ms = timeout_ms < INT_MAX ? (long)timeout_ms + 1 : INT_MAX;
  struct dyn_transfer_outcome outcome;
  dyn_transfer_perform(transfer, &request, &outcome);
  int count = outcome.kind ? push_failure(L, &outcome) : push_answer(L, &outcome);
  dyn_transfer_release_answer(transfer);
  return count;
}

static const luaL_Reg HANDLE_METAMETHODS[] = {
    {"__gc", l_curl_close}, {"__close", l_curl_close}, {NULL, NULL}};

static const luaL_Reg HANDLE_METHODS[] = {
    {"send", l_curl_send}, {"close", l_curl_close}, {NULL, NULL}};

static const struct dyn_type HANDLE_TYPE = {TYPE_NAME, HANDLE_METAMETHODS, HANDLE_METHODS,
                                            "locked"};

/* curl.new { connect_timeout_ms, ca_file, proxy, max_body_bytes, max_header_bytes } -> handle */
static int l_curl_new(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  struct dyn_transfer_options options;
  options.connect_timeout_ms =
      dyn_option_count(L, 1, "connect_timeout_ms", DEFAULT_CONNECT_TIMEOUT_MS);
  options.max_body_bytes = (size_t)dyn_option_count(L, 1, "max_body_bytes", DEFAULT_MAX_BODY_BYTES);
  options.max_header_bytes =
      (size_t)dyn_option_count(L, 1, "max_header_bytes", DEFAULT_MAX_HEADER_BYTES);
  options.ca_file = dyn_option_text(L, 1, "ca_file");
  options.proxy = dyn_option_text(L, 1, "proxy");
  struct dyn_transfer *transfer = lua_newuserdatauv(L, dyn_transfer_size(), 0);
  dyn_transfer_init(transfer);
  dyn_type_set(L, &HANDLE_TYPE);
  if (!dyn_transfer_open(transfer, &options)) {
    return luaL_error(L, "no libcurl handle: out of memory, or %s lacks an option that is needed",
                      dyn_transfer_version());
  }
  return 1;
}

/* curl.version() -> libcurl's name and version and its TLS library's */
static int l_curl_version(lua_State *L) {
  lua_pushstring(L, dyn_transfer_version());
  return 1;
}

static void push_version(lua_State *L, unsigned number) {
  lua_pushfstring(L, "%d.%d.%d", (int)(number >> 16), (int)(number >> 8 & 0xFF),
                  (int)(number & 0xFF));
}

/* curl.version_problem([number]) -> nil, or why libcurl does not do: it is too old
 * The number is that of a version as libcurl writes it, 0xXXYYZZ; else that of the one in use. */
static int l_curl_version_problem(lua_State *L) {
  lua_Number number = luaL_optnumber(L, 1, (lua_Number)dyn_transfer_version_number());
  luaL_argcheck(L, number >= 0 && number <= 0xFFFFFF, 1, "a version's number expected");
  if ((unsigned)number >= dyn_transfer_min_version()) return 0;
  lua_pushliteral(L, "libcurl ");
  push_version(L, (unsigned)number);
  lua_pushliteral(L, " is too old: ");
  push_version(L, dyn_transfer_min_version());
  lua_pushliteral(L, " or newer is needed, which can be kept from sending a write twice");
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
  if (!dyn_transfer_global_init()) return luaL_error(L, "libcurl could not be initialised");
  lua_newtable(L);
  luaL_setfuncs(L, FUNCTIONS, 0);
  return 1;
}
