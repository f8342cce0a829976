/* SPDX-License-Identifier: MIT */
#include "sigv4.h"

#include <stdlib.h>

enum { DAY_BYTES = 8, AMZ_DATE_BYTES = 16 };

/* The signing key derived last, as HMAC states, and what it was derived from: the text
 * "<day>/<region>/<service>/AWS4<secret>". Nothing before the secret may hold a '/', so two such
 * texts are equal only part by part. */
struct key_cache {
  struct dyn_hmac_key *key;
  struct dyn_buf origin;
  bool ready;
};

struct dyn_sigv4 {
  struct dyn_hash *hash;
  struct key_cache cache;
  struct dyn_canonical work;
  struct dyn_buf canonical_request, string_to_sign, authorization;
  char signature[DYN_SHA256_HEX_BYTES];
};

/* ---- life ---- */

struct dyn_sigv4 *dyn_sigv4_new(struct dyn_digest *digest) {
  struct dyn_sigv4 *signer = calloc(1, sizeof *signer);
  if (signer == NULL) return NULL;
  dyn_buf_init(&signer->cache.origin, DYN_CANONICAL_MAX_BYTES);
  dyn_canonical_init(&signer->work);
  dyn_buf_init(&signer->canonical_request, DYN_CANONICAL_MAX_BYTES);
  dyn_buf_init(&signer->string_to_sign, DYN_CANONICAL_MAX_BYTES);
  dyn_buf_init(&signer->authorization, DYN_CANONICAL_MAX_BYTES);
  signer->hash = dyn_hash_new(digest);
  signer->cache.key = dyn_hmac_key_new();
  if (signer->hash != NULL && signer->cache.key != NULL) return signer;
  dyn_sigv4_destroy(signer);
  return NULL;
}

/* Frees a buffer that held a secret. */
static void wipe_buf(struct dyn_buf *buf) {
  dyn_wipe(buf->data, buf->capacity);
  dyn_buf_clean_up(buf);
}

void dyn_sigv4_destroy(struct dyn_sigv4 *signer) {
  if (signer == NULL) return;
  wipe_buf(&signer->cache.origin);
  dyn_hmac_key_destroy(signer->cache.key);
  dyn_hash_destroy(signer->hash);
  dyn_canonical_clean_up(&signer->work);
  wipe_buf(&signer->canonical_request); /* holds the session token */
  dyn_buf_clean_up(&signer->string_to_sign);
  dyn_buf_clean_up(&signer->authorization);
  free(signer);
}

/* ---- what the stages may be given ---- */

/* Whether the text may stand between the separators of a credential scope. */
static bool is_scope_part(struct dyn_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if (byte <= 0x20 || byte >= 0x7F || byte == '/' || byte == ',') return false;
  }
  return text.length > 0;
}

static bool is_amz_date(struct dyn_slice text) {
  static const char form[] = "00000000T000000Z";
  if (text.length != AMZ_DATE_BYTES) return false;
  for (size_t i = 0; i < AMZ_DATE_BYTES; i++) {
    char c = text.data[i];
    if (form[i] == '0' ? c < '0' || c > '9' : c != form[i]) return false;
  }
  return true;
}

const char *dyn_sigv4_problem(const struct dyn_sigv4_config *config) {
  if (!is_scope_part(config->access_key_id)) return "the access key id is empty or malformed";
  if (config->secret_access_key.length == 0) return "the secret access key is empty";
  if (!is_scope_part(config->region)) return "the region is empty or malformed";
  if (!is_scope_part(config->service)) return "the service is empty or malformed";
  if (!is_amz_date(config->amz_date)) return "the date is not of the form YYYYMMDDTHHMMSSZ";
  return NULL;
}

const char *dyn_sigv4_status_text(enum dyn_status status) {
  switch (status) {
  case DYN_OK:
    return NULL;
  case DYN_ERR_MEMORY:
    return "not enough memory";
  case DYN_ERR_TOO_LARGE:
    return "the path, the query or the headers are too large";
  default:
    return "OpenSSL refused to compute SHA-256";
  }
}

/* ---- stages 1 and 2: the canonical request and the string to sign ---- */

enum dyn_status dyn_sigv4_payload_hash(struct dyn_sigv4 *signer, struct dyn_slice body,
                                       char out[DYN_SHA256_HEX_BYTES]) {
  return dyn_sha256_hex(signer->hash, body, out);
}

