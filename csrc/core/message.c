/* SPDX-License-Identifier: MIT */
#include "message.h"

enum {
  FIRST_FINAL_STATUS = 200,
  FIRST_READ_BYTES = 16 * 1024, /* more than most responses take */
  READ_BYTES = 64 * 1024,       /* of a response that does not say how long it is */
  KEPT_BYTES = 256 * 1024,      /* a larger buffer is freed after use instead of kept */
  MAX_SIZE_DIGITS = 8           /* of a chunk */
};

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

void dyn_message_init(struct dyn_message *message, size_t max_body_bytes) {
  size_t room = SIZE_MAX / 4 - DYN_MESSAGE_MAX_HEAD_BYTES - DYN_MESSAGE_MAX_READ_BYTES;
  memset(message, 0, sizeof *message);
  message->max_body_bytes = smaller(max_body_bytes, room);
  dyn_buf_init(&message->out, DYN_MESSAGE_MAX_REQUEST_BYTES);
  dyn_buf_init(&message->in, DYN_MESSAGE_MAX_HEAD_BYTES + message->max_body_bytes +
                                 DYN_MESSAGE_MAX_LINE_BYTES + DYN_MESSAGE_MAX_READ_BYTES);
  dyn_buf_init(&message->plain, DYN_MESSAGE_DEFAULT_BODY_BYTES);
}

void dyn_message_clean_up(struct dyn_message *message) {
  dyn_buf_clean_up(&message->out);
  dyn_buf_clean_up(&message->in);
  dyn_buf_clean_up(&message->plain);
  dyn_message_init(message, message->max_body_bytes);
}

static void empty(struct dyn_buf *buf) {
  if (buf->capacity > KEPT_BYTES) dyn_buf_clean_up(buf);
  dyn_buf_reset(buf);
}

void dyn_message_reset(struct dyn_message *message) {
  empty(&message->out);
  message->header_count = 0;
  dyn_message_expect(message, false);
}

/* --- the request -------------------------------------------------------------------------- */

static void append_header(struct dyn_buf *out, struct dyn_header header) {
  dyn_buf_append_slice(out, header.name);
  dyn_buf_append_slice(out, DYN_SLICE(": "));
  dyn_buf_append_slice(out, header.value);
  dyn_buf_append_slice(out, DYN_SLICE("\r\n"));
}

const char *dyn_message_begin(struct dyn_message *message, struct dyn_slice method,
                              struct dyn_slice target) {
  struct dyn_buf *out = &message->out;
  dyn_message_reset(message);
  if (!dyn_header_request_line_valid(method, target)) {
    return "the method or the URL holds a space or a control byte";
  }
  message->is_get = dyn_slice_equals(method, DYN_SLICE("GET"));
  message->is_connect = dyn_slice_equals(method, DYN_SLICE("CONNECT"));
  dyn_buf_append_slice(out, method);
  dyn_buf_append_char(out, ' ');
  dyn_buf_append_slice(out, target);
  dyn_buf_append_slice(out, DYN_SLICE(" HTTP/1.1\r\n"));
  return NULL;
}

const char *dyn_message_add_header(struct dyn_message *message, struct dyn_header header) {
  const char *problem = dyn_header_problem(header);
  if (problem) return problem;
  if (message->header_count == DYN_HEADER_MAX_COUNT) return "there are more than 32";
  message->header_count++;
  append_header(&message->out, header);
  bool fits = !message->out.error && message->out.length <= DYN_HEADER_MAX_BYTES;
  return fits ? NULL : "the headers are larger than 64 KiB";
}

char *dyn_message_begin_with(struct dyn_message *message, struct dyn_slice head,
                             size_t header_count) {
  dyn_message_reset(message);
  message->is_get = message->is_connect = false;
  message->header_count = header_count;
  dyn_buf_append_slice(&message->out, head);
  return message->out.error ? NULL : message->out.data;
}

/* Puts a text into the request, at a place in it. */
static void insert(struct dyn_buf *out, size_t at, struct dyn_slice text) {
  if (text.length == 0 || !dyn_buf_reserve(out, text.length)) return;
  memmove(out->data + at + text.length, out->data + at, out->length - at);
  memcpy(out->data + at, text.data, text.length);
  dyn_buf_commit(out, text.length);
}

/* Where the text behind the first such byte begins: there is one. */
static size_t behind(const struct dyn_buf *out, char byte) {
  return (size_t)((const char *)memchr(out->data, byte, out->length) - out->data) + 1;
}

bool dyn_message_send_by(struct dyn_message *message, struct dyn_slice prefix,
                         struct dyn_header header) {
  struct dyn_buf *out = &message->out;
  insert(out, behind(out, ' '), prefix);
  if (header.name.length == 0) return !out->error;
  message->header_count++;
  size_t at = behind(out, '\n');
  insert(out, at, DYN_SLICE("\r\n"));
  insert(out, at, header.value);
  insert(out, at, DYN_SLICE(": "));
  insert(out, at, header.name);
  return !out->error;
}

