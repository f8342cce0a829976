/* SPDX-License-Identifier: MIT */
/* Values: FIPS 180-4's examples, RFC 4231, and where neither has one Python 3.11's hashlib and
 * hmac, as in hmac.new(b"k" * 65, b"data", "sha256").hexdigest(). */
#include "check.h"
#include "hash.h"

#include <stdlib.h>

static struct dyn_slice hex_of(const unsigned char digest[DYN_SHA256_BYTES]) {
  static char hex[DYN_SHA256_HEX_BYTES];
  dyn_hex_write(digest, DYN_SHA256_BYTES, hex);
  return dyn_slice_of(hex, sizeof hex);
}

static const struct {
  struct dyn_slice data, hex;
} digests[] = {
    {CHECK_BYTES(""),
     CHECK_BYTES("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")},
    {CHECK_BYTES("abc"),
     CHECK_BYTES("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")},
    {CHECK_BYTES("a\0b"),
     CHECK_BYTES("59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138")},
};

/* Returns a hash that has outlived the digest it was made of. */
static struct dyn_hash *new_hash(void) {
  struct dyn_digest *digest = dyn_digest_new();
  struct dyn_hash *hash = digest != NULL ? dyn_hash_new(digest) : NULL;
  dyn_digest_destroy(digest);
  return hash;
}

static void test_sha256_of_known_texts(void) {
  struct dyn_hash *hash = new_hash();
  if (!CHECK(hash != NULL)) return;
  for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
    unsigned char digest[DYN_SHA256_BYTES];
    char hex[DYN_SHA256_HEX_BYTES];
    CHECK_EQ_INT(dyn_sha256(hash, digests[i].data, digest), DYN_OK);
    CHECK_EQ_BYTES(hex_of(digest), digests[i].hex);
    CHECK_EQ_INT(dyn_sha256_hex(hash, digests[i].data, hex), DYN_OK);
    CHECK_EQ_BYTES(dyn_slice_of(hex, sizeof hex), digests[i].hex);
  }
  dyn_hash_destroy(hash);
}

/* Lengths about a block's end, where the padding needs one block more. */
static void test_sha256_about_a_block(void) {
  static const struct {
    size_t length;
    struct dyn_slice hex;
  } rows[] = {
      {55, CHECK_BYTES("d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072")},
      {56, CHECK_BYTES("04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e")},
      {64, CHECK_BYTES("7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c")},
  };
  struct dyn_hash *hash = new_hash();
  if (!CHECK(hash != NULL)) return;
  char text[64];
  memset(text, 'x', sizeof text);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    unsigned char digest[DYN_SHA256_BYTES];
    CHECK_EQ_INT(dyn_sha256(hash, dyn_slice_of(text, rows[i].length), digest), DYN_OK);
    CHECK_EQ_BYTES(hex_of(digest), rows[i].hex);
  }
  dyn_hash_destroy(hash);
}

