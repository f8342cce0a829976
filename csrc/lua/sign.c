/* SPDX-License-Identifier: MIT */
#include "sign.h"

#include "arguments.h"
#include "context.h"
#include "fields.h"
#include "message_box.h"
#include "signed_head.h"
#include "type.h"
#include "written.h"

#define TYPE_NAME   "dynamo.signer"
#define DIGEST_NAME "dynamo.digest"
#define HEAD_NAME   "dynamo.signed_head"

/* Requests carry about ten headers. */
enum { MAX_HEADERS_BYTES = 64 * 1024 };

/* The userdata. `core` is NULL before it is made and after it was collected. */
struct signer {
  struct dyn_sigv4 *core;
  struct dyn_buf headers; /* struct dyn_header: views of the strings in the caller's table */
};

static struct signer *check_signer(lua_State *L) {
  struct signer *signer = luaL_checkudata(L, 1, TYPE_NAME);
  if (signer->core == NULL) luaL_argerror(L, 1, "the signer is closed");
  return signer;
}

/* Collects the headers at `index` into the signer; raises on anything but pairs of strings. The
 * views outlive the pop because the caller's table holds the strings. */
static const struct dyn_header *check_headers(lua_State *L, int index, struct signer *signer,
                                              size_t *header_count) {
  luaL_checktype(L, index, LUA_TTABLE);
  dyn_buf_reset(&signer->headers);
  int count = (int)lua_rawlen(L, index);
  for (int i = 1; i <= count; i++) {
    struct dyn_header header = dyn_fields_check(L, index, i);
    dyn_buf_append(&signer->headers, (const char *)&header, sizeof header);
    lua_pop(L, 3);
  }
  *header_count = signer->headers.length / sizeof(struct dyn_header);
  return (const struct dyn_header *)(const void *)signer->headers.data;
}

/* Reads access_key_id, secret_access_key, region, service, amz_date from `index` on. */
static struct dyn_sigv4_config check_config(lua_State *L, int index) {
  struct dyn_sigv4_config config;
  config.access_key_id = dyn_argument_text(L, index);
  config.secret_access_key = dyn_argument_text(L, index + 1);
  config.region = dyn_argument_text(L, index + 2);
  config.service = dyn_argument_text(L, index + 3);
  config.amz_date = dyn_argument_text(L, index + 4);
  return config;
}

/* Signs; returns NULL or what went wrong. No Lua in here. */
static const char *run(struct signer *signer, const struct dyn_request *request,
                       const struct dyn_sigv4_config *config, struct dyn_sigv4_signed *out) {
  if (signer->headers.error != DYN_OK) return dyn_sigv4_status_text(signer->headers.error);
  const char *problem = dyn_canonical_problem(request);
  if (problem == NULL) problem = dyn_sigv4_problem(config);
  if (problem != NULL) return problem;
  return dyn_sigv4_status_text(dyn_sigv4_sign(signer->core, request, config, out));
}

static void push_slice(lua_State *L, struct dyn_slice slice) {
  lua_pushlstring(L, slice.data, slice.length);
}

static int l_sign_authorization(lua_State *L) {
  struct signer *signer = check_signer(L);
  struct dyn_sigv4_signed out;
  struct dyn_request request = {.normalize_path = true};
  request.method = dyn_argument_text(L, 2);
  request.path = dyn_argument_text(L, 3);
  request.headers = check_headers(L, 4, signer, &request.header_count);
  request.body = dyn_argument_text(L, 5);
  struct dyn_sigv4_config config = check_config(L, 6);
  const char *problem = run(signer, &request, &config, &out);
  if (problem != NULL) return dyn_refuse(L, problem);
  push_slice(L, out.authorization);
  return 1;
}

static int l_sign_sign(lua_State *L) {
  struct signer *signer = check_signer(L);
  struct dyn_sigv4_signed out;
  struct dyn_request request;
  request.method = dyn_argument_text(L, 2);
  request.path = dyn_argument_text(L, 3);
  request.query = dyn_argument_text(L, 4);
  request.headers = check_headers(L, 5, signer, &request.header_count);
  request.body = dyn_argument_text(L, 6);
  struct dyn_sigv4_config config = check_config(L, 7);
  luaL_checktype(L, 12, LUA_TBOOLEAN);
  request.normalize_path = lua_toboolean(L, 12);
  const char *problem = run(signer, &request, &config, &out);
  if (problem != NULL) return dyn_refuse(L, problem);
  push_slice(L, out.canonical_request);
  push_slice(L, out.string_to_sign);
  push_slice(L, out.signature);
  push_slice(L, out.authorization);
  return 4;
}

static int l_sign_payload_hash(lua_State *L) {
  struct signer *signer = check_signer(L);
  char hex[DYN_SHA256_HEX_BYTES];
  enum dyn_status status = dyn_sigv4_payload_hash(signer->core, dyn_argument_text(L, 2), hex);
  if (status != DYN_OK) return dyn_refuse(L, dyn_sigv4_status_text(status));
  lua_pushlstring(L, hex, sizeof hex);
  return 1;
}

/* --- heads -------------------------------------------------------------------------------- */

static int l_head_gc(lua_State *L) {
  dyn_signed_head_clean_up(luaL_checkudata(L, 1, HEAD_NAME));
  return 0;
}