enum dyn_status dyn_sigv4_canonical_request(struct dyn_sigv4 *signer,
                                            const struct dyn_request *request, struct dyn_buf *out,
                                            struct dyn_slice *signed_headers) {
  return dyn_canonical_append(&signer->work, signer->hash, request, out, signed_headers);
}

/* The day that begins an amz_date. */
static struct dyn_slice day_of(const struct dyn_sigv4_config *config) {
  return dyn_slice_of(config->amz_date.data, DAY_BYTES);
}

/* Appends "<day>/<region>/<service>/", which the scope and the cache's origin begin with. */
static void append_scope_parts(struct dyn_buf *out, const struct dyn_sigv4_config *config) {
  dyn_buf_append_slice(out, day_of(config));
  dyn_buf_append_char(out, '/');
  dyn_buf_append_slice(out, config->region);
  dyn_buf_append_char(out, '/');
  dyn_buf_append_slice(out, config->service);
  dyn_buf_append_char(out, '/');
}

static void append_scope(struct dyn_buf *out, const struct dyn_sigv4_config *config) {
  append_scope_parts(out, config);
  dyn_buf_append_slice(out, DYN_SLICE("aws4_request"));
}

enum dyn_status dyn_sigv4_string_to_sign(struct dyn_sigv4 *signer,
                                         const struct dyn_sigv4_config *config,
                                         struct dyn_slice canonical_request, struct dyn_buf *out) {
  char hex[DYN_SHA256_HEX_BYTES];
  enum dyn_status status = dyn_sha256_hex(signer->hash, canonical_request, hex);
  if (status != DYN_OK) return status;
  dyn_buf_append_slice(out, DYN_SLICE("AWS4-HMAC-SHA256\n"));
  dyn_buf_append_slice(out, config->amz_date);
  dyn_buf_append_char(out, '\n');
  append_scope(out, config);
  dyn_buf_append_char(out, '\n');
  dyn_buf_append(out, hex, sizeof hex);
  return out->error;
}

/* ---- stage 3: the signing key ---- */

/* Makes the cache's origin that of `config`, wiping the one before, and sets `key` to
 * "AWS4<secret>" within it. Room is taken once: growing would leave a copy of the secret behind. */
static enum dyn_status remember(struct key_cache *cache, const struct dyn_sigv4_config *config,
                                struct dyn_slice *key) {
  struct dyn_buf *origin = &cache->origin;
  cache->ready = false;
  wipe_buf(origin);
  append_scope_parts(origin, config);
  size_t start = origin->length;
  dyn_buf_reserve(origin, sizeof "AWS4" + config->secret_access_key.length);
  dyn_buf_append_slice(origin, DYN_SLICE("AWS4"));
  dyn_buf_append_slice(origin, config->secret_access_key);
  if (origin->error == DYN_OK) *key = dyn_slice_of(origin->data + start, origin->length - start);
  return origin->error;
}

/* Takes `prefix` off `rest`; false if `rest` does not begin with it. */
static bool skip(struct dyn_slice *rest, struct dyn_slice prefix) {
  if (rest->length < prefix.length) return false;
  if (memcmp(rest->data, prefix.data, prefix.length) != 0) return false;
  *rest = dyn_slice_of(rest->data + prefix.length, rest->length - prefix.length);
  return true;
}

/* Whether the cached key is that of `config`. */
static bool remembers(const struct key_cache *cache, const struct dyn_sigv4_config *config) {
  struct dyn_slice rest = dyn_buf_slice(&cache->origin), slash = DYN_SLICE("/");
  return cache->ready && skip(&rest, day_of(config)) && skip(&rest, slash) &&
         skip(&rest, config->region) && skip(&rest, slash) && skip(&rest, config->service) &&
         skip(&rest, DYN_SLICE("/AWS4")) && dyn_slice_equals(rest, config->secret_access_key);
}

/* One link of the chain: `out` becomes the MAC of `data` under `key`, which may be `out` itself. */
static enum dyn_status chain(struct dyn_sigv4 *signer, struct dyn_slice key, struct dyn_slice data,
                             unsigned char out[DYN_SHA256_BYTES]) {
  enum dyn_status status = dyn_hmac_key_set(signer->hash, signer->cache.key, key);
  return status != DYN_OK ? status : dyn_hmac(signer->hash, signer->cache.key, data, out);
}

