/* SPDX-License-Identifier: MIT */
#ifndef DYN_KEY_ORDER_H
#define DYN_KEY_ORDER_H

#include "buf.h"
#include "decimal.h"

/* Keys of items as bytes whose order, by memcmp, is DynamoDB's order of the items: a hash of the
 * partition key (4 bytes), its length (2 bytes) and its bytes, then those of the sort key. So the
 * items of a partition lie together in the order of their sort keys, and the partitions in no order
 * that means anything, as they do in a scan of DynamoDB's. */

enum {
  DYN_KEY_ORDER_NUMBER_MAX = 2 + DYN_DECIMAL_MAX_DIGITS / 2 + 1, /* bytes */
  DYN_KEY_ORDER_PARTITION_MAX = 0xffff
};

/* Writes a number so that numbers order as their bytes do, and none begins with another's; returns
 * how many bytes. */
size_t dyn_key_order_number(const struct dyn_decimal *value,
                            unsigned char out[DYN_KEY_ORDER_NUMBER_MAX]);

/* Appends what the key of every item of a partition begins with. Of a partition key longer than
 * DYN_KEY_ORDER_PARTITION_MAX, which DynamoDB refuses, only so much counts. */
void dyn_key_order_partition(struct dyn_slice partition, struct dyn_buf *out);

#endif
