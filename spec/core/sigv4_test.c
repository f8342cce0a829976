/* SPDX-License-Identifier: MIT */
/* Each stage alone. Paths: urllib.parse.quote(botocore.utils.normalize_url_path(path), safe="/~").
 * The key: AWS's published example (20150830/us-east-1/iam). Signatures: Python 3.11's hmac over
 * that chain. The whole request: botocore 1.44.5, SigV4Auth with this date in request.context. */
#include "check.h"
#include "sigv4.h"

#include <stdlib.h>

enum { CEILING = 1 << 16 };

/* The credentials and the date of AWS's examples. */
static struct dyn_sigv4_config example_config(void) {
  struct dyn_sigv4_config config = {
      DYN_SLICE("AKIDEXAMPLE"), DYN_SLICE("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
      DYN_SLICE("us-east-1"), DYN_SLICE("iam"), DYN_SLICE("20150830T123600Z")};
  return config;
}

static struct dyn_request get_request(void) {
  struct dyn_request request = {.method = DYN_SLICE("GET"), .normalize_path = true};
  request.path = DYN_SLICE("/");
  return request;
}

/* Returns line `number` (from 0) of a text. */
static struct dyn_slice line_of(struct dyn_slice text, int number) {
  size_t start = 0, end = 0;
  for (;;) {
    for (end = start; end < text.length && text.data[end] != '\n';) end++;
    if (number-- == 0 || end == text.length) break;
    start = end + 1;
  }
  return dyn_slice_of(text.data + start, end - start);
}

/* Returns a signer with a digest of its own. */
static struct dyn_sigv4 *new_signer(void) {
  struct dyn_digest *digest = dyn_digest_new();
  struct dyn_sigv4 *signer = digest != NULL ? dyn_sigv4_new(digest) : NULL;
  dyn_digest_destroy(digest);
  return signer;
}

/* Checks one line of the canonical request. */
static void check_canonical_line(const struct dyn_request *request, int number,
                                 struct dyn_slice expected) {
  struct dyn_sigv4 *signer = new_signer();
  struct dyn_slice names;
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  if (CHECK(signer != NULL)) {
    CHECK_EQ_INT(dyn_sigv4_canonical_request(signer, request, &out, &names), DYN_OK);
    CHECK_EQ_BYTES(line_of(dyn_buf_slice(&out), number), expected);
  }
  dyn_buf_clean_up(&out);
  dyn_sigv4_destroy(signer);
}

static const struct {
  bool normalize;
  struct dyn_slice path, canonical;
} paths[] = {
    {true, CHECK_BYTES(""), CHECK_BYTES("/")},
    {true, CHECK_BYTES("//"), CHECK_BYTES("/")},
    {true, CHECK_BYTES("/a//b/"), CHECK_BYTES("/a/b/")},
    {true, CHECK_BYTES("/a/./b/."), CHECK_BYTES("/a/b")},
    {true, CHECK_BYTES("/a/b/.."), CHECK_BYTES("/a")},
    {true, CHECK_BYTES("/a/b/../"), CHECK_BYTES("/a/")},
    {true, CHECK_BYTES("/../.."), CHECK_BYTES("/")},
    {true, CHECK_BYTES("/..a/.b"), CHECK_BYTES("/..a/.b")},
    {true, CHECK_BYTES("/%20/a b"), CHECK_BYTES("/%2520/a%20b")},
    {true, CHECK_BYTES("/\xE1\x88\xB4"), CHECK_BYTES("/%E1%88%B4")},
    {true, CHECK_BYTES("/:@!$&'()*+,;="), CHECK_BYTES("/%3A%40%21%24%26%27%28%29%2A%2B%2C%3B%3D")},
    {true, CHECK_BYTES("/a\0b"), CHECK_BYTES("/a%00b")},
    {false, CHECK_BYTES(""), CHECK_BYTES("/")},
    {false, CHECK_BYTES("//a/../b/"), CHECK_BYTES("//a/../b/")},
};

static void test_canonical_path(void) {
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct dyn_request request = get_request();
    request.path = paths[i].path;
    request.normalize_path = paths[i].normalize;
    check_canonical_line(&request, 1, paths[i].canonical);
  }
}

