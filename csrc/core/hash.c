/* SPDX-License-Identifier: MIT */
#include "hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdlib.h>

/* The block of SHA-256, which the key of HMAC is padded to. */
enum { BLOCK_BYTES = 64 };

struct dyn_hash {
  EVP_MD *digest;
  EVP_MD_CTX *context;
};

struct dyn_hmac_key {
  EVP_MD_CTX *inner, *outer;
};

/* A struct dyn_digest is OpenSSL's own object, whose type is nobody else's business. */
static EVP_MD *unwrap(struct dyn_digest *digest) {
  return (EVP_MD *)(void *)digest;
}

struct dyn_digest *dyn_digest_new(void) {
  return (struct dyn_digest *)(void *)EVP_MD_fetch(NULL, "SHA256", NULL);
}

void dyn_digest_destroy(struct dyn_digest *digest) {
  EVP_MD_free(unwrap(digest));
}

struct dyn_hash *dyn_hash_new(struct dyn_digest *digest) {
  struct dyn_hash *hash = calloc(1, sizeof *hash);
  if (hash == NULL) return NULL;
  if (EVP_MD_up_ref(unwrap(digest)) == 1) hash->digest = unwrap(digest);
  hash->context = EVP_MD_CTX_new();
  if (hash->digest != NULL && hash->context != NULL) return hash;
  dyn_hash_destroy(hash);
  return NULL;
}

void dyn_hash_destroy(struct dyn_hash *hash) {
  if (hash == NULL) return;
  EVP_MD_CTX_free(hash->context); /* clears the state it held */
  EVP_MD_free(hash->digest);
  free(hash);
}

/* Begins a digest in `context`; false if OpenSSL refuses, as do the next two. */
static bool begin(const struct dyn_hash *hash, EVP_MD_CTX *context) {
  return EVP_DigestInit_ex2(context, hash->digest, NULL) == 1;
}

static bool add(EVP_MD_CTX *context, const void *data, size_t length) {
  return length == 0 || EVP_DigestUpdate(context, data, length) == 1;
}

static bool finish(EVP_MD_CTX *context, unsigned char out[DYN_SHA256_BYTES]) {
  return EVP_DigestFinal_ex(context, out, NULL) == 1;
}

static enum dyn_status crypto_status(bool done) {
  return done ? DYN_OK : DYN_ERR_CRYPTO;
}

enum dyn_status dyn_sha256(struct dyn_hash *hash, struct dyn_slice data,
                           unsigned char out[DYN_SHA256_BYTES]) {
  EVP_MD_CTX *context = hash->context;
  return crypto_status(begin(hash, context) && add(context, data.data, data.length) &&
                       finish(context, out));
}

enum dyn_status dyn_sha256_hex(struct dyn_hash *hash, struct dyn_slice data,
                               char out[DYN_SHA256_HEX_BYTES]) {
  unsigned char digest[DYN_SHA256_BYTES];
  enum dyn_status status = dyn_sha256(hash, data, digest);
  if (status == DYN_OK) dyn_hex_write(digest, sizeof digest, out);
  return status;
}

/* A struct dyn_hash_start is OpenSSL's own object, too. */
static EVP_MD_CTX *context_of(struct dyn_hash_start *start) {
  return (EVP_MD_CTX *)(void *)start;
}

struct dyn_hash_start *dyn_hash_start_new(void) {
  return (struct dyn_hash_start *)(void *)EVP_MD_CTX_new();
}

void dyn_hash_start_destroy(struct dyn_hash_start *start) {
  EVP_MD_CTX_free(context_of(start)); /* clears the state it held */
}

enum dyn_status dyn_hash_start_set(struct dyn_hash *hash, struct dyn_hash_start *start,
                                   struct dyn_slice data) {
  EVP_MD_CTX *context = context_of(start);
  return crypto_status(begin(hash, context) && add(context, data.data, data.length));
}

