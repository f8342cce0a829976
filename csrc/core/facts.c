/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include "body.h"

/* --- headers ------------------------------------------------------------------------------ */

/* Returns the first of the values. */
static struct dyn_slice first(struct dyn_slice head, struct dyn_header_place place) {
  if (place.count == 0) return dyn_slice_of(NULL, 0);
  return dyn_slice_of(head.data + place.at, place.length);
}

/* Returns the value, if there is one only. */
static struct dyn_slice only(struct dyn_slice head, struct dyn_header_place place) {
  return place.count > 1 ? DYN_SLICE("") : first(head, place);
}

struct dyn_facts dyn_facts_read(const struct dyn_message *message) {
  const struct dyn_header_place *noted = message->head.noted;
  struct dyn_slice head = dyn_message_head(message);
  struct dyn_facts facts = {first(head, noted[DYN_NOTED_REQUEST_ID]),
                            only(head, noted[DYN_NOTED_CRC32]), only(head, noted[DYN_NOTED_DATE]),
                            only(head, noted[DYN_NOTED_CONTENT_ENCODING])};
  return facts;
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_hex_digit(char byte) {
  char lower = (char)(byte | 0x20);
  return is_digit(byte) || (lower >= 'a' && lower <= 'f');
}

/* Whether all is capitals and digits. */
static bool is_plain_id(struct dyn_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    if (!is_digit(text.data[i]) && (text.data[i] < 'A' || text.data[i] > 'Z')) return false;
  }
  return text.length > 0;
}

/* Takes hexadecimal digits off `rest`; returns how many. */
static size_t take_hex(struct dyn_slice *rest) {
  size_t count = 0;
  while (count < rest->length && is_hex_digit(rest->data[count])) count++;
  *rest = dyn_slice_of(rest->data + count, rest->length - count);
  return count;
}

static bool take_dash(struct dyn_slice *rest) {
  if (rest->length == 0 || rest->data[0] != '-') return false;
  *rest = dyn_slice_of(rest->data + 1, rest->length - 1);
  return true;
}

/* Whether it is five groups of hexadecimal digits, four in each but the first and the last. */
static bool is_uuid(struct dyn_slice text) {
  if (take_hex(&text) == 0) return false;
  for (int group = 0; group < 3; group++) {
    if (!take_dash(&text) || take_hex(&text) != 4) return false;
  }
  return take_dash(&text) && take_hex(&text) > 0 && text.length == 0;
}

bool dyn_facts_is_request_id(struct dyn_slice text) {
  enum { LONGEST = 52 };
  return text.length <= LONGEST && (is_plain_id(text) || is_uuid(text));
}

/* --- the body ----------------------------------------------------------------------------- */

/* Reads a checksum; false if it is no 32-bit number. */
static bool read_crc32(struct dyn_slice text, uint32_t *crc32) {
  enum { MAX_DIGITS = 10 };
  uint64_t number = 0;
  if (text.length == 0 || text.length > MAX_DIGITS) return false;
  for (size_t i = 0; i < text.length; i++) {
    if (!is_digit(text.data[i])) return false;
    number = number * 10 + (uint64_t)(text.data[i] - '0');
  }
  *crc32 = (uint32_t)number;
  return number <= UINT32_MAX;
}

static bool is_gzip(struct dyn_slice text) {
  static const char gzip[] = "gzip";
  if (text.length != sizeof gzip - 1) return false;
  for (size_t i = 0; i < text.length; i++) {
    if ((text.data[i] | 0x20) != gzip[i]) return false;
  }
  return true;
}

const char *dyn_facts_payload(struct dyn_message *message, const struct dyn_facts *facts,
                              struct dyn_slice *body) {
  uint32_t crc32;
  struct dyn_slice encoding = facts->content_encoding;
  *body = dyn_message_body(message);
  if (facts->crc32.data && !read_crc32(facts->crc32, &crc32)) return "crc32_header";
  if (facts->crc32.data && dyn_body_crc32(*body) != crc32) return "crc32";
  if (!encoding.data || dyn_slice_equals(encoding, DYN_SLICE("identity"))) return NULL;
  if (!is_gzip(encoding)) return "content_encoding";
  dyn_buf_reset(&message->plain);
  enum dyn_status status = dyn_body_inflate(*body, &message->plain);
  if (status != DYN_OK) return dyn_body_problem(status);
  *body = message->plain.data ? dyn_buf_slice(&message->plain) : DYN_SLICE("");
  return NULL;
}
