/* SPDX-License-Identifier: MIT */
#define ZLIB_CONST
#include "body.h"

#include <limits.h>
#include <zlib.h>

enum {
  GZIP_WINDOW_BITS = 16 + 15, /* gzip wrapper only, any window: zlib.h, inflateInit2 */
  STEP_BYTES = 16 * 1024      /* room asked for, below the ceiling */
};

uint32_t dyn_body_crc32(struct dyn_slice bytes) {
  return (uint32_t)crc32_z(0, (const Bytef *)bytes.data, bytes.length);
}

/* zlib counts in unsigned int: returns how much of `length` it is given at once. */
static uInt piece(size_t length) {
  return length < UINT_MAX ? (uInt)length : UINT_MAX;
}

/* Inflates into the room that `out` has or can get; returns zlib's code. */
static int inflate_into(z_stream *stream, struct dyn_buf *out, size_t room_bytes) {
  char *room = dyn_buf_reserve(out, room_bytes < STEP_BYTES ? room_bytes : STEP_BYTES);
  if (!room) return Z_MEM_ERROR;
  uInt size = piece(out->capacity - out->length);
  stream->next_out = (Bytef *)room;
  stream->avail_out = size;
  int code = inflate(stream, Z_NO_FLUSH);
  dyn_buf_commit(out, size - stream->avail_out);
  return code;
}

/* At the ceiling the trailer may be all that is left: a byte that comes out instead is too many. */
static int inflate_at_ceiling(z_stream *stream, struct dyn_buf *out) {
  char extra;
  stream->next_out = (Bytef *)&extra;
  stream->avail_out = 1;
  int code = inflate(stream, Z_NO_FLUSH);
  dyn_buf_append(out, &extra, 1 - stream->avail_out); /* refused: sets the error */
  return code;
}

/* What zlib's last code means; `unread` bytes were left over. */
static enum dyn_status status_of(int code, size_t unread) {
  switch (code) {
  case Z_STREAM_END:
    return unread > 0 ? DYN_ERR_SYNTAX : DYN_OK;
  case Z_BUF_ERROR:
    return DYN_ERR_TRUNCATED; /* there was room, so it lacked input */
  case Z_MEM_ERROR:
    return DYN_ERR_MEMORY;
  default:
    return DYN_ERR_SYNTAX;
  }
}

/* Feeds the `unread` bytes at stream->next_in until the stream ends or fails. */
static enum dyn_status inflate_all(z_stream *stream, size_t unread, struct dyn_buf *out) {
  int code = Z_OK;
  while (code == Z_OK && !out->error) {
    if (stream->avail_in == 0) {
      stream->avail_in = piece(unread);
      unread -= stream->avail_in;
    }
    size_t room_bytes = out->max_bytes - out->length;
    code = room_bytes > 0 ? inflate_into(stream, out, room_bytes) : inflate_at_ceiling(stream, out);
  }
  return out->error ? out->error : status_of(code, unread + stream->avail_in);
}

enum dyn_status dyn_body_inflate(struct dyn_slice gzip, struct dyn_buf *out) {
  if (out->error) return out->error;
  size_t before = out->length;
  z_stream stream = {0};
  stream.next_in = (const Bytef *)gzip.data;
  if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK) return DYN_ERR_MEMORY;
  enum dyn_status status = inflate_all(&stream, gzip.length, out);
  inflateEnd(&stream);
  if (status) dyn_buf_truncate(out, before);
  return status;
}

const char *dyn_body_problem(enum dyn_status status) {
  switch (status) {
  case DYN_ERR_TRUNCATED:
    return "truncated";
  case DYN_ERR_TOO_LARGE:
    return "too_large";
  case DYN_ERR_MEMORY:
    return "memory";
  default:
    return "damaged";
  }
}
