/* SPDX-License-Identifier: MIT */
#ifndef DYN_WAITS_H
#define DYN_WAITS_H

#include "buf.h"

#include <stdint.h>

/* Many waits at once: each for a file descriptor, or for a time, or for whichever comes first.
 * 1. dyn_waits_init gives a set without waits, which dyn_waits_clean_up accepts.
 * 2. dyn_waits_add adds one under a number of the caller's.
 * 3. dyn_waits_poll returns when some are over, and dyn_waits_take takes those out, one by one.
 * 4. dyn_waits_clean_up frees the memory; twice is harmless. */
struct dyn_waits {
  struct dyn_buf files;   /* of struct pollfd; the first is for dyn_interrupt_poll */
  struct dyn_buf entries; /* of struct dyn_wait, the nth of which has the file n + 1 */
  size_t next;            /* entries that dyn_waits_take has not looked at */
  double polled_at;       /* monotonic seconds */
};

struct dyn_wait {
  int64_t number;
  double until; /* monotonic seconds; INFINITY for no time */
};

/* Makes a set of at most `max_waits`. Cannot fail. */
void dyn_waits_init(struct dyn_waits *waits, size_t max_waits);

/* Adds a wait until `fd` (-1: none) is ready for `events` as of poll(2), for `seconds` at most
 * (INFINITY: for ever). False if there is no memory or no room for one more. */
bool dyn_waits_add(struct dyn_waits *waits, int64_t number, int fd, short events, double seconds);

/* Takes a wait out; none of that number is none. */
void dyn_waits_remove(struct dyn_waits *waits, int64_t number);

/* Looks which waits are over; with `block`, returns when there may be one, or after a signal.
 * Returns whether SIGINT came (see dyn_interrupt_poll). */
bool dyn_waits_poll(struct dyn_waits *waits, bool block, bool hand_on);

/* Takes out a wait that the last dyn_waits_poll found to be over. Returns whether there was one. */
bool dyn_waits_take(struct dyn_waits *waits, int64_t *number);

/* Frees the memory. */
void dyn_waits_clean_up(struct dyn_waits *waits);

/* One wait, without a set: as of dyn_waits_add. Returns when it is over, whatever signals arrive;
 * or true, when SIGINT came. */
bool dyn_waits_one(int fd, short events, double seconds, bool hand_on);

#endif