/* Sorted by name and then value as encoded, encoded once whether it came encoded or not. */
static const struct {
  struct dyn_slice query, canonical;
} queries[] = {
    {CHECK_BYTES(""), CHECK_BYTES("")},
    {CHECK_BYTES("a"), CHECK_BYTES("a=")},
    {CHECK_BYTES("=v"), CHECK_BYTES("=v")},
    {CHECK_BYTES("&&b=1&&a=2&"), CHECK_BYTES("a=2&b=1")},
    {CHECK_BYTES("a=2&a=1&a"), CHECK_BYTES("a=&a=1&a=2")},
    {CHECK_BYTES("Param-3=3&Param=2"), CHECK_BYTES("Param=2&Param-3=3")},
    {CHECK_BYTES("b=&B="), CHECK_BYTES("B=&b=")},
    {CHECK_BYTES("a=b=c"), CHECK_BYTES("a=b%3Dc")},
    {CHECK_BYTES("a=%2f%2F/&b=%7E~"), CHECK_BYTES("a=%2F%2F%2F&b=~~")},
    {CHECK_BYTES("a=%zz%2&b=%"), CHECK_BYTES("a=%25zz%252&b=%25")},
    {CHECK_BYTES("a=x y+z&b=\xE1\x88\xB4"), CHECK_BYTES("a=x%20y%2Bz&b=%E1%88%B4")},
};

static void test_canonical_query(void) {
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
    struct dyn_request request = get_request();
    request.query = queries[i].query;
    check_canonical_line(&request, 2, queries[i].canonical);
  }
}

static const struct dyn_header mixed_headers[] = {
    {CHECK_BYTES("X-B"), CHECK_BYTES("  two   spaces  ")},
    {CHECK_BYTES("user-agent"), CHECK_BYTES("never signed")},
    {CHECK_BYTES("x-b"), CHECK_BYTES("again")},
    {CHECK_BYTES("Content-Length"), CHECK_BYTES("13")},
    {CHECK_BYTES("Authorization"), CHECK_BYTES("of the last attempt")},
    {CHECK_BYTES("x-a"), CHECK_BYTES("")},
    {CHECK_BYTES("TE"), CHECK_BYTES("never signed")},
    {CHECK_BYTES("X-Amzn-Trace-Id"), CHECK_BYTES("never signed")},
    {CHECK_BYTES("x-b-c"), CHECK_BYTES(" ")},
};

static void test_canonical_headers(void) {
  static const struct dyn_slice lines[] = {
      CHECK_BYTES("content-length:13"),
      CHECK_BYTES("x-a:"),
      CHECK_BYTES("x-b:two spaces,again"),
      CHECK_BYTES("x-b-c:"),
      CHECK_BYTES(""),
      CHECK_BYTES("content-length;x-a;x-b;x-b-c"),
  };
  struct dyn_request request = get_request();
  request.headers = mixed_headers;
  request.header_count = sizeof mixed_headers / sizeof *mixed_headers;
  for (int i = 0; i < (int)(sizeof lines / sizeof *lines); i++) {
    check_canonical_line(&request, 3 + i, lines[i]);
  }
}

static void test_payload_hash(void) {
  static const struct dyn_header said[] = {
      {CHECK_BYTES("X-Amz-Content-Sha256"), CHECK_BYTES("UNSIGNED-PAYLOAD")}};
  struct dyn_request request = get_request();
  request.body = DYN_SLICE("a\0b");
  check_canonical_line(
      &request, 6, /* sha256 of "a", NUL, "b" by hashlib */
      DYN_SLICE("59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138"));
  request.headers = said;
  request.header_count = 1;
  check_canonical_line(&request, 6, DYN_SLICE("UNSIGNED-PAYLOAD"));
}