enum dyn_status dyn_sigv4_derive_key(struct dyn_sigv4 *signer,
                                     const struct dyn_sigv4_config *config,
                                     unsigned char out[DYN_SHA256_BYTES]) {
  struct dyn_slice steps[] = {day_of(config), config->region, config->service,
                              DYN_SLICE("aws4_request")};
  struct dyn_slice key = {NULL, 0};
  enum dyn_status status = remember(&signer->cache, config, &key);
  for (size_t i = 0; status == DYN_OK && i < sizeof steps / sizeof steps[0]; i++) {
    status = chain(signer, key, steps[i], out);
    key = dyn_slice_of((const char *)out, DYN_SHA256_BYTES);
  }
  return status;
}

/* ---- stage 4: the signature ---- */

/* Puts the signing key of `config` into the cache unless it is there. */
static enum dyn_status load_key(struct dyn_sigv4 *signer, const struct dyn_sigv4_config *config) {
  if (remembers(&signer->cache, config)) return DYN_OK;
  unsigned char key[DYN_SHA256_BYTES];
  struct dyn_slice bytes = dyn_slice_of((const char *)key, sizeof key);
  enum dyn_status status = dyn_sigv4_derive_key(signer, config, key);
  if (status == DYN_OK) status = dyn_hmac_key_set(signer->hash, signer->cache.key, bytes);
  dyn_wipe(key, sizeof key);
  signer->cache.ready = status == DYN_OK;
  return status;
}

enum dyn_status dyn_sigv4_start_key(struct dyn_sigv4 *signer, const struct dyn_sigv4_config *config,
                                    struct dyn_slice start, struct dyn_hmac_key *key) {
  enum dyn_status status = load_key(signer, config);
  return status != DYN_OK ? status : dyn_hmac_key_start(key, signer->cache.key, start);
}

struct dyn_hash *dyn_sigv4_hash(struct dyn_sigv4 *signer) {
  return signer->hash;
}

enum dyn_status dyn_sigv4_signature(struct dyn_sigv4 *signer, const struct dyn_sigv4_config *config,
                                    struct dyn_slice string_to_sign,
                                    char out[DYN_SHA256_HEX_BYTES]) {
  unsigned char mac[DYN_SHA256_BYTES];
  enum dyn_status status = load_key(signer, config);
  if (status == DYN_OK) status = dyn_hmac(signer->hash, signer->cache.key, string_to_sign, mac);
  if (status == DYN_OK) dyn_hex_write(mac, sizeof mac, out);
  return status;
}

/* ---- stage 5: the header, and all stages ---- */

void dyn_sigv4_authorization(const struct dyn_sigv4_config *config, struct dyn_slice signed_headers,
                             struct dyn_slice signature, struct dyn_buf *out) {
  dyn_buf_append_slice(out, DYN_SLICE("AWS4-HMAC-SHA256 Credential="));
  dyn_buf_append_slice(out, config->access_key_id);
  dyn_buf_append_char(out, '/');
  append_scope(out, config);
  dyn_buf_append_slice(out, DYN_SLICE(", SignedHeaders="));
  dyn_buf_append_slice(out, signed_headers);
  dyn_buf_append_slice(out, DYN_SLICE(", Signature="));
  dyn_buf_append_slice(out, signature);
}

enum dyn_status dyn_sigv4_sign(struct dyn_sigv4 *signer, const struct dyn_request *request,
                               const struct dyn_sigv4_config *config,
                               struct dyn_sigv4_signed *out) {
  struct dyn_buf *canonical = &signer->canonical_request, *to_sign = &signer->string_to_sign;
  struct dyn_buf *authorization = &signer->authorization;
  struct dyn_slice names = {NULL, 0}, signature = {signer->signature, sizeof signer->signature};
  dyn_buf_reset(canonical);
  dyn_buf_reset(to_sign);
  dyn_buf_reset(authorization);
  enum dyn_status status = dyn_sigv4_canonical_request(signer, request, canonical, &names);
  if (status != DYN_OK) return status;
  status = dyn_sigv4_string_to_sign(signer, config, dyn_buf_slice(canonical), to_sign);
  if (status != DYN_OK) return status;
  status = dyn_sigv4_signature(signer, config, dyn_buf_slice(to_sign), signer->signature);
  if (status != DYN_OK) return status;
  dyn_sigv4_authorization(config, names, signature, authorization);
  struct dyn_sigv4_signed made = {dyn_buf_slice(canonical), dyn_buf_slice(to_sign), signature,
                                  dyn_buf_slice(authorization)};
  if (authorization->error == DYN_OK) *out = made;
  return authorization->error;
}
