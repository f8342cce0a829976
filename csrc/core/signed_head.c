/* SPDX-License-Identifier: MIT */
#include "signed_head.h"

void dyn_signed_head_init(struct dyn_signed_head *head) {
  memset(head, 0, sizeof *head);
  dyn_buf_init(&head->text, DYN_MESSAGE_MAX_REQUEST_BYTES);
}

void dyn_signed_head_clean_up(struct dyn_signed_head *head) {
  dyn_wipe(head->text.data, head->text.capacity); /* has the session token */
  dyn_buf_clean_up(&head->text);
  dyn_hash_start_destroy(head->canonical);
  dyn_hmac_key_destroy(head->key);
  dyn_signed_head_init(head);
}

/* --- making one --------------------------------------------------------------------------- */

/* The working memory of making one. */
struct making {
  struct dyn_buf canonical, to_sign, authorization;
};

static void clean_up(struct making *making) {
  dyn_wipe(making->canonical.data, making->canonical.capacity); /* has the session token */
  dyn_buf_clean_up(&making->canonical);
  dyn_buf_clean_up(&making->to_sign);
  dyn_buf_clean_up(&making->authorization);
}

/* Stands where signatures will. */
#define NO_SIGNATURE DYN_SLICE("0000000000000000000000000000000000000000000000000000000000000000")

/* What a text that ends in a hash begins with. */
static struct dyn_slice before_hash(const struct dyn_buf *text) {
  return dyn_slice_of(text->data, text->length - DYN_SHA256_HEX_BYTES);
}

/* Writes the stages of signing the request with an empty body, and keeps of them what comes before
 * the hashes. */
static enum dyn_status sign(struct dyn_signed_head *head, struct dyn_sigv4 *signer,
                            const struct dyn_request *request,
                            const struct dyn_sigv4_config *config, struct making *making) {
  struct dyn_buf *canonical = &making->canonical, *to_sign = &making->to_sign;
  struct dyn_hash *hash = dyn_sigv4_hash(signer);
  struct dyn_slice names;
  enum dyn_status status = dyn_sigv4_canonical_request(signer, request, canonical, &names);
  if (status != DYN_OK) return status;
  status = dyn_hash_start_set(hash, head->canonical, before_hash(canonical));
  if (status != DYN_OK) return status;
  status = dyn_sigv4_string_to_sign(signer, config, dyn_buf_slice(canonical), to_sign);
  if (status != DYN_OK) return status;
  status = dyn_sigv4_start_key(signer, config, before_hash(to_sign), head->key);
  if (status != DYN_OK) return status;
  dyn_sigv4_authorization(config, names, NO_SIGNATURE, &making->authorization);
  return making->authorization.error;
}

/* Adds a header and says where its value stands; returns why HTTP does not carry it. */
static const char *add_header(struct dyn_message *message, struct dyn_header header, size_t *at) {
  const char *problem = dyn_message_add_header(message, header);
  if (!problem) *at = message->out.length - DYN_SLICE("\r\n").length - header.value.length;
  return problem;
}

/* Writes the head as a message has it; returns why HTTP does not carry it. */
static const char *write_text(struct dyn_signed_head *head, struct dyn_message *message,
                              const struct dyn_head_request *request,
                              struct dyn_slice authorization) {
  struct dyn_header last = {DYN_SLICE("authorization"), authorization};
  const char *problem = dyn_message_begin(message, DYN_SLICE("POST"), request->path);
  size_t at = 0;
  for (size_t i = 0; !problem && i < request->header_count; i++) {
    problem = add_header(message, request->headers[i], &at);
    if (i == request->varying) head->value_at = at;
  }
  if (!problem) problem = add_header(message, last, &at);
  head->signature_at = at + authorization.length - DYN_SHA256_HEX_BYTES;
  return problem;
}

