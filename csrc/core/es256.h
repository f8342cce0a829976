/* SPDX-License-Identifier: MIT */
#ifndef DYN_ES256_H
#define DYN_ES256_H

#include "slice.h"
#include "status.h"

/* ES256 (RFC 7518 section 3.4): ECDSA with the curve P-256 and SHA-256, over OpenSSL 3. A key is
 * the text of a PEM file ("EC PRIVATE KEY" or "PRIVATE KEY") without a passphrase; it is parsed for
 * each call and nothing of it is kept. DYN_ERR_SYNTAX: the text is no such key. DYN_ERR_CRYPTO:
 * OpenSSL refused. */

enum { DYN_P256_BYTES = 32, DYN_ES256_BYTES = 2 * DYN_P256_BYTES };

/* Writes the signature of `text`: R, then S, each a big-endian number of 32 bytes. OpenSSL draws
 * the random number that a signature needs, so no two are alike. */
enum dyn_status dyn_es256_sign(struct dyn_slice pem, struct dyn_slice text,
                               unsigned char out[DYN_ES256_BYTES]);

/* Writes the coordinates of the public key that belongs to the private one. */
enum dyn_status dyn_es256_public(struct dyn_slice pem, unsigned char x[DYN_P256_BYTES],
                                 unsigned char y[DYN_P256_BYTES]);

#endif