/* Appends a number in decimal digits. */
static void append_number(struct dyn_buf *out, size_t number) {
  char digits[24], *first = digits + sizeof digits;
  do {
    *--first = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  dyn_buf_append(out, first, (size_t)(digits + sizeof digits - first));
}

const char *dyn_message_end(struct dyn_message *message, struct dyn_slice body) {
  struct dyn_buf *out = &message->out;
  if (!message->is_connect && (!message->is_get || body.length > 0)) {
    dyn_buf_append_slice(out, DYN_SLICE("Content-Length: "));
    append_number(out, body.length);
    dyn_buf_append_slice(out, DYN_SLICE("\r\n"));
  }
  dyn_buf_append_slice(out, DYN_SLICE("\r\n"));
  dyn_buf_append_slice(out, body);
  return out->error ? "there is no memory for the request, or it is larger than 64 MiB" : NULL;
}

/* --- the exchange ------------------------------------------------------------------------- */

void dyn_message_expect(struct dyn_message *message, bool is_kept) {
  empty(&message->in);
  empty(&message->plain);
  message->sent_bytes = 0;
  message->is_kept = is_kept;
  message->state = DYN_MESSAGE_MORE;
  message->part = DYN_PART_HEAD;
  message->at = message->scanned = message->lacking = message->trailer_bytes = 0;
  message->head = (struct dyn_header_head){0};
  message->head_start = message->body_start = message->body_end = 0;
  message->is_delimited = message->has_surplus = false;
  message->failure = (struct dyn_failure){NULL, NULL, NULL};
}

struct dyn_slice dyn_message_unsent(const struct dyn_message *message) {
  size_t sent = message->sent_bytes;
  if (sent == 0) return dyn_buf_slice(&message->out);
  return dyn_slice_of(message->out.data + sent, message->out.length - sent);
}

void dyn_message_count_sent(struct dyn_message *message, size_t bytes) {
  message->sent_bytes += smaller(bytes, message->out.length - message->sent_bytes);
}

const char *dyn_message_sent(const struct dyn_message *message) {
  if (message->sent_bytes == 0) return "none";
  return message->sent_bytes < message->out.length ? "partial" : "complete";
}

/* Each reader of a part returns whether there is more to be read of what has come: false if the
 * rest is not there yet, and once the state is no longer DYN_MESSAGE_MORE. */

static bool fail(struct dyn_message *message, const char *kind, const char *code,
                 const char *text) {
  message->state = DYN_MESSAGE_FAILED;
  message->failure = (struct dyn_failure){kind, code, text};
  return false;
}

static bool malformed(struct dyn_message *message, const char *text) {
  return fail(message, "integrity", "PartialAnswer", text);
}

static bool too_large(struct dyn_message *message) {
  return fail(message, "integrity", "ResponseTooLarge", "the answer's body is too large");
}

/* The response ends at `at`. */
static bool finish(struct dyn_message *message) {
  message->state = DYN_MESSAGE_DONE;
  message->part = DYN_PART_NONE;
  message->has_surplus = message->in.length > message->at;
  return false;
}

static bool go_on(struct dyn_message *message, enum dyn_message_part part) {
  message->part = part;
  return true;
}

/* Moves on to `at`; the line there was not looked at yet. */
static void move_to(struct dyn_message *message, size_t at) {
  message->at = message->scanned = at;
}

/* Takes the line at `at` without its line end, if that lies before `end` and has come; else
 * remembers how far it looked. */
static bool take_line(struct dyn_message *message, size_t end, struct dyn_slice *line) {
  const char *text = message->in.data;
  size_t from = message->scanned;
  end = smaller(end, message->in.length);
  const char *found = from < end ? memchr(text + from, '\n', end - from) : NULL;
  if (!found) {
    if (from < end) message->scanned = end;
    return false;
  }
  size_t stop = (size_t)(found - text);
  bool has_return = stop > message->at && text[stop - 1] == '\r';
  *line = dyn_slice_of(text + message->at, stop - message->at - (has_return ? 1 : 0));
  move_to(message, stop + 1);
  return true;
}

/* Chooses how the body is read (RFC 9112 section 6.3). */
static bool begin_body(struct dyn_message *message) {
  const struct dyn_header_head *head = &message->head;
  bool has_none = head->status == 204 || head->status == 304 || message->is_connect;
  message->body_start = message->body_end = message->at;
  message->is_delimited = has_none || head->is_chunked || head->has_length;
  if (has_none) return finish(message);
  if (head->is_chunked) return go_on(message, DYN_PART_CHUNK_SIZE);
  if (!message->is_delimited) return go_on(message, DYN_PART_TO_THE_END);
  if (head->content_length > message->max_body_bytes) return too_large(message);
  message->lacking = (size_t)head->content_length;
  return go_on(message, DYN_PART_COUNTED);
}

/* Reads the head that ends at `at`; one of 1xx is passed over. */
static bool end_head(struct dyn_message *message) {
  size_t start = message->head_start;
  struct dyn_header_head head = dyn_header_read_head(message->in.data + start, message->at - start);
  bool is_final = head.status >= FIRST_FINAL_STATUS;
  if (is_final) message->head = head;
  if (head.problem) return fail(message, head.kind, "BadAnswer", head.problem);
  if (is_final) return begin_body(message);
  message->head_start = message->at;
  return true;
}

static bool read_head(struct dyn_message *message) {
  size_t seen = smaller(message->in.length, DYN_MESSAGE_MAX_HEAD_BYTES);
  size_t start = message->head_start;
  struct dyn_slice line;
  if (!dyn_header_may_begin_response(dyn_slice_of(message->in.data + start, seen - start))) {
    return fail(message, "transport", "BadAnswer", "the answer is not one of HTTP/1.1");
  }
  while (take_line(message, seen, &line)) {
    if (line.length == 0) return end_head(message);
  }
  if (seen < DYN_MESSAGE_MAX_HEAD_BYTES) return false;
  return fail(message, "transport", "HeadersTooLarge", "the answer's headers are too large");
}

/* Takes what has come of `lacking` bytes at `at`, and moves it to the end of the body. */
static void take_body(struct dyn_message *message) {
  size_t length = smaller(message->lacking, message->in.length - message->at);
  char *data = message->in.data;
  if (message->body_end < message->at) {
    memmove(data + message->body_end, data + message->at, length);
  }
  message->body_end += length;
  message->lacking -= length;
  move_to(message, message->at + length);
}

static bool read_counted(struct dyn_message *message) {
  take_body(message);
  return message->lacking == 0 && finish(message);
}

/* The whole connection is the body. */
static bool read_to_the_end(struct dyn_message *message) {
  message->lacking = message->in.length - message->at;
  take_body(message);
  size_t length = message->body_end - message->body_start;
  return length > message->max_body_bytes && too_large(message);
}

/* Takes a line among chunks; false if it is not there. */
static bool take_chunk_line(struct dyn_message *message, struct dyn_slice *line) {
  if (take_line(message, message->at + DYN_MESSAGE_MAX_LINE_BYTES, line)) return true;
  if (message->in.length - message->at <= DYN_MESSAGE_MAX_LINE_BYTES) return false;
  return malformed(message, "a line too long among the answer's chunks");
}

static int hex_digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

/* Reads the size of a chunk, before its extensions if there are any; false if it is none. */
static bool read_size(struct dyn_slice line, size_t *size) {
  size_t at = 0;
  for (*size = 0; at < line.length && hex_digit(line.data[at]) >= 0; at++) {
    if (at == MAX_SIZE_DIGITS) return false;
    *size = *size * 16 + (size_t)hex_digit(line.data[at]);
  }
  if (at == 0) return false;
  while (at < line.length && (line.data[at] == ' ' || line.data[at] == '\t')) at++;
  return at == line.length || line.data[at] == ';';
}

static bool read_chunk_size(struct dyn_message *message) {
  struct dyn_slice line;
  size_t size;
  if (!take_chunk_line(message, &line)) return false;
  if (!read_size(line, &size)) return malformed(message, "a malformed chunk in the answer");
  if (size > message->max_body_bytes - (message->body_end - message->body_start)) {
    return too_large(message);
  }
  message->lacking = size;
  return go_on(message, size > 0 ? DYN_PART_CHUNK_DATA : DYN_PART_TRAILERS);
}

static bool read_chunk_data(struct dyn_message *message) {
  take_body(message);
  return message->lacking == 0 && go_on(message, DYN_PART_CHUNK_END);
}

static bool read_chunk_end(struct dyn_message *message) {
  struct dyn_slice line;
  if (!take_chunk_line(message, &line)) return false;
  if (line.length > 0) return malformed(message, "a chunk without its end in the answer");
  return go_on(message, DYN_PART_CHUNK_SIZE);
}

/* Passes over what follows the last chunk, up to a blank line. */
static bool read_trailers(struct dyn_message *message) {
  struct dyn_slice line;
  if (!take_chunk_line(message, &line)) return false;
  if (line.length == 0) return finish(message);
  message->trailer_bytes += line.length;
  if (message->trailer_bytes <= DYN_MESSAGE_MAX_HEAD_BYTES) return true;
  return malformed(message, "the answer's trailers are too large");
}

static bool read_part(struct dyn_message *message) {
  switch (message->part) {
  case DYN_PART_HEAD:
    return read_head(message);
  case DYN_PART_COUNTED:
    return read_counted(message);
  case DYN_PART_TO_THE_END:
    return read_to_the_end(message);
  case DYN_PART_CHUNK_SIZE:
    return read_chunk_size(message);
  case DYN_PART_CHUNK_DATA:
    return read_chunk_data(message);
  case DYN_PART_CHUNK_END:
    return read_chunk_end(message);
  case DYN_PART_TRAILERS:
    return read_trailers(message);
  case DYN_PART_NONE:
    break;
  }
  return false;
}

/* Lets what is not read yet, part of a line at most, follow the body: the framing of the chunks
 * before it takes no memory. */
static void close_gap(struct dyn_message *message) {
  size_t gap = message->at - message->body_end;
  if (message->body_start == 0 || gap == 0) return;
  char *data = message->in.data;
  memmove(data + message->body_end, data + message->at, message->in.length - message->at);
  message->at -= gap;
  message->scanned -= gap;
  dyn_buf_truncate(&message->in, message->in.length - gap);
}

enum dyn_message_state dyn_message_read(struct dyn_message *message, size_t length) {
  if (length > 0 && message->part == DYN_PART_NONE) message->has_surplus = true;
  if (length == 0 || message->state != DYN_MESSAGE_MORE) return message->state;
  dyn_buf_commit(&message->in, length);
  while (read_part(message)) continue;
  if (message->state == DYN_MESSAGE_MORE) close_gap(message);
  return message->state;
}

char *dyn_message_room(struct dyn_message *message, size_t *size) {
  size_t wanted = message->in.length == 0 ? FIRST_READ_BYTES : READ_BYTES;
  if (message->part == DYN_PART_COUNTED) {
    wanted = smaller(message->lacking, DYN_MESSAGE_MAX_READ_BYTES);
  }
  char *room = dyn_buf_reserve(&message->in, wanted);
  if (!room) fail(message, "transport", "OutOfMemory", "out of memory");
  *size = wanted;
  return room;
}

enum dyn_message_state dyn_message_feed(struct dyn_message *message, struct dyn_slice bytes) {
  while (bytes.length > 0 && message->state == DYN_MESSAGE_MORE) {
    size_t size;
    char *room = dyn_message_room(message, &size);
    if (!room) break;
    size = smaller(size, bytes.length);
    memcpy(room, bytes.data, size);
    bytes = dyn_slice_of(bytes.data + size, bytes.length - size);
    dyn_message_read(message, size);
  }
  if (bytes.length > 0) message->has_surplus = true;
  return message->state;
}

/* What is missing of a head, or before it. */
static bool lose_head(struct dyn_message *message, enum dyn_message_loss loss) {
  const char *lost = "the connection was lost before an answer came";
  if (loss == DYN_LOSS_TIMEOUT) {
    return fail(message, "timeout", "AttemptTimeout", "no answer within the timeout");
  } else if (loss == DYN_LOSS_BROKEN) {
    return fail(message, "transport", "ConnectionLost", lost);
  } else if (message->at > message->head_start) {
    return malformed(message, "the answer ended within its headers");
  } else if (message->is_kept) {
    return fail(message, "transport", "ConnectionLost", lost);
  }
  return fail(message, "transport", "EmptyAnswer", "the connection was closed without an answer");
}

static bool lose_body(struct dyn_message *message, enum dyn_message_loss loss) {
  if (loss == DYN_LOSS_TIMEOUT) {
    return fail(message, "timeout", "AttemptTimeout", "the answer did not end in time");
  }
  bool is_end = loss == DYN_LOSS_CLOSED && message->part == DYN_PART_TO_THE_END;
  return is_end ? finish(message) : malformed(message, "the answer ended within its body");
}

enum dyn_message_state dyn_message_lose(struct dyn_message *message, enum dyn_message_loss loss) {
  if (message->state != DYN_MESSAGE_MORE) return message->state;
  if (message->part == DYN_PART_HEAD) {
    lose_head(message, loss);
  } else {
    lose_body(message, loss);
  }
  return message->state;
}

/* --- the response --------------------------------------------------------------------------- */

struct dyn_slice dyn_message_head(const struct dyn_message *message) {
  if (message->body_start == 0) return dyn_slice_of("", 0);
  return dyn_slice_of(message->in.data + message->head_start,
                      message->body_start - message->head_start);
}

struct dyn_slice dyn_message_body(const struct dyn_message *message) {
  if (message->state != DYN_MESSAGE_DONE) return dyn_slice_of("", 0);
  return dyn_slice_of(message->in.data + message->body_start,
                      message->body_end - message->body_start);
}

bool dyn_message_is_reusable(const struct dyn_message *message) {
  return message->state == DYN_MESSAGE_DONE && message->is_delimited && !message->has_surplus &&
         (message->is_connect || !message->head.closes);
}
