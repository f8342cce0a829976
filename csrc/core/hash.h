/* SPDX-License-Identifier: MIT */
#ifndef DYN_HASH_H
#define DYN_HASH_H

#include "slice.h"
#include "status.h"

/* SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) over OpenSSL 3. The digest is fetched once and
 * the contexts are reused: fetching and allocating per call costs more than hashing a request. */

/* SHA-256 as OpenSSL offers it, for any number of hashes. */
struct dyn_digest;

/* Returns the digest, which dyn_digest_destroy gives back, or NULL where memory or SHA-256 is
 * missing. */
struct dyn_digest *dyn_digest_new(void);

/* The hashes made of it keep it alive. NULL is fine. */
void dyn_digest_destroy(struct dyn_digest *digest);

enum { DYN_SHA256_BYTES = 32, DYN_SHA256_HEX_BYTES = 64, DYN_SHA1_HEX_BYTES = 40 };

/* A digest with its working context. Not for two threads at a time. */
struct dyn_hash;

/* Returns a hash that dyn_hash_destroy frees, or NULL without memory. */
struct dyn_hash *dyn_hash_new(struct dyn_digest *digest);

/* Wipes and frees; NULL is fine. */
void dyn_hash_destroy(struct dyn_hash *hash);

/* Writes the SHA-256 of `data`. DYN_ERR_CRYPTO if OpenSSL refuses; `out` is then meaningless. */
enum dyn_status dyn_sha256(struct dyn_hash *hash, struct dyn_slice data,
                           unsigned char out[DYN_SHA256_BYTES]);

/* Writes the SHA-256 of `data` as lower-case hexadecimal text. Fails as dyn_sha256. */
enum dyn_status dyn_sha256_hex(struct dyn_hash *hash, struct dyn_slice data,
                               char out[DYN_SHA256_HEX_BYTES]);

/* What many hashed texts begin with, as the digest's state after it, so that a hash costs what
 * comes behind alone.
 * 1. dyn_hash_start_new gives an empty one.
 * 2. dyn_hash_start_set says what the texts begin with, in place of the last; after a failure it
 * must be set again.
 * 3. dyn_hash_start_destroy wipes and frees it. */
struct dyn_hash_start;

/* Returns a start that dyn_hash_start_destroy frees, or NULL without memory. */
struct dyn_hash_start *dyn_hash_start_new(void);

/* Wipes and frees; NULL is fine. */
void dyn_hash_start_destroy(struct dyn_hash_start *start);

/* DYN_ERR_CRYPTO if OpenSSL refuses. */
enum dyn_status dyn_hash_start_set(struct dyn_hash *hash, struct dyn_hash_start *start,
                                   struct dyn_slice data);

/* Writes the SHA-256 of the start and `rest` as lower-case hexadecimal text. Fails as dyn_sha256.
 */
enum dyn_status dyn_sha256_hex_from(struct dyn_hash *hash, const struct dyn_hash_start *start,
                                    struct dyn_slice rest, char out[DYN_SHA256_HEX_BYTES]);

/* A key of HMAC-SHA-256 as the digest states after its inner and its outer pad, so that a MAC costs
 * no hashing of the key.
 * 1. dyn_hmac_key_new gives one without a key.
 * 2. dyn_hmac_key_set gives it a key, replacing the last; after a failure it must be set again.
 * 3. dyn_hmac_key_destroy wipes and frees it. */
struct dyn_hmac_key;

/* Returns a key that dyn_hmac_key_destroy frees, or NULL without memory. */
struct dyn_hmac_key *dyn_hmac_key_new(void);

/* Wipes and frees; NULL is fine. */
void dyn_hmac_key_destroy(struct dyn_hmac_key *key);

/* Takes over `secret`, of any length; keeps no copy of it. DYN_ERR_CRYPTO if OpenSSL refuses. */
enum dyn_status dyn_hmac_key_set(struct dyn_hash *hash, struct dyn_hmac_key *key,
                                 struct dyn_slice secret);

/* Makes `key` what `from` is, which was set, with `start` before all that MACs of it are written
 * of. */
enum dyn_status dyn_hmac_key_start(struct dyn_hmac_key *key, const struct dyn_hmac_key *from,
                                   struct dyn_slice start);

/* Writes the MAC of `data` under a key that was set. DYN_ERR_CRYPTO if OpenSSL refuses. */
enum dyn_status dyn_hmac(struct dyn_hash *hash, const struct dyn_hmac_key *key,
                         struct dyn_slice data, unsigned char out[DYN_SHA256_BYTES]);

/* Writes the SHA-1 of `data` (FIPS 180-4) as lower-case hexadecimal text: a name for a file, no
 * protection. DYN_ERR_CRYPTO if OpenSSL offers no SHA-1 or refuses. */
enum dyn_status dyn_sha1_hex(struct dyn_slice data, char out[DYN_SHA1_HEX_BYTES]);

/* Overwrites memory in a way that no optimiser drops. `data` may be NULL when `length` is 0. */
void dyn_wipe(void *data, size_t length);

/* Writes `length` bytes as 2 * length lower-case hexadecimal digits, without a terminator. */
void dyn_hex_write(const unsigned char *bytes, size_t length, char *out);

#endif