static void test_sha256_of_a_million_bytes(void) {
  enum { LENGTH = 1000000 };
  struct dyn_hash *hash = new_hash();
  char *text = malloc(LENGTH);
  unsigned char digest[DYN_SHA256_BYTES];
  if (CHECK(hash != NULL) && CHECK(text != NULL)) {
    memset(text, 'a', LENGTH);
    CHECK_EQ_INT(dyn_sha256(hash, dyn_slice_of(text, LENGTH), digest), DYN_OK);
    CHECK_EQ_TEXT(hex_of(digest),
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }
  free(text);
  dyn_hash_destroy(hash);
}

static char repeated_k[65], repeated_aa[131];

static const struct {
  const char *name;
  struct dyn_slice key, data, hex;
} macs[] = {
    {"RFC 4231 case 1",
     CHECK_BYTES("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
                 "\x0b"),
     CHECK_BYTES("Hi There"),
     CHECK_BYTES("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")},
    {"RFC 4231 case 2", CHECK_BYTES("Jefe"), CHECK_BYTES("what do ya want for nothing?"),
     CHECK_BYTES("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")},
    {"RFC 4231 case 6",
     {repeated_aa, sizeof repeated_aa},
     CHECK_BYTES("Test Using Larger Than Block-Size Key - Hash Key First"),
     CHECK_BYTES("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")},
    {"a key of one block",
     {repeated_k, 64},
     CHECK_BYTES("data"),
     CHECK_BYTES("93244b031118b8060c6619e5900fcf916faefb2d8d020fecb22ae0f62275db08")},
    {"a key one byte longer",
     {repeated_k, 65},
     CHECK_BYTES("data"),
     CHECK_BYTES("a79b53d0bf1cb4bb00c301979e6e60ef792a435cafabd76ab9e8989bbdef2dff")},
    {"nothing at all", CHECK_BYTES(""), CHECK_BYTES(""),
     CHECK_BYTES("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")},
};

/* One key object serves all rows, so that each must leave nothing to the next. */
static void test_hmac(void) {
  struct dyn_hash *hash = new_hash();
  struct dyn_hmac_key *key = dyn_hmac_key_new();
  if (!CHECK(hash != NULL && key != NULL)) return;
  memset(repeated_k, 'k', sizeof repeated_k);
  memset(repeated_aa, 0xAA, sizeof repeated_aa);
  for (size_t i = 0; i < sizeof macs / sizeof *macs; i++) {
    unsigned char mac[DYN_SHA256_BYTES];
    CHECK_CASE(macs[i].name);
    CHECK_EQ_INT(dyn_hmac_key_set(hash, key, macs[i].key), DYN_OK);
    for (int use = 0; use < 2; use++) {
      CHECK_EQ_INT(dyn_hmac(hash, key, macs[i].data, mac), DYN_OK);
      CHECK_EQ_BYTES(hex_of(mac), macs[i].hex);
    }
  }
  dyn_hmac_key_destroy(key);
  dyn_hash_destroy(hash);
}

static void test_hmac_without_a_key_fails(void) {
  struct dyn_hash *hash = new_hash();
  struct dyn_hmac_key *key = dyn_hmac_key_new();
  unsigned char mac[DYN_SHA256_BYTES];
  if (!CHECK(hash != NULL && key != NULL)) return;
  CHECK_EQ_INT(dyn_hmac(hash, key, DYN_SLICE("data"), mac), DYN_ERR_CRYPTO);
  dyn_hmac_key_destroy(key);
  dyn_hash_destroy(hash);
}

static const struct {
  struct dyn_slice data, hex;
} sha1_digests[] = {
    {CHECK_BYTES(""), CHECK_BYTES("da39a3ee5e6b4b0d3255bfef95601890afd80709")},
    {CHECK_BYTES("abc"), CHECK_BYTES("a9993e364706816aba3e25717850c26c9cd0d89d")},
    {CHECK_BYTES("a\0b"), CHECK_BYTES("4a3dec2d1f8245280855c42db0ee4239f917fdb8")},
    {{NULL, 0}, CHECK_BYTES("da39a3ee5e6b4b0d3255bfef95601890afd80709")},
};

static void test_sha1(void) {
  for (size_t i = 0; i < sizeof sha1_digests / sizeof *sha1_digests; i++) {
    char hex[DYN_SHA1_HEX_BYTES];
    CHECK_EQ_INT(dyn_sha1_hex(sha1_digests[i].data, hex), DYN_OK);
    CHECK_EQ_BYTES(dyn_slice_of(hex, sizeof hex), sha1_digests[i].hex);
  }
}

static void test_hex(void) {
  char hex[8];
  dyn_hex_write((const unsigned char *)"\x00\x7f\x80\xff", 4, hex);
  CHECK_EQ_TEXT(dyn_slice_of(hex, sizeof hex), "007f80ff");
}

static void test_wipe(void) {
  char secret[] = "secret";
  dyn_wipe(secret, sizeof secret);
  CHECK_EQ_TEXT(dyn_slice_of(secret, sizeof secret), "\0\0\0\0\0\0\0");
  dyn_wipe(NULL, 0);
}

static void test_destroying_nothing(void) {
  dyn_hash_destroy(NULL);
  dyn_hmac_key_destroy(NULL);
}

int main(void) {
  CHECK_RUN(test_sha256_of_known_texts);
  CHECK_RUN(test_sha256_about_a_block);
  CHECK_RUN(test_sha256_of_a_million_bytes);
  CHECK_RUN(test_hmac);
  CHECK_RUN(test_hmac_without_a_key_fails);
  CHECK_RUN(test_sha1);
  CHECK_RUN(test_hex);
  CHECK_RUN(test_wipe);
  CHECK_RUN(test_destroying_nothing);
  return check_finish();
}