static const luaL_Reg HEAD_METAMETHODS[] = {{"__gc", l_head_gc}, {NULL, NULL}};

static const struct dyn_type HEAD_TYPE = {HEAD_NAME, HEAD_METAMETHODS, NULL, "locked"};

/* Returns true, or what says that a request cannot be signed, or sent (then with a code). */
static int push_head_outcome(lua_State *L, const char *problem, const char *unsendable,
                             const char *code) {
  if (problem != NULL) return dyn_refuse(L, problem);
  if (unsendable == NULL) return 1; /* what is on the stack */
  dyn_refuse(L, unsendable);
  lua_pushstring(L, code);
  return 3;
}

static int l_sign_head(lua_State *L) {
  struct signer *signer = check_signer(L);
  struct dyn_head_request request;
  const char *unsendable;
  request.path = dyn_argument_text(L, 2);
  request.headers = check_headers(L, 3, signer, &request.header_count);
  request.signed_count = (size_t)dyn_argument_count(L, 4, "a number of headers expected");
  request.varying = (size_t)dyn_argument_count(L, 5, "the place of a header expected") - 1;
  luaL_argcheck(L, request.signed_count <= request.varying, 5, "a header that is not signed");
  luaL_argcheck(L, request.varying < request.header_count, 5, "there are not so many headers");
  struct dyn_sigv4_config config = check_config(L, 6);
  if (signer->headers.error != DYN_OK)
    return dyn_refuse(L, dyn_sigv4_status_text(signer->headers.error));
  struct dyn_signed_head *head = lua_newuserdatauv(L, sizeof *head, 0);
  dyn_signed_head_init(head);
  dyn_type_set(L, &HEAD_TYPE);
  const char *problem = dyn_signed_head_make(head, signer->core, &request, &config, &unsendable);
  return push_head_outcome(L, problem, unsendable, "BadHeader");
}

static int l_sign_write(lua_State *L) {
  struct signer *signer = check_signer(L);
  const struct dyn_signed_head *head = luaL_checkudata(L, 2, HEAD_NAME);
  struct dyn_message *message = dyn_message_check(L, 3);
  struct dyn_head_value value = {dyn_argument_text(L, 4), 0};
  value.number = (uint64_t)dyn_argument_number(L, 5, 0, 9007199254740992.0, "a number expected");
  struct dyn_slice body = dyn_written_text(L, 6);
  const char *unsendable;
  luaL_argcheck(L, head->text.length > 0, 2, "the head is closed");
  luaL_argcheck(L, value.text.length <= head->value_length, 4, "a shorter text expected");
  luaL_argcheck(L, dyn_header_value_valid(value.text), 4, "no control byte expected");
  const char *problem =
      dyn_signed_head_write(head, signer->core, value, body, message, &unsendable);
  lua_pushboolean(L, true);
  return push_head_outcome(L, problem, unsendable, "OutOfMemory");
}

/* --- the signer --------------------------------------------------------------------------- */

static int l_sign_gc(lua_State *L) {
  struct signer *signer = luaL_checkudata(L, 1, TYPE_NAME);
  dyn_sigv4_destroy(signer->core);
  signer->core = NULL;
  dyn_buf_clean_up(&signer->headers);
  return 0;
}

static const luaL_Reg methods[] = {{"authorization", l_sign_authorization},
                                   {"sign", l_sign_sign},
                                   {"payload_hash", l_sign_payload_hash},
                                   {"head", l_sign_head},
                                   {"write", l_sign_write},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__gc", l_sign_gc}, {NULL, NULL}};

static const struct dyn_type type = {TYPE_NAME, metamethods, methods, TYPE_NAME};

/* __gc of the digest; from then on there are no new signers. */
static int l_digest_gc(lua_State *L) {
  struct dyn_digest **digest = luaL_checkudata(L, 1, DIGEST_NAME);
  dyn_digest_destroy(*digest);
  *digest = NULL;
  return 0;
}

static const luaL_Reg digest_metamethods[] = {{"__gc", l_digest_gc}, {NULL, NULL}};

static const struct dyn_type digest_type = {DIGEST_NAME, digest_metamethods, NULL, "locked"};

void dyn_sign_push_digest(lua_State *L) {
  struct dyn_digest **digest = lua_newuserdatauv(L, sizeof *digest, 0);
  *digest = NULL;
  dyn_type_set(L, &digest_type);
  *digest = dyn_digest_new();
  if (*digest == NULL) luaL_error(L, "dynamo: no memory, or OpenSSL offers no SHA-256");
}

int l_sign_new(lua_State *L) {
  struct dyn_digest **digest = lua_touserdata(L, DYN_UP_DIGEST);
  if (*digest == NULL) luaL_error(L, "dynamo is gone: this Lua state is being closed");
  struct signer *signer = lua_newuserdatauv(L, sizeof *signer, 0);
  signer->core = NULL;
  dyn_buf_init(&signer->headers, MAX_HEADERS_BYTES);
  dyn_type_set(L, &type);
  signer->core = dyn_sigv4_new(*digest);
  if (signer->core == NULL) luaL_error(L, "dynamo: no memory for a signer");
  return 1;
}