/* Keeps the head as a message has it; returns why HTTP does not carry it. */
static const char *keep_text(struct dyn_signed_head *head, const struct dyn_head_request *request,
                             struct dyn_slice authorization) {
  struct dyn_message message;
  dyn_message_init(&message, 0);
  const char *problem = write_text(head, &message, request, authorization);
  head->value_length = request->headers[request->varying].value.length;
  head->header_count = message.header_count;
  head->text = message.out; /* and with it the memory */
  dyn_buf_init(&message.out, 0);
  dyn_message_clean_up(&message);
  return problem;
}

/* Makes the head of a request that may be signed. */
static enum dyn_status make(struct dyn_signed_head *head, struct dyn_sigv4 *signer,
                            const struct dyn_head_request *request,
                            const struct dyn_request *to_sign,
                            const struct dyn_sigv4_config *config, const char **unsendable) {
  struct making making;
  head->canonical = dyn_hash_start_new();
  head->key = dyn_hmac_key_new();
  if (!head->canonical || !head->key) return DYN_ERR_MEMORY;
  dyn_buf_init(&making.canonical, DYN_CANONICAL_MAX_BYTES);
  dyn_buf_init(&making.to_sign, DYN_CANONICAL_MAX_BYTES);
  dyn_buf_init(&making.authorization, DYN_CANONICAL_MAX_BYTES);
  enum dyn_status status = sign(head, signer, to_sign, config, &making);
  if (status == DYN_OK) {
    *unsendable = keep_text(head, request, dyn_buf_slice(&making.authorization));
  }
  clean_up(&making);
  return status;
}

const char *dyn_signed_head_make(struct dyn_signed_head *head, struct dyn_sigv4 *signer,
                                 const struct dyn_head_request *request,
                                 const struct dyn_sigv4_config *config, const char **unsendable) {
  struct dyn_request to_sign = {.method = DYN_SLICE("POST"),
                                .path = request->path,
                                .headers = request->headers,
                                .header_count = request->signed_count,
                                .normalize_path = true};
  *unsendable = NULL;
  const char *problem = dyn_canonical_problem(&to_sign);
  if (!problem) problem = dyn_sigv4_problem(config);
  if (problem) return problem;
  return dyn_sigv4_status_text(make(head, signer, request, &to_sign, config, unsendable));
}

/* --- writing requests --------------------------------------------------------------------- */

/* Writes the signature of a request with this body. */
static enum dyn_status write_signature(const struct dyn_signed_head *head, struct dyn_hash *hash,
                                       struct dyn_slice body, char out[DYN_SHA256_HEX_BYTES]) {
  struct dyn_slice hex = dyn_slice_of(out, DYN_SHA256_HEX_BYTES);
  unsigned char mac[DYN_SHA256_BYTES];
  enum dyn_status status = dyn_sha256_hex(hash, body, out);
  if (status == DYN_OK) status = dyn_sha256_hex_from(hash, head->canonical, hex, out);
  if (status == DYN_OK) status = dyn_hmac(hash, head->key, hex, mac);
  if (status == DYN_OK) dyn_hex_write(mac, sizeof mac, out);
  return status;
}

/* Fills `length` bytes. */
static void write_value(char *out, size_t length, struct dyn_head_value value) {
  memcpy(out, value.text.data, value.text.length);
  for (size_t at = length; at > value.text.length; value.number >>= 4) {
    out[--at] = "0123456789abcdef"[value.number & 0x0F];
  }
}

const char *dyn_signed_head_write(const struct dyn_signed_head *head, struct dyn_sigv4 *signer,
                                  struct dyn_head_value value, struct dyn_slice body,
                                  struct dyn_message *message, const char **unsendable) {
  char *room = dyn_message_begin_with(message, dyn_buf_slice(&head->text), head->header_count);
  *unsendable = NULL;
  if (!room) return dyn_sigv4_status_text(DYN_ERR_MEMORY);
  write_value(room + head->value_at, head->value_length, value);
  enum dyn_status status =
      write_signature(head, dyn_sigv4_hash(signer), body, room + head->signature_at);
  if (status == DYN_OK) *unsendable = dyn_message_end(message, body);
  return dyn_sigv4_status_text(status);
}
