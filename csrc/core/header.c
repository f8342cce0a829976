/* SPDX-License-Identifier: MIT */
#include "header.h"
#include "word.h"

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* RFC 9110 section 5.6.2: a bit for each byte, 64 a word. */
static bool is_token_byte(char byte) {
  static const uint64_t tokens[4] = {0x03FF6CFA00000000, 0x57FFFFFFC7FFFFFE};
  unsigned char value = (unsigned char)byte;
  return tokens[value / 64] >> (value % 64) & 1;
}

static bool is_space(char byte) {
  return byte == ' ' || byte == '\t';
}

bool dyn_header_name_valid(struct dyn_slice name) {
  for (size_t i = 0; i < name.length; i++) {
    if (!is_token_byte(name.data[i])) return false;
  }
  return name.length > 0;
}

bool dyn_header_value_valid(struct dyn_slice value) {
  size_t i = 0;
  for (; value.length - i >= DYN_WORD_BYTES; i += DYN_WORD_BYTES) {
    if (dyn_word_control(dyn_word_load(value.data + i))) return false;
  }
  for (; i < value.length; i++) {
    unsigned char byte = (unsigned char)value.data[i];
    if (byte < 0x20 || byte == 0x7F) return false;
  }
  return true;
}

bool dyn_header_request_line_valid(struct dyn_slice method, struct dyn_slice target) {
  return dyn_header_name_valid(method) && target.length > 0 && dyn_header_value_valid(target) &&
         memchr(target.data, ' ', target.length) == NULL;
}

const char *dyn_header_problem(struct dyn_header header) {
  if (!dyn_header_name_valid(header.name)) return "its name is not an HTTP token";
  if (!dyn_header_value_valid(header.value)) return "its value holds a control byte";
  return NULL;
}

/* Takes one line off `rest`, without its line end. */
static struct dyn_slice take_line(struct dyn_slice *rest) {
  const char *end = rest->length > 0 ? memchr(rest->data, '\n', rest->length) : NULL;
  size_t length = end ? (size_t)(end - rest->data) : rest->length;
  struct dyn_slice line = dyn_slice_of(rest->data, length);
  size_t taken = end ? length + 1 : length;
  if (taken > 0) *rest = dyn_slice_of(rest->data + taken, rest->length - taken);
  if (line.length > 0 && line.data[line.length - 1] == '\r') line.length--;
  return line;
}

static struct dyn_slice trim(struct dyn_slice text) {
  while (text.length > 0 && is_space(text.data[0])) {
    text = dyn_slice_of(text.data + 1, text.length - 1);
  }
  while (text.length > 0 && is_space(text.data[text.length - 1])) text.length--;
  return text;
}

struct dyn_slice dyn_header_status_line(struct dyn_slice *rest) {
  return take_line(rest);
}

bool dyn_header_may_begin_response(struct dyn_slice text) {
  const struct dyn_slice version = DYN_SLICE("HTTP/1.");
  size_t known = text.length < version.length ? text.length : version.length;
  return known == 0 || memcmp(text.data, version.data, known) == 0;
}

/* Whether no control byte but a tab is in a text of a response. */
static bool is_text(struct dyn_slice text) {
  if (dyn_header_value_valid(text)) return true;
  for (size_t i = 0; i < text.length; i++) {
    unsigned char byte = (unsigned char)text.data[i];
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return false;
  }
  return true;
}

bool dyn_header_read_status(struct dyn_slice line, int *minor_version, int *status) {
  enum { END = sizeof "HTTP/1.1 200" - 1 };
  if (line.length < END || !dyn_header_may_begin_response(line)) return false;
  const char *text = line.data;
  if ((text[7] != '0' && text[7] != '1') || text[8] != ' ') return false;
  if (text[9] < '1' || !is_digit(text[9]) || !is_digit(text[10]) || !is_digit(text[11])) {
    return false;
  }
  if ((line.length > END && text[END] != ' ') || !is_text(line)) return false;
  *minor_version = text[7] - '0';
  *status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
  return true;
}

bool dyn_header_next(struct dyn_slice *rest, struct dyn_header *out) {
  struct dyn_slice line = take_line(rest);
  if (line.length == 0) return false;
  const char *colon = memchr(line.data, ':', line.length);
  size_t name_length = colon ? (size_t)(colon - line.data) : 0;
  size_t value_start = colon ? name_length + 1 : 0;
  out->name = dyn_slice_of(line.data, name_length);
  out->value = trim(dyn_slice_of(line.data + value_start, line.length - value_start));
  return true;
}

bool dyn_header_find(struct dyn_slice *rest, struct dyn_slice name, struct dyn_slice *value) {
  struct dyn_header header;
  while (dyn_header_next(rest, &header)) {
    if (!dyn_slice_equals(header.name, name)) continue;
    *value = header.value;
    return true;
  }
  return false;
}

