/* SPDX-License-Identifier: MIT */
/* The key is that of RFC 6979, appendix A.2.5, with its public point; the PEM texts around it were
 * written with Python 3.11 from RFC 5915 and RFC 5958. Signatures differ each time, so OpenSSL's
 * verification judges them, over a key made from the coordinates of the RFC. */
#include "check.h"
#include "es256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#define WITH_PUBLIC                                                                                \
  "-----BEGIN EC PRIVATE KEY-----\n"                                                               \
  "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"                             \
  "AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n"                             \
  "maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"                                                         \
  "-----END EC PRIVATE KEY-----\n"

static const struct {
  const char *name;
  struct dyn_slice pem;
} keys[] = {
    {"SEC 1", CHECK_BYTES(WITH_PUBLIC)},
    {"SEC 1 without the public key",
     CHECK_BYTES("-----BEGIN EC PRIVATE KEY-----\n"
                 "MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
                 "AwEH\n"
                 "-----END EC PRIVATE KEY-----\n")},
    {"PKCS 8", CHECK_BYTES("-----BEGIN PRIVATE KEY-----\n"
                           "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCDJr6nYRbp1FmtcIVdn\n"
                           "sdaTTlDD2zbomxJ7imIrEg9nIQ==\n"
                           "-----END PRIVATE KEY-----\n")},
};

/* The uncompressed point: 4, x, y. */
static const unsigned char POINT[1 + 2 * DYN_P256_BYTES] =
    "\x04\x60\xFE\xD4\xBA\x25\x5A\x9D\x31\xC9\x61\xEB\x74\xC6\x35\x6D\x68\xC0\x49\xB8\x92\x3B\x61"
    "\xFA\x6C\xE6\x69\x62\x2E\x60\xF2\x9F\xB6\x79\x03\xFE\x10\x08\xB8\xBC\x99\xA4\x1A\xE9\xE9\x56"
    "\x28\xBC\x64\xF2\xF1\xB2\x0C\x2D\x7E\x9F\x51\x77\xA3\xC2\x94\xD4\x46\x22\x99";

static struct dyn_slice slice_of(const unsigned char *bytes, size_t length) {
  return dyn_slice_of((const char *)bytes, length);
}

/* Returns the public key of the RFC, for EVP_PKEY_free. */
static EVP_PKEY *public_key(void) {
  char group[] = "P-256";
  unsigned char point[sizeof POINT];
  memcpy(point, POINT, sizeof point);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
      OSSL_PARAM_construct_end()};
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  if (EVP_PKEY_fromdata_init(context) != 1 ||
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    key = NULL;
  }
  EVP_PKEY_CTX_free(context);
  return key;
}

/* Whether OpenSSL takes R || S for a signature of `text` by the key of the RFC. */
static bool verifies(const unsigned char raw[DYN_ES256_BYTES], struct dyn_slice text) {
  unsigned char *der = NULL;
  ECDSA_SIG *signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(raw, DYN_P256_BYTES, NULL),
                 BN_bin2bn(raw + DYN_P256_BYTES, DYN_P256_BYTES, NULL));
  int length = i2d_ECDSA_SIG(signature, &der);
  EVP_PKEY *key = public_key();
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool verified = EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
                  EVP_DigestVerify(context, der, (size_t)length, (const unsigned char *)text.data,
                                   text.length) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
  return verified;
}

static void test_public_key(void) {
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    unsigned char x[DYN_P256_BYTES], y[DYN_P256_BYTES];
    CHECK_CASE(keys[i].name);
    CHECK_EQ_INT(dyn_es256_public(keys[i].pem, x, y), DYN_OK);
    CHECK_EQ_BYTES(slice_of(x, sizeof x), slice_of(POINT + 1, sizeof x));
    CHECK_EQ_BYTES(slice_of(y, sizeof y), slice_of(POINT + 1 + sizeof x, sizeof y));
  }
}

/* Until a number began with a zero byte, which the fixed width must keep: one signature in 128 has
 * such a number. */
static void test_signatures_verify(void) {
  static const struct dyn_slice texts[] = {CHECK_BYTES("sample"), CHECK_BYTES(""),
                                           CHECK_BYTES("a\0b")};
  bool met_short = false;
  for (int i = 0; i < 30 || (!met_short && i < 10000); i++) {
    unsigned char raw[DYN_ES256_BYTES];
    CHECK_EQ_INT(dyn_es256_sign(keys[i % 3].pem, texts[i % 3], raw), DYN_OK);
    if (!CHECK(verifies(raw, texts[i % 3]))) return;
    CHECK(!verifies(raw, DYN_SLICE("sampl")));
    met_short = met_short || raw[0] == 0 || raw[DYN_P256_BYTES] == 0;
  }
  CHECK(met_short);
}

static const struct {
  const char *name;
  struct dyn_slice pem;
} not_keys[] = {
    {"nothing", CHECK_BYTES("")},
    {"no PEM", CHECK_BYTES("hunter2")},
    {"no more than a frame",
     CHECK_BYTES("-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n")},
    {"cut", {WITH_PUBLIC, 100}},
    {"another curve, secp256k1",
     CHECK_BYTES("-----BEGIN EC PRIVATE KEY-----\n"
                 "MC4CAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAcGBSuBBAAK\n"
                 "-----END EC PRIVATE KEY-----\n")},
    {"a public key",
     CHECK_BYTES("-----BEGIN PUBLIC KEY-----\n"
                 "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
                 "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
                 "-----END PUBLIC KEY-----\n")},
    {"too large", {WITH_PUBLIC, 1 << 30}}, /* refused before a byte is read */
};

static void test_refuses_other_texts(void) {
  for (size_t i = 0; i < sizeof not_keys / sizeof *not_keys; i++) {
    unsigned char raw[DYN_ES256_BYTES], x[DYN_P256_BYTES], y[DYN_P256_BYTES];
    CHECK_CASE(not_keys[i].name);
    CHECK_EQ_INT(dyn_es256_sign(not_keys[i].pem, DYN_SLICE("text"), raw), DYN_ERR_SYNTAX);
    CHECK_EQ_INT(dyn_es256_public(not_keys[i].pem, x, y), DYN_ERR_SYNTAX);
  }
}

/* An encrypted key would have OpenSSL ask at the terminal, for ever. */
static void test_refuses_an_encrypted_key(void) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  BIO *out = BIO_new(BIO_s_mem());
  char *text = NULL;
  unsigned char raw[DYN_ES256_BYTES];
  if (!CHECK(PEM_write_bio_PrivateKey(out, key, EVP_aes_128_cbc(), (const unsigned char *)"pass", 4,
                                      NULL, NULL) == 1)) {
    return;
  }
  long length = BIO_get_mem_data(out, &text);
  CHECK_EQ_INT(dyn_es256_sign(dyn_slice_of(text, (size_t)length), DYN_SLICE("text"), raw),
               DYN_ERR_SYNTAX);
  BIO_free(out);
  EVP_PKEY_free(key);
}

static void test_leaves_no_errors_behind(void) {
  unsigned char raw[DYN_ES256_BYTES];
  ERR_clear_error();
  CHECK_EQ_INT(dyn_es256_sign(DYN_SLICE("hunter2"), DYN_SLICE("text"), raw), DYN_ERR_SYNTAX);
  CHECK(ERR_peek_error() == 0);
}

int main(void) {
  CHECK_RUN(test_public_key);
  CHECK_RUN(test_signatures_verify);
  CHECK_RUN(test_refuses_other_texts);
  CHECK_RUN(test_refuses_an_encrypted_key);
  CHECK_RUN(test_leaves_no_errors_behind);
  return check_finish();
}
