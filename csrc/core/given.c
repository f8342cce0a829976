/* SPDX-License-Identifier: MIT */
#include "given.h"

void dyn_given_begin(struct dyn_message *message, int status) {
  char digits[] = {(char)('0' + status / 100 % 10), (char)('0' + status / 10 % 10),
                   (char)('0' + status % 10)};
  dyn_message_expect(message, false);
  message->head.status = status;
  dyn_buf_append_slice(&message->in, DYN_SLICE("HTTP/1.1 "));
  dyn_buf_append(&message->in, digits, sizeof digits);
  dyn_buf_append_slice(&message->in, DYN_SLICE("\r\n"));
}

static char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static char harmless(char byte) {
  unsigned char value = (unsigned char)byte;
  return value < 0x20 || value == 0x7F ? ' ' : byte;
}

/* Appends a text with each byte changed. */
static void append_changed(struct dyn_buf *out, struct dyn_slice text, char (*change)(char)) {
  char *room = dyn_buf_reserve(out, text.length);
  if (!room) return;
  for (size_t i = 0; i < text.length; i++) room[i] = change(text.data[i]);
  dyn_buf_commit(out, text.length);
}

void dyn_given_add(struct dyn_message *message, struct dyn_header header) {
  struct dyn_buf *in = &message->in;
  if (!dyn_header_name_valid(header.name)) return;
  append_changed(in, header.name, lower);
  dyn_buf_append_slice(in, DYN_SLICE(": "));
  append_changed(in, header.value, harmless);
  dyn_buf_append_slice(in, DYN_SLICE("\r\n"));
}

/* Notes the headers as they were written. */
static void note_headers(struct dyn_message *message) {
  struct dyn_slice head = dyn_message_head(message), rest = head;
  struct dyn_header header;
  dyn_header_status_line(&rest);
  while (dyn_header_next(&rest, &header)) dyn_header_note(&message->head, head.data, header);
}

enum dyn_message_state dyn_given_end(struct dyn_message *message, struct dyn_slice body) {
  struct dyn_buf *in = &message->in;
  dyn_buf_append_slice(in, DYN_SLICE("\r\n"));
  message->body_start = in->length;
  dyn_buf_append_slice(in, body);
  message->at = message->body_end = in->length;
  message->part = DYN_PART_NONE;
  if (!in->error) {
    note_headers(message);
    return message->state = DYN_MESSAGE_DONE;
  }
  message->failure =
      (struct dyn_failure){"integrity", "ResponseTooLarge", "the answer's body is too large"};
  return message->state = DYN_MESSAGE_FAILED;
}
