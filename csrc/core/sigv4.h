/* SPDX-License-Identifier: MIT */
#ifndef DYN_SIGV4_H
#define DYN_SIGV4_H

#include "canonical.h"

/* AWS Signature Version 4 in the Authorization header, in the stages of AWS's own description:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * The time is an input. */

/* Whose signature, for where and when. */
struct dyn_sigv4_config {
  struct dyn_slice access_key_id, secret_access_key;
  struct dyn_slice region, service;
  struct dyn_slice amz_date; /* "YYYYMMDDTHHMMSSZ", UTC */
};

/* What dyn_sigv4_sign made; the slices live until the signer is used again. */
struct dyn_sigv4_signed {
  struct dyn_slice canonical_request, string_to_sign, signature, authorization;
};

/* A signer: digests, working buffers, and the signing key derived last.
 * 1. dyn_sigv4_new makes one.
 * 2. dyn_sigv4_sign, or the stages one by one, any number of times; one thread at a time. The key
 *    is derived again only when the secret, the day, the region or the service changes.
 * 3. dyn_sigv4_destroy wipes and frees it. */
struct dyn_sigv4;

/* Returns a signer, or NULL without memory. */
struct dyn_sigv4 *dyn_sigv4_new(struct dyn_digest *digest);

/* Wipes and frees; NULL is fine. */
void dyn_sigv4_destroy(struct dyn_sigv4 *signer);

/* Returns NULL if the stages may be given this, else what is wrong, in words that hold nothing of
 * it. */
const char *dyn_sigv4_problem(const struct dyn_sigv4_config *config);

/* Returns NULL for DYN_OK, else what went wrong, in such words. */
const char *dyn_sigv4_status_text(enum dyn_status status);

/* Writes what a header x-amz-content-sha256 says of `body`: its SHA-256 in hexadecimal. */
enum dyn_status dyn_sigv4_payload_hash(struct dyn_sigv4 *signer, struct dyn_slice body,
                                       char out[DYN_SHA256_HEX_BYTES]);

/* Stage 1: dyn_canonical_append with the signer's memory. */
enum dyn_status dyn_sigv4_canonical_request(struct dyn_sigv4 *signer,
                                            const struct dyn_request *request, struct dyn_buf *out,
                                            struct dyn_slice *signed_headers);

/* Stage 2: appends the string to sign. */
enum dyn_status dyn_sigv4_string_to_sign(struct dyn_sigv4 *signer,
                                         const struct dyn_sigv4_config *config,
                                         struct dyn_slice canonical_request, struct dyn_buf *out);

/* Stage 3: writes the signing key, which the caller wipes. */
enum dyn_status dyn_sigv4_derive_key(struct dyn_sigv4 *signer,
                                     const struct dyn_sigv4_config *config,
                                     unsigned char out[DYN_SHA256_BYTES]);

/* Makes `key` the signing key of `config`, with `start` before all that it signs; the key is
 * derived if the last one does not fit. */
enum dyn_status dyn_sigv4_start_key(struct dyn_sigv4 *signer, const struct dyn_sigv4_config *config,
                                    struct dyn_slice start, struct dyn_hmac_key *key);

/* The digest that the signer works with. */
struct dyn_hash *dyn_sigv4_hash(struct dyn_sigv4 *signer);

/* Stage 4: writes the signature in hexadecimal, deriving the key if the last one does not fit. */
enum dyn_status dyn_sigv4_signature(struct dyn_sigv4 *signer, const struct dyn_sigv4_config *config,
                                    struct dyn_slice string_to_sign,
                                    char out[DYN_SHA256_HEX_BYTES]);

/* Stage 5: appends the value of the Authorization header; failure shows in `out->error`. */
void dyn_sigv4_authorization(const struct dyn_sigv4_config *config, struct dyn_slice signed_headers,
                             struct dyn_slice signature, struct dyn_buf *out);

/* All stages. On failure `out` is untouched. */
enum dyn_status dyn_sigv4_sign(struct dyn_sigv4 *signer, const struct dyn_request *request,
                               const struct dyn_sigv4_config *config, struct dyn_sigv4_signed *out);

#endif