/* Puts a name into lower case where it stands; false if it is no token. */
static bool lower_name(char *name, size_t length) {
  for (size_t i = 0; i < length; i++) {
    char byte = name[i];
    if (!is_token_byte(byte)) return false;
    if (byte >= 'A' && byte <= 'Z') name[i] = (char)(byte - 'A' + 'a');
  }
  return length > 0;
}

/* Reads a Content-Length. Returns NULL, or what is wrong with it. One of more digits than this
 * client counts in might wrap around, and a body would seem to end where it does not. */
static const char *read_length(struct dyn_slice digits, uint64_t *out) {
  enum { MAX_DIGITS = 15 };
  size_t significant = 0;
  *out = 0;
  for (size_t i = 0; i < digits.length; i++) {
    if (!is_digit(digits.data[i])) return "a malformed Content-Length in the answer";
    if (significant > 0 || digits.data[i] != '0') significant++;
    if (significant <= MAX_DIGITS) *out = *out * 10 + (uint64_t)(digits.data[i] - '0');
  }
  if (digits.length == 0) return "a malformed Content-Length in the answer";
  return significant > MAX_DIGITS ? "an impossible Content-Length in the answer" : NULL;
}

/* Whether a value has a lower-case word in it, in letters of any case. */
static bool has_word(struct dyn_slice value, struct dyn_slice word) {
  for (size_t at = 0; at + word.length <= value.length; at++) {
    size_t same = 0;
    while (same < word.length && (value.data[at + same] | 0x20) == word.data[same]) same++;
    if (same == word.length) return true;
  }
  return false;
}

/* Reads a header that says where the response ends, or what becomes of the connection. Returns
 * NULL, or what is wrong. No option of Connection but "close" has that word in it. */
static const char *read_framing(struct dyn_header header, struct dyn_header_head *head) {
  if (dyn_slice_equals(header.name, DYN_SLICE("content-length"))) {
    if (head->has_length) return "more than one Content-Length in the answer";
    head->has_length = true;
    return read_length(header.value, &head->content_length);
  } else if (dyn_slice_equals(header.name, DYN_SLICE("transfer-encoding"))) {
    const struct dyn_slice chunked = DYN_SLICE("chunked");
    if (header.value.length != chunked.length || !has_word(header.value, chunked)) {
      return "a Transfer-Encoding other than chunked in the answer";
    }
    if (head->is_chunked) return "more than one Transfer-Encoding in the answer";
    head->is_chunked = true;
  } else if (dyn_slice_equals(header.name, DYN_SLICE("connection"))) {
    head->closes = head->closes || has_word(header.value, DYN_SLICE("close"));
  }
  return NULL;
}

void dyn_header_note(struct dyn_header_head *head, const char *block, struct dyn_header header) {
  static const struct dyn_slice names[DYN_NOTED_COUNT] = {
      [DYN_NOTED_REQUEST_ID] = {"x-amzn-requestid", 16},
      [DYN_NOTED_CRC32] = {"x-amz-crc32", 11},
      [DYN_NOTED_DATE] = {"date", 4},
      [DYN_NOTED_CONTENT_ENCODING] = {"content-encoding", 16},
  };
  for (int i = 0; i < DYN_NOTED_COUNT; i++) {
    struct dyn_header_place *place = &head->noted[i];
    if (!dyn_slice_equals(header.name, names[i]) || place->count++ > 0) continue;
    place->at = (uint32_t)(header.value.data - block);
    place->length = (uint32_t)header.value.length;
  }
}

/* Reads the fields of a block whose status line was taken off. Returns NULL, or what is wrong. */
static const char *read_fields(char *block, struct dyn_slice rest, struct dyn_header_head *head) {
  struct dyn_header header;
  while (dyn_header_next(&rest, &header)) {
    char *name = block + (header.name.data - block);
    if (!lower_name(name, header.name.length)) return "a malformed header line in the answer";
    if (!is_text(header.value)) return "a control byte in a header of the answer";
    dyn_header_note(head, block, header);
    const char *problem = read_framing(header, head);
    if (problem) return problem;
  }
  if (head->has_length && head->is_chunked) {
    return "both Content-Length and Transfer-Encoding in the answer";
  }
  return NULL;
}

struct dyn_header_head dyn_header_read_head(char *block, size_t length) {
  enum { SWITCHING_PROTOCOLS = 101 };
  struct dyn_header_head head = {0};
  struct dyn_slice rest = dyn_slice_of(block, length);
  int status = 0;
  if (!dyn_header_read_status(dyn_header_status_line(&rest), &head.minor_version, &status)) {
    head.kind = "transport";
    head.problem = "the answer is not one of HTTP/1.1";
  } else if (status == SWITCHING_PROTOCOLS) {
    head.kind = "transport";
    head.problem = "the answer changes to a protocol that nobody asked for";
  } else {
    head.status = status;
    head.closes = head.minor_version == 0;
    head.problem = read_fields(block, rest, &head);
    if (head.problem) head.kind = "integrity";
  }
  return head;
}
