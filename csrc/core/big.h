/* SPDX-License-Identifier: MIT */
#ifndef DYN_BIG_H
#define DYN_BIG_H

#include <stdint.h>

/* Unsigned integers of a fixed greatest size: the exact arithmetic behind decimal.c's doubles. The
 * caller keeps within the size; decimal.c says why it does. */
enum { DYN_BIG_LIMB_BITS = 32, DYN_BIG_MAX_LIMBS = 16 };

/* Least significant limb first, the last limb not zero; zero has none. The largest that decimal.c
 * needs is 5^167 aligned to a limb and shifted by 28 bits: 14 limbs. */
struct dyn_big {
  int count;
  uint32_t limbs[DYN_BIG_MAX_LIMBS];
};

void dyn_big_set(struct dyn_big *a, uint64_t number);

/* a = a * factor + addend */
void dyn_big_multiply_add(struct dyn_big *a, uint32_t factor, uint32_t addend);

/* a *= 5^power */
void dyn_big_multiply_power_of_5(struct dyn_big *a, int power);

/* a *= 2^bits */
void dyn_big_shift_left(struct dyn_big *a, int bits);

/* Returns the position of the highest bit set, from 1; `a` is not zero. */
int dyn_big_bits(const struct dyn_big *a);

/* Orders two numbers: negative, zero or positive. */
int dyn_big_compare(const struct dyn_big *a, const struct dyn_big *b);

/* a += b */
void dyn_big_add(struct dyn_big *a, const struct dyn_big *b);

/* a -= b * factor, which is at most `a`. */
void dyn_big_subtract(struct dyn_big *a, const struct dyn_big *b, uint32_t factor);

/* Returns the quotient, below 2^28, and leaves the remainder in `a`. The divisor's top bit must be
 * set. */
uint32_t dyn_big_divide(struct dyn_big *a, const struct dyn_big *divisor);

/* Returns how far to shift a number of `bits` bits left so that it fills whole limbs. */
int dyn_big_bits_to_fill_limb(int bits);

#endif
