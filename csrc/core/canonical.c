/* SPDX-License-Identifier: MIT */
#include "canonical.h"

#include <stdint.h>

/* A header or a query parameter, to be sorted. */
struct pair {
  struct dyn_slice name, value;
};

void dyn_canonical_init(struct dyn_canonical *work) {
  dyn_buf_init(&work->pairs, DYN_CANONICAL_MAX_BYTES);
  dyn_buf_init(&work->text, DYN_CANONICAL_MAX_BYTES);
}

void dyn_canonical_clean_up(struct dyn_canonical *work) {
  dyn_buf_clean_up(&work->pairs);
  dyn_buf_clean_up(&work->text);
}

/* ---- bytes ---- */

/* Whether `c` is one of the `count` characters from `first` on. */
static bool is_among(char c, char first, unsigned count) {
  return (unsigned char)c - (unsigned)first < count;
}

static char lower(char c) {
  return (char)(c | (is_among(c, 'A', 26) ? 0x20 : 0));
}

static bool is_alphanumeric(char c) {
  return is_among(c, '0', 10) || is_among(lower(c), 'a', 26);
}

/* Unreserved of RFC 3986 section 2.3, the only bytes that AWS leaves as they are. */
static bool is_unreserved(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

const char *dyn_canonical_problem(const struct dyn_request *request) {
  if (!dyn_header_name_valid(request->method)) return "the method is not an HTTP token";
  for (size_t i = 0; i < request->header_count; i++) {
    const struct dyn_header *header = &request->headers[i];
    if (!dyn_header_name_valid(header->name)) return "a header name is not an HTTP token";
    if (!dyn_header_value_valid(header->value)) return "a header value holds a control byte";
  }
  return NULL;
}

static struct dyn_slice skip(struct dyn_slice text, size_t bytes) {
  return dyn_slice_of(text.data + bytes, text.length - bytes);
}

/* Takes the piece before the next separator off `rest`; false when nothing is left. */
static bool next_piece(struct dyn_slice *rest, char separator, struct dyn_slice *piece) {
  if (rest->length == 0) return false;
  const char *end = memchr(rest->data, separator, rest->length);
  size_t length = end == NULL ? rest->length : (size_t)(end - rest->data);
  *piece = dyn_slice_of(rest->data, length);
  *rest = skip(*rest, end == NULL ? length : length + 1);
  return true;
}

/* ---- the path ---- */

static void append_encoded(struct dyn_buf *out, char byte) {
  static const char digits[] = "0123456789ABCDEF";
  unsigned char bits = (unsigned char)byte;
  char escape[3] = {'%', digits[bits >> 4], digits[bits & 0x0F]};
  if (is_unreserved(byte)) {
    dyn_buf_append_char(out, byte);
  } else {
    dyn_buf_append(out, escape, sizeof escape);
  }
}

/* Percent-encodes a path as it is sent, '%' included: AWS wants it encoded twice. */
static void append_encoded_path(struct dyn_buf *out, struct dyn_slice path) {
  for (size_t i = 0; i < path.length; i++) {
    if (path.data[i] == '/') {
      dyn_buf_append_char(out, '/');
    } else {
      append_encoded(out, path.data[i]);
    }
  }
}

/* Drops the last "/segment" written after `start`, if there is one. */
static void drop_segment(struct dyn_buf *out, size_t start) {
  size_t length = out->length;
  while (length > start && out->data[length - 1] != '/') length--;
  if (length > start) dyn_buf_truncate(out, length - 1);
}

/* As botocore: "." and ".." leave no slash behind, empty segments vanish, a last slash stays. */
static void append_normalized_path(struct dyn_buf *out, struct dyn_slice path) {
  size_t start = out->length;
  bool ends_in_slash = path.length > 0 && path.data[path.length - 1] == '/';
  struct dyn_slice segment;
  while (next_piece(&path, '/', &segment)) {
    if (segment.length == 0 || dyn_slice_equals(segment, DYN_SLICE("."))) continue;
    if (dyn_slice_equals(segment, DYN_SLICE(".."))) {
      drop_segment(out, start);
    } else {
      dyn_buf_append_char(out, '/');
      append_encoded_path(out, segment);
    }
  }
  if (ends_in_slash || out->length == start) dyn_buf_append_char(out, '/');
}

static void append_path(struct dyn_buf *out, const struct dyn_request *request) {
  if (request->normalize_path || request->path.length == 0) {
    append_normalized_path(out, request->path);
  } else {
    append_encoded_path(out, request->path);
  }
}

/* ---- sorting ---- */

static void add_pair(struct dyn_canonical *work, struct dyn_slice name, struct dyn_slice value) {
  struct pair pair = {name, value};
  dyn_buf_append(&work->pairs, (const char *)&pair, sizeof pair);
}

static struct pair *pairs_of(const struct dyn_canonical *work) {
  return (struct pair *)(void *)work->pairs.data; /* a buffer begins where malloc aligned it */
}

/* Sorts the pairs, which are few and often in order already, and returns their number. Equals keep
 * their order. */
static size_t sort_pairs(struct dyn_canonical *work,
                         int (*compare)(const struct pair *, const struct pair *)) {
  struct pair *pairs = pairs_of(work);
  size_t count = work->pairs.length / sizeof *pairs;
  for (size_t i = 1; i < count; i++) {
    struct pair moving = pairs[i];
    size_t to = i;
    for (; to > 0 && compare(&pairs[to - 1], &moving) > 0; to--) pairs[to] = pairs[to - 1];
    pairs[to] = moving;
  }
  return count;
}

/* ---- the query ---- */

/* Returns the value of a hexadecimal digit, or -1. */
static int hex_value(char c) {
  if (is_among(c, '0', 10)) return c - '0';
  return is_among(lower(c), 'a', 6) ? lower(c) - 'a' + 10 : -1;
}

/* Takes a byte off `text`, decoding "%XX"; a '%' before anything else is itself. */
static char next_byte(struct dyn_slice *text) {
  char c = text->data[0];
  *text = skip(*text, 1);
  if (c != '%' || text->length < 2) return c;
  int high = hex_value(text->data[0]), low = hex_value(text->data[1]);
  if (high < 0 || low < 0) return c;
  *text = skip(*text, 2);
  return (char)(unsigned char)(high * 16 + low);
}

/* Writes a name or a value encoded once, whether it came encoded or not. The room was reserved, so
 * the slice stays valid while more is written. */
static struct dyn_slice canonical_parameter(struct dyn_buf *text, struct dyn_slice raw) {
  size_t start = text->length;
  while (raw.length > 0) append_encoded(text, next_byte(&raw));
  return dyn_slice_of(text->data + start, text->length - start);
}

static int compare_parameters(const struct pair *a, const struct pair *b) {
  int order = dyn_slice_compare(a->name, b->name);
  return order != 0 ? order : dyn_slice_compare(a->value, b->value);
}

static size_t collect_parameters(struct dyn_canonical *work, struct dyn_slice query) {
  struct dyn_slice value, name;
  while (next_piece(&query, '&', &value)) {
    if (!next_piece(&value, '=', &name)) continue; /* "&&" */
    name = canonical_parameter(&work->text, name);
    add_pair(work, name, canonical_parameter(&work->text, value));
  }
  return sort_pairs(work, compare_parameters);
}

static enum dyn_status append_query(struct dyn_canonical *work, struct dyn_slice query,
                                    struct dyn_buf *out) {
  if (query.length == 0) return DYN_OK;
  if (query.length > DYN_CANONICAL_MAX_BYTES) return DYN_ERR_TOO_LARGE;
  dyn_buf_reset(&work->pairs);
  dyn_buf_reset(&work->text);
  if (dyn_buf_reserve(&work->text, 3 * query.length) == NULL) return work->text.error;
  size_t count = collect_parameters(work, query);
  for (size_t i = 0; i < count; i++) {
    if (i > 0) dyn_buf_append_char(out, '&');
    dyn_buf_append_slice(out, pairs_of(work)[i].name);
    dyn_buf_append_char(out, '=');
    dyn_buf_append_slice(out, pairs_of(work)[i].value);
  }
  return work->pairs.error;
}

/* ---- the headers ---- */

/* Compares as dyn_slice_compare, upper case being lower case. */
static int compare_lower(struct dyn_slice a, struct dyn_slice b) {
  size_t shared = a.length < b.length ? a.length : b.length;
  for (size_t i = 0; i < shared; i++) {
    char x = lower(a.data[i]), y = lower(b.data[i]);
    if (x != y) return (unsigned char)x < (unsigned char)y ? -1 : 1;
  }
  return (a.length > b.length) - (a.length < b.length);
}

static bool name_equals(struct dyn_slice a, struct dyn_slice b) {
  return a.length == b.length && compare_lower(a, b) == 0;
}

static int compare_names(const struct pair *a, const struct pair *b) {
  return compare_lower(a->name, b->name);
}

/* False for what proxies add or change (SIGNED_HEADERS_BLACKLIST of botocore) and for the signature
 * itself. */
static bool is_signed(struct dyn_slice name) {
  static const struct dyn_slice unsigned_names[] = {
#define NAME(text) {text, sizeof text - 1}
      NAME("authorization"),
      NAME("baggage"),
      NAME("connection"),
      NAME("expect"),
      NAME("keep-alive"),
      NAME("proxy-authenticate"),
      NAME("proxy-authorization"),
      NAME("te"),
      NAME("traceparent"),
      NAME("tracestate"),
      NAME("trailer"),
      NAME("transfer-encoding"),
      NAME("upgrade"),
      NAME("user-agent"),
      NAME("x-amzn-trace-id"),
#undef NAME
  };
  for (size_t i = 0; i < sizeof unsigned_names / sizeof unsigned_names[0]; i++) {
    if (name_equals(name, unsigned_names[i])) return false;
  }
  return true;
}

static size_t collect_headers(struct dyn_canonical *work, const struct dyn_request *request) {
  dyn_buf_reset(&work->pairs);
  for (size_t i = 0; i < request->header_count; i++) {
    const struct dyn_header *header = &request->headers[i];
    if (is_signed(header->name)) add_pair(work, header->name, header->value);
  }
  return sort_pairs(work, compare_names);
}

static bool repeats_name(const struct pair *headers, size_t i) {
  return i > 0 && name_equals(headers[i - 1].name, headers[i].name);
}

/* Writes a name in lower case and returns the place behind it. */
static char *write_lower(char *to, struct dyn_slice name) {
  for (size_t i = 0; i < name.length; i++) to[i] = lower(name.data[i]);
  return to + name.length;
}

static struct dyn_slice trim(struct dyn_slice text) {
  while (text.length > 0 && text.data[0] == ' ') text = skip(text, 1);
  while (text.length > 0 && text.data[text.length - 1] == ' ') text.length--;
  return text;
}

/* Appends a value without the spaces around it and with one for each run of them within. */
static void append_value(struct dyn_buf *out, struct dyn_slice value) {
  struct dyn_slice rest = trim(value), word;
  while (next_piece(&rest, ' ', &word)) {
    dyn_buf_append_slice(out, word);
    if (rest.length > 0) dyn_buf_append_char(out, ' ');
    rest = trim(rest);
  }
}

/* Appends "name:value", or ",value" to the line of a name that repeats. */
static void append_header(struct dyn_buf *out, const struct pair *headers, size_t i) {
  char *room = dyn_buf_reserve(out, headers[i].name.length + 2), *to = room;
  if (room == NULL) return;
  if (repeats_name(headers, i)) {
    *to++ = ',';
  } else {
    if (i > 0) *to++ = '\n';
    to = write_lower(to, headers[i].name);
    *to++ = ':';
  }
  dyn_buf_commit(out, (size_t)(to - room));
  append_value(out, headers[i].value);
}

static void append_name(struct dyn_buf *out, const struct pair *headers, size_t i) {
  char *room = dyn_buf_reserve(out, headers[i].name.length + 1), *to = room;
  if (room == NULL || repeats_name(headers, i)) return;
  if (i > 0) *to++ = ';';
  dyn_buf_commit(out, (size_t)(write_lower(to, headers[i].name) - room));
}

/* Appends a line for each name, an empty line and the list of names, whose length it returns. */
static size_t append_headers(struct dyn_buf *out, const struct pair *headers, size_t count) {
  for (size_t i = 0; i < count; i++) append_header(out, headers, i);
  dyn_buf_append_slice(out, DYN_SLICE("\n\n"));
  size_t start = out->length;
  for (size_t i = 0; i < count; i++) append_name(out, headers, i);
  return out->length - start;
}

/* ---- the body ---- */

/* Appends the hash of the body, or what the caller's header says it is. */
static enum dyn_status append_payload_hash(struct dyn_hash *hash, const struct dyn_request *request,
                                           struct dyn_buf *out) {
  for (size_t i = 0; i < request->header_count; i++) {
    const struct dyn_header *header = &request->headers[i];
    if (!name_equals(header->name, DYN_SLICE("x-amz-content-sha256"))) continue;
    append_value(out, header->value);
    return DYN_OK;
  }
  char hex[DYN_SHA256_HEX_BYTES];
  enum dyn_status status = dyn_sha256_hex(hash, request->body, hex);
  if (status == DYN_OK) dyn_buf_append(out, hex, sizeof hex);
  return status;
}

/* Appends the lines before the headers: method, path and query. */
static enum dyn_status append_target(struct dyn_canonical *work, const struct dyn_request *request,
                                     struct dyn_buf *out) {
  dyn_buf_append_slice(out, request->method);
  dyn_buf_append_char(out, '\n');
  append_path(out, request);
  dyn_buf_append_char(out, '\n');
  enum dyn_status status = append_query(work, request->query, out);
  dyn_buf_append_char(out, '\n');
  return status;
}

enum dyn_status dyn_canonical_append(struct dyn_canonical *work, struct dyn_hash *hash,
                                     const struct dyn_request *request, struct dyn_buf *out,
                                     struct dyn_slice *signed_headers) {
  enum dyn_status status = append_target(work, request, out);
  if (status != DYN_OK) return status;
  size_t count = collect_headers(work, request);
  if (work->pairs.error != DYN_OK) return work->pairs.error;
  size_t names_length = append_headers(out, pairs_of(work), count);
  size_t names_end = out->length;
  dyn_buf_append_char(out, '\n');
  status = append_payload_hash(hash, request, out);
  if (status != DYN_OK || out->error != DYN_OK) return status != DYN_OK ? status : out->error;
  *signed_headers = dyn_slice_of(out->data + names_end - names_length, names_length);
  return DYN_OK;
}