enum dyn_status dyn_sha256_hex_from(struct dyn_hash *hash, const struct dyn_hash_start *start,
                                    struct dyn_slice rest, char out[DYN_SHA256_HEX_BYTES]) {
  const EVP_MD_CTX *begun = (const EVP_MD_CTX *)(const void *)start;
  unsigned char digest[DYN_SHA256_BYTES];
  bool done = EVP_MD_CTX_copy_ex(hash->context, begun) == 1 &&
              add(hash->context, rest.data, rest.length) && finish(hash->context, digest);
  if (done) dyn_hex_write(digest, sizeof digest, out);
  return crypto_status(done);
}

struct dyn_hmac_key *dyn_hmac_key_new(void) {
  struct dyn_hmac_key *key = calloc(1, sizeof *key);
  if (key == NULL) return NULL;
  key->inner = EVP_MD_CTX_new();
  key->outer = EVP_MD_CTX_new();
  if (key->inner != NULL && key->outer != NULL) return key;
  dyn_hmac_key_destroy(key);
  return NULL;
}

void dyn_hmac_key_destroy(struct dyn_hmac_key *key) {
  if (key == NULL) return;
  EVP_MD_CTX_free(key->inner); /* clears the state it held */
  EVP_MD_CTX_free(key->outer);
  free(key);
}

/* Leaves `context` in the state after one block of the key, each byte XORed with `pad`. */
static bool absorb(const struct dyn_hash *hash, EVP_MD_CTX *context,
                   const unsigned char block[BLOCK_BYTES], unsigned char pad) {
  unsigned char padded[BLOCK_BYTES];
  for (size_t i = 0; i < BLOCK_BYTES; i++) padded[i] = (unsigned char)(block[i] ^ pad);
  bool done = begin(hash, context) && add(context, padded, sizeof padded);
  dyn_wipe(padded, sizeof padded);
  return done;
}

/* RFC 2104 section 2: a key longer than a block is hashed first; the pads are 0x36 and 0x5c. */
enum dyn_status dyn_hmac_key_set(struct dyn_hash *hash, struct dyn_hmac_key *key,
                                 struct dyn_slice secret) {
  unsigned char block[BLOCK_BYTES] = {0};
  enum dyn_status status = DYN_OK;
  if (secret.length > BLOCK_BYTES) {
    status = dyn_sha256(hash, secret, block);
  } else if (secret.length > 0) {
    memcpy(block, secret.data, secret.length);
  }
  if (status == DYN_OK) {
    status = crypto_status(absorb(hash, key->inner, block, 0x36) &&
                           absorb(hash, key->outer, block, 0x5c));
  }
  dyn_wipe(block, sizeof block);
  return status;
}

enum dyn_status dyn_hmac_key_start(struct dyn_hmac_key *key, const struct dyn_hmac_key *from,
                                   struct dyn_slice start) {
  return crypto_status(EVP_MD_CTX_copy_ex(key->inner, from->inner) == 1 &&
                       EVP_MD_CTX_copy_ex(key->outer, from->outer) == 1 &&
                       add(key->inner, start.data, start.length));
}

enum dyn_status dyn_hmac(struct dyn_hash *hash, const struct dyn_hmac_key *key,
                         struct dyn_slice data, unsigned char out[DYN_SHA256_BYTES]) {
  EVP_MD_CTX *context = hash->context;
  return crypto_status(EVP_MD_CTX_copy_ex(context, key->inner) == 1 &&
                       add(context, data.data, data.length) && finish(context, out) &&
                       EVP_MD_CTX_copy_ex(context, key->outer) == 1 &&
                       add(context, out, DYN_SHA256_BYTES) && finish(context, out));
}

enum dyn_status dyn_sha1_hex(struct dyn_slice data, char out[DYN_SHA1_HEX_BYTES]) {
  unsigned char digest[DYN_SHA1_HEX_BYTES / 2];
  const char *bytes = data.length > 0 ? data.data : "";
  EVP_MD *sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
  bool done = sha1 && EVP_Digest(bytes, data.length, digest, NULL, sha1, NULL) == 1;
  EVP_MD_free(sha1);
  if (done) dyn_hex_write(digest, sizeof digest, out);
  return crypto_status(done);
}

void dyn_wipe(void *data, size_t length) {
  OPENSSL_cleanse(data, length);
}

void dyn_hex_write(const unsigned char *bytes, size_t length, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < length; i++) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 0x0F];
  }
}
