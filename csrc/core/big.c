/* SPDX-License-Identifier: MIT */
#include "big.h"

#include <string.h>

/* Appends a limb unless it is zero. */
static void push(struct dyn_big *a, uint32_t limb) {
  if (limb != 0) a->limbs[a->count++] = limb;
}

void dyn_big_set(struct dyn_big *a, uint64_t number) {
  a->count = 0;
  if (number == 0) return;
  a->limbs[a->count++] = (uint32_t)number;
  push(a, (uint32_t)(number >> DYN_BIG_LIMB_BITS));
}

void dyn_big_multiply_add(struct dyn_big *a, uint32_t factor, uint32_t addend) {
  uint64_t carry = addend;
  for (int i = 0; i < a->count; i++) {
    carry += (uint64_t)a->limbs[i] * factor;
    a->limbs[i] = (uint32_t)carry;
    carry >>= DYN_BIG_LIMB_BITS;
  }
  push(a, (uint32_t)carry);
}

void dyn_big_multiply_power_of_5(struct dyn_big *a, int power) {
  for (; power >= 13; power -= 13) dyn_big_multiply_add(a, UINT32_C(1220703125), 0); /* 5^13 */
  for (; power > 0; power--) dyn_big_multiply_add(a, 5, 0);
}

void dyn_big_shift_left(struct dyn_big *a, int bits) {
  int whole = bits / DYN_BIG_LIMB_BITS;
  dyn_big_multiply_add(a, UINT32_C(1) << bits % DYN_BIG_LIMB_BITS, 0);
  if (whole == 0 || a->count == 0) return;
  memmove(a->limbs + whole, a->limbs, (size_t)a->count * sizeof a->limbs[0]);
  memset(a->limbs, 0, (size_t)whole * sizeof a->limbs[0]);
  a->count += whole;
}

int dyn_big_bits(const struct dyn_big *a) {
  int bits = a->count * DYN_BIG_LIMB_BITS;
  for (uint32_t top = a->limbs[a->count - 1]; top >> (DYN_BIG_LIMB_BITS - 1) == 0; top <<= 1)
    bits--;
  return bits;
}

int dyn_big_compare(const struct dyn_big *a, const struct dyn_big *b) {
  if (a->count != b->count) return a->count - b->count;
  for (int i = a->count - 1; i >= 0; i--) {
    if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i] ? -1 : 1;
  }
  return 0;
}

void dyn_big_add(struct dyn_big *a, const struct dyn_big *b) {
  uint64_t carry = 0;
  while (a->count < b->count) a->limbs[a->count++] = 0;
  for (int i = 0; i < a->count; i++) {
    carry += (uint64_t)a->limbs[i] + (i < b->count ? b->limbs[i] : 0);
    a->limbs[i] = (uint32_t)carry;
    carry >>= DYN_BIG_LIMB_BITS;
  }
  push(a, (uint32_t)carry);
}

void dyn_big_subtract(struct dyn_big *a, const struct dyn_big *b, uint32_t factor) {
  uint64_t borrow = 0;
  for (int i = 0; i < a->count; i++) {
    borrow += i < b->count ? (uint64_t)b->limbs[i] * factor : 0;
    uint32_t part = (uint32_t)borrow;
    borrow = (borrow >> DYN_BIG_LIMB_BITS) + (part > a->limbs[i]);
    a->limbs[i] -= part;
  }
  while (a->count > 0 && a->limbs[a->count - 1] == 0) a->count--;
}

/* The top limbs give the quotient, or at most two less. */
uint32_t dyn_big_divide(struct dyn_big *a, const struct dyn_big *divisor) {
  if (a->count < divisor->count) return 0;
  uint64_t top = a->limbs[a->count - 1];
  if (a->count > divisor->count) top = top << DYN_BIG_LIMB_BITS | a->limbs[a->count - 2];
  uint32_t quotient = (uint32_t)(top / ((uint64_t)divisor->limbs[divisor->count - 1] + 1));
  dyn_big_subtract(a, divisor, quotient);
  for (; dyn_big_compare(a, divisor) >= 0; quotient++) dyn_big_subtract(a, divisor, 1);
  return quotient;
}

int dyn_big_bits_to_fill_limb(int bits) {
  return (DYN_BIG_LIMB_BITS - bits % DYN_BIG_LIMB_BITS) % DYN_BIG_LIMB_BITS;
}
