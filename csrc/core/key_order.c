/* SPDX-License-Identifier: MIT */
#include "key_order.h"

#include <stdint.h>

/* The first byte: what is below zero, zero, what is above. */
enum { NEGATIVE = 1, ZERO = 2, POSITIVE = 3 };

/* The power of ten of the first digit is from -130 to 125. */
enum { EXPONENT_BIAS = 130 };

/* Two digits from `at` on as a byte of 1 to 100; 0 ends the digits. */
static unsigned char pair_at(const struct dyn_decimal *value, int at) {
  int second = at + 1 < value->digit_count ? value->digits[at + 1] : 0;
  return (unsigned char)(value->digits[at] * 10 + second + 1);
}

/* The larger the magnitude, the larger the bytes: its exponent, its digits in pairs, a zero. Below
 * zero it is the other way round. */
size_t dyn_key_order_number(const struct dyn_decimal *value,
                            unsigned char out[DYN_KEY_ORDER_NUMBER_MAX]) {
  size_t length = 0;
  out[length++] = value->digit_count == 0 ? ZERO : value->negative ? NEGATIVE : POSITIVE;
  if (value->digit_count == 0) return length;
  out[length++] = (unsigned char)(value->exponent + value->digit_count - 1 + EXPONENT_BIAS);
  for (int at = 0; at < value->digit_count; at += 2) out[length++] = pair_at(value, at);
  out[length++] = 0;
  for (size_t i = 1; value->negative && i < length; i++) out[i] = (unsigned char)~out[i];
  return length;
}

/* FNV-1a, and the last steps of MurmurHash3: of short keys too, every bit of the hash depends on
 * every byte. Not for secrets: whoever chooses keys can choose hashes. */
static uint32_t hash_of(struct dyn_slice bytes) {
  uint32_t hash = 2166136261U;
  for (size_t i = 0; i < bytes.length; i++) {
    hash = (hash ^ (unsigned char)bytes.data[i]) * 16777619U;
  }
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

void dyn_key_order_partition(struct dyn_slice partition, struct dyn_buf *out) {
  if (partition.length > DYN_KEY_ORDER_PARTITION_MAX) {
    partition.length = DYN_KEY_ORDER_PARTITION_MAX;
  }
  uint32_t hash = hash_of(partition);
  const char head[] = {(char)(hash >> 24),
                       (char)(hash >> 16),
                       (char)(hash >> 8),
                       (char)hash,
                       (char)(partition.length >> 8),
                       (char)partition.length};
  dyn_buf_append(out, head, sizeof head);
  dyn_buf_append_slice(out, partition);
}