static void test_string_to_sign(void) {
  struct dyn_sigv4 *signer = new_signer();
  struct dyn_sigv4_config config = example_config();
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  if (!CHECK(signer != NULL)) return;
  CHECK_EQ_INT(dyn_sigv4_string_to_sign(signer, &config, DYN_SLICE("abc"), &out), DYN_OK);
  CHECK_EQ_TEXT(dyn_buf_slice(&out),
                "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  dyn_buf_clean_up(&out);
  dyn_sigv4_destroy(signer);
}

static void test_derived_key(void) {
  struct dyn_sigv4 *signer = new_signer();
  struct dyn_sigv4_config config = example_config();
  unsigned char key[DYN_SHA256_BYTES];
  char hex[DYN_SHA256_HEX_BYTES];
  if (!CHECK(signer != NULL)) return;
  CHECK_EQ_INT(dyn_sigv4_derive_key(signer, &config, key), DYN_OK);
  dyn_hex_write(key, sizeof key, hex);
  CHECK_EQ_TEXT(dyn_slice_of(hex, sizeof hex),
                "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  dyn_sigv4_destroy(signer);
}

/* What the cached key depends on, changed one by one; NULL leaves the example's. */
static const struct {
  const char *name, *secret, *amz_date, *region, *service;
  struct dyn_slice signature;
} scopes[] = {
    {"example", NULL, NULL, NULL, NULL,
     CHECK_BYTES("47e8dff75c264d02dd9075e1d160d1036c46d16500e36784e807c9d58fa22c3d")},
    {"same day, other second", NULL, "20150830T235959Z", NULL, NULL,
     CHECK_BYTES("47e8dff75c264d02dd9075e1d160d1036c46d16500e36784e807c9d58fa22c3d")},
    {"secret", "other", NULL, NULL, NULL,
     CHECK_BYTES("cb4dc8721fb4d1a9b7efaf15105e023a151955fd0e4421c0788d653206fa2e33")},
    {"secret one byte shorter", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKE", NULL, NULL, NULL,
     CHECK_BYTES("d8009534297773cce35cb8f9708ba75714b1b25c62025540b0f389e92dc26dfc")},
    {"day", NULL, "20150831T123600Z", NULL, NULL,
     CHECK_BYTES("8ccac1de612826066e5ca0a4585df9e4f1c8572387406b3fc30250b630ec13e6")},
    {"region", NULL, NULL, "eu-west-1", NULL,
     CHECK_BYTES("b203549fb5021121e51d6751471db52c3ddc29e3462d738a58845c9918165a42")},
    {"service", NULL, NULL, NULL, "sts",
     CHECK_BYTES("9cf2fbe995c8b570e60c076a67851f0e474d566644e0fc45bbeccc4c8500df2c")},
};

static void replace(struct dyn_slice *slice, const char *text) {
  if (text != NULL) *slice = dyn_slice_of(text, strlen(text));
}

static void check_scope(struct dyn_sigv4 *signer, size_t i) {
  struct dyn_sigv4_config config = example_config();
  char signature[DYN_SHA256_HEX_BYTES];
  replace(&config.secret_access_key, scopes[i].secret);
  replace(&config.amz_date, scopes[i].amz_date);
  replace(&config.region, scopes[i].region);
  replace(&config.service, scopes[i].service);
  CHECK_CASE(scopes[i].name);
  CHECK_EQ_INT(dyn_sigv4_signature(signer, &config, DYN_SLICE("text"), signature), DYN_OK);
  CHECK_EQ_BYTES(dyn_slice_of(signature, sizeof signature), scopes[i].signature);
}

/* Every scope after every other, and each twice: neither a stale nor a missed key. */
static void test_signature_and_its_key_cache(void) {
  enum { COUNT = sizeof scopes / sizeof *scopes };
  struct dyn_sigv4 *signer = new_signer();
  if (!CHECK(signer != NULL)) return;
  for (size_t i = 0; i < COUNT; i++) {
    for (size_t j = 0; j < COUNT; j++) {
      check_scope(signer, i);
      check_scope(signer, j);
    }
  }
  dyn_sigv4_destroy(signer);
}

/* Deriving a key by hand uses the cache's room; the next signature must not take it for its own. */
static void test_signature_after_derive_key(void) {
  struct dyn_sigv4 *signer = new_signer();
  struct dyn_sigv4_config config = example_config();
  unsigned char key[DYN_SHA256_BYTES];
  if (!CHECK(signer != NULL)) return;
  check_scope(signer, 0);
  CHECK_EQ_INT(dyn_sigv4_derive_key(signer, &config, key), DYN_OK);
  check_scope(signer, 0);
  dyn_sigv4_destroy(signer);
}

static void test_authorization(void) {
  struct dyn_sigv4_config config = example_config();
  struct dyn_buf out;
  dyn_buf_init(&out, CEILING);
  dyn_sigv4_authorization(&config, DYN_SLICE("host;x-amz-date"), DYN_SLICE("5fa0"), &out);
  CHECK_EQ_TEXT(dyn_buf_slice(&out),
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
                "SignedHeaders=host;x-amz-date, Signature=5fa0");
  dyn_buf_clean_up(&out);
}

static const struct dyn_header get_item_headers[] = {
    {CHECK_BYTES("Content-Type"), CHECK_BYTES("application/x-amz-json-1.0")},
    {CHECK_BYTES("X-Amz-Target"), CHECK_BYTES("DynamoDB_20120810.GetItem")},
    {CHECK_BYTES("User-Agent"), CHECK_BYTES("dynamo")},
    {CHECK_BYTES("Host"), CHECK_BYTES("dynamodb.us-east-1.amazonaws.com")},
    {CHECK_BYTES("X-Amz-Date"), CHECK_BYTES("20150830T123600Z")},
};

static struct dyn_request get_item_request(void) {
  struct dyn_request request = get_request();
  request.method = DYN_SLICE("POST");
  request.headers = get_item_headers;
  request.header_count = sizeof get_item_headers / sizeof *get_item_headers;
  request.body = DYN_SLICE("{\"TableName\":\"Users\"}");
  return request;
}

/* Checks what the example request is signed to. */
static void check_get_item(struct dyn_sigv4 *signer) {
  struct dyn_request request = get_item_request();
  struct dyn_sigv4_config config = example_config();
  struct dyn_sigv4_signed out;
  config.service = DYN_SLICE("dynamodb");
  if (!CHECK_EQ_INT(dyn_sigv4_sign(signer, &request, &config, &out), DYN_OK)) return;
  CHECK_EQ_TEXT(line_of(out.canonical_request, 9),
                "8bdbf65f0bdb5fcf3d9b1e6537906203f39cda849ebbb50e8e218ea775c200af");
  CHECK_EQ_TEXT(line_of(out.string_to_sign, 3),
                "7b53df86771687b1ff7cd7908071fe4822ff48865821a15ea3dad6a3e3acb36b");
  CHECK_EQ_TEXT(out.signature, "694f4eeebb2d1c57a6383a9a436ade17e64bada42ceeb32fabeb58265cb0c0d4");
  CHECK_EQ_TEXT(out.authorization,
                "AWS4-HMAC-SHA256 "
                "Credential=AKIDEXAMPLE/20150830/us-east-1/dynamodb/aws4_request, "
                "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                "Signature=694f4eeebb2d1c57a6383a9a436ade17e64bada42ceeb32fabeb58265cb0c0d4");
}

static void test_sign(void) {
  struct dyn_sigv4 *signer = new_signer();
  if (!CHECK(signer != NULL)) return;
  check_get_item(signer);
  check_get_item(signer);
  dyn_sigv4_destroy(signer);
}

/* A request beyond the ceiling fails as such, and leaves a signer that still signs. */
static void test_too_large(void) {
  size_t length = DYN_CANONICAL_MAX_BYTES + 1;
  struct dyn_sigv4 *signer = new_signer();
  struct dyn_sigv4_config config = example_config();
  struct dyn_request request = get_request();
  struct dyn_sigv4_signed out;
  char *large = malloc(length);
  if (!CHECK(signer != NULL && large != NULL)) return;
  memset(large, 'a', length);
  request.query = dyn_slice_of(large, length);
  CHECK_EQ_INT(dyn_sigv4_sign(signer, &request, &config, &out), DYN_ERR_TOO_LARGE);
  request.query = dyn_slice_of(large, length / 2); /* fits itself, not with every byte escaped */
  CHECK_EQ_INT(dyn_sigv4_sign(signer, &request, &config, &out), DYN_ERR_TOO_LARGE);
  request.query.length = 0;
  request.path = dyn_slice_of(large, length);
  CHECK_EQ_INT(dyn_sigv4_sign(signer, &request, &config, &out), DYN_ERR_TOO_LARGE);
  config.secret_access_key = dyn_slice_of(large, length);
  request.path.length = 0;
  CHECK_EQ_INT(dyn_sigv4_sign(signer, &request, &config, &out), DYN_ERR_TOO_LARGE);
  check_get_item(signer);
  free(large);
  dyn_sigv4_destroy(signer);
}

static const struct {
  struct dyn_header header;
  bool fine;
} headers[] = {
    {{CHECK_BYTES("host"), CHECK_BYTES("\xC3\xA9 ~")}, true},
    {{CHECK_BYTES("!#$%&'*+-.^_`|~09azAZ"), CHECK_BYTES("")}, true},
    {{CHECK_BYTES(""), CHECK_BYTES("v")}, false},
    {{CHECK_BYTES("a b"), CHECK_BYTES("v")}, false},
    {{CHECK_BYTES("a:b"), CHECK_BYTES("v")}, false},
    {{CHECK_BYTES("a;b"), CHECK_BYTES("v")}, false},
    {{CHECK_BYTES("a\0"), CHECK_BYTES("v")}, false},
    {{CHECK_BYTES("\xC3\xA9"), CHECK_BYTES("v")}, false},
    {{CHECK_BYTES("a"), CHECK_BYTES("v\r\nx-forged: 1")}, false},
    {{CHECK_BYTES("a"), CHECK_BYTES("v\tw")}, false},
    {{CHECK_BYTES("a"), CHECK_BYTES("v\0")}, false},
    {{CHECK_BYTES("a"), CHECK_BYTES("\x7F")}, false},
};

static void test_problem_of_a_request(void) {
  struct dyn_request request = get_request();
  CHECK(dyn_canonical_problem(&request) == NULL);
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    request.headers = &headers[i].header;
    request.header_count = 1;
    CHECK((dyn_canonical_problem(&request) == NULL) == headers[i].fine);
  }
  request.header_count = 0;
  request.method = DYN_SLICE("GET /");
  CHECK(dyn_canonical_problem(&request) != NULL);
}

/* Whether the example would still be fine with `bad` in the place of one of its parts. */
static bool fine_with(size_t part, struct dyn_slice bad) {
  struct dyn_sigv4_config config = example_config();
  struct dyn_slice *parts[] = {&config.access_key_id, &config.region, &config.service,
                               &config.amz_date, &config.secret_access_key};
  *parts[part] = bad;
  return dyn_sigv4_problem(&config) == NULL;
}

static void test_problem_of_a_config(void) {
  static const struct dyn_slice dates[] = {
      CHECK_BYTES(""),
      CHECK_BYTES("20150830T123600"),
      CHECK_BYTES("20150830T123600z"),
      CHECK_BYTES("20150830 123600Z"),
      CHECK_BYTES("2015083xT123600Z"),
      CHECK_BYTES("20150830T1236000Z"),
  };
  struct dyn_sigv4_config config = example_config();
  CHECK(dyn_sigv4_problem(&config) == NULL);
  for (size_t part = 0; part < 3; part++) {
    CHECK(!fine_with(part, DYN_SLICE("")));
    CHECK(!fine_with(part, DYN_SLICE("a/b")));
    CHECK(!fine_with(part, DYN_SLICE("a, b")));
    CHECK(!fine_with(part, DYN_SLICE("a\r\n")));
    CHECK(!fine_with(part, DYN_SLICE("\xC3\xA9")));
  }
  for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) CHECK(!fine_with(3, dates[i]));
  CHECK(!fine_with(4, DYN_SLICE("")));
}

static void test_destroying_nothing(void) {
  dyn_sigv4_destroy(NULL);
}

int main(void) {
  CHECK_RUN(test_canonical_path);
  CHECK_RUN(test_canonical_query);
  CHECK_RUN(test_canonical_headers);
  CHECK_RUN(test_payload_hash);
  CHECK_RUN(test_string_to_sign);
  CHECK_RUN(test_derived_key);
  CHECK_RUN(test_signature_and_its_key_cache);
  CHECK_RUN(test_signature_after_derive_key);
  CHECK_RUN(test_authorization);
  CHECK_RUN(test_sign);
  CHECK_RUN(test_too_large);
  CHECK_RUN(test_problem_of_a_request);
  CHECK_RUN(test_problem_of_a_config);
  CHECK_RUN(test_destroying_nothing);
  return check_finish();
}
