/* SPDX-License-Identifier: MIT */
#include "es256.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

enum {
  MAX_PEM_BYTES = 16 * 1024, /* one key takes about 250 bytes */
  MAX_DER_BYTES = 80,        /* a signature takes at most 72 */
  GROUP_BYTES = 32           /* "prime256v1" */
};

/* Stands in for the question at the terminal that OpenSSL would ask about an encrypted key. */
static int no_passphrase(char *buffer, int size, int writing, void *context) {
  (void)buffer, (void)size, (void)writing, (void)context;
  return -1;
}

static bool is_p256(const EVP_PKEY *key) {
  char group[GROUP_BYTES];
  size_t length = 0;
  if (EVP_PKEY_get_group_name(key, group, sizeof group, &length) != 1) return false;
  return strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0;
}

/* Returns the key, for EVP_PKEY_free, or NULL. */
static EVP_PKEY *read_key(struct dyn_slice pem) {
  if (pem.length == 0 || pem.length > MAX_PEM_BYTES) return NULL;
  BIO *text = BIO_new_mem_buf(pem.data, (int)pem.length); /* a view */
  EVP_PKEY *key = text ? PEM_read_bio_PrivateKey(text, NULL, no_passphrase, NULL) : NULL;
  BIO_free(text);
  if (key && is_p256(key)) return key;
  EVP_PKEY_free(key);
  return NULL;
}

static bool write_number(const BIGNUM *number, unsigned char out[DYN_P256_BYTES]) {
  return BN_bn2binpad(number, out, DYN_P256_BYTES) == DYN_P256_BYTES;
}

/* Writes what DER says as two numbers of fixed width. */
static bool write_raw(const unsigned char *der, size_t length, unsigned char out[DYN_ES256_BYTES]) {
  ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)length);
  bool done = signature && write_number(ECDSA_SIG_get0_r(signature), out) &&
              write_number(ECDSA_SIG_get0_s(signature), out + DYN_P256_BYTES);
  ECDSA_SIG_free(signature);
  return done;
}

static bool sign(EVP_PKEY *key, struct dyn_slice text, unsigned char out[DYN_ES256_BYTES]) {
  unsigned char der[MAX_DER_BYTES];
  size_t length = sizeof der;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool done =
      context && EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
      EVP_DigestSign(context, der, &length, (const unsigned char *)text.data, text.length) == 1 &&
      write_raw(der, length, out);
  EVP_MD_CTX_free(context);
  return done;
}

static bool write_coordinate(const EVP_PKEY *key, const char *name,
                             unsigned char out[DYN_P256_BYTES]) {
  BIGNUM *number = NULL;
  bool done = EVP_PKEY_get_bn_param(key, name, &number) == 1 && write_number(number, out);
  BN_free(number);
  return done;
}

/* The functions below leave the thread's queue of OpenSSL errors as they found it: libcurl's TLS
 * reads it too. */

enum dyn_status dyn_es256_sign(struct dyn_slice pem, struct dyn_slice text,
                               unsigned char out[DYN_ES256_BYTES]) {
  ERR_set_mark();
  EVP_PKEY *key = read_key(pem);
  bool done = key && sign(key, text, out);
  enum dyn_status status = done ? DYN_OK : key ? DYN_ERR_CRYPTO : DYN_ERR_SYNTAX;
  EVP_PKEY_free(key); /* clears the secret */
  ERR_pop_to_mark();
  return status;
}

enum dyn_status dyn_es256_public(struct dyn_slice pem, unsigned char x[DYN_P256_BYTES],
                                 unsigned char y[DYN_P256_BYTES]) {
  ERR_set_mark();
  EVP_PKEY *key = read_key(pem);
  bool done = key && write_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, x) &&
              write_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, y);
  enum dyn_status status = done ? DYN_OK : key ? DYN_ERR_CRYPTO : DYN_ERR_SYNTAX;
  EVP_PKEY_free(key);
  ERR_pop_to_mark();
  return status;
}
