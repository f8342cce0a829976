/* SPDX-License-Identifier: MIT */
#ifndef DYN_EXCHANGE_H
#define DYN_EXCHANGE_H

#include "pool.h"

/* A message on its way: over a kept connection or a new one, written once, its response read.
 * 1. dyn_exchange_begin; the pool, the message and the target stay the caller's, and must live.
 * 2. dyn_exchange_advance goes as far as it can without waiting. While it returns true, wait as
 *    dyn_exchange_next says, and go on; or let dyn_exchange_perform do it all.
 * 3. What became of it is in `failure`, and in the message if that has no code. How far the request
 *    got, the message says.
 * 4. dyn_exchange_end closes what one that is not over still has; twice is harmless. */

enum dyn_exchange_stage {
  DYN_EXCHANGE_WANTS, /* a connection */
  DYN_EXCHANGE_CONNECTS,
  DYN_EXCHANGE_SENDS,
  DYN_EXCHANGE_RECEIVES,
  DYN_EXCHANGE_OVER
};

struct dyn_exchange {
  struct dyn_pool *pool;
  struct dyn_message *message;
  struct dyn_target target;
  double until_s, connect_until_s; /* on the monotonic clock */
  enum dyn_exchange_stage stage;
  struct dyn_connection *connection; /* taken from the pool in this epoch; NULL: none */
  unsigned epoch;
  struct dyn_failure failure; /* of the way; code NULL: see the message */
  char text[256];             /* the failure's, if it is no static one */
};

/* The time that dyn_exchange_begin counts from: seconds on the monotonic clock. */
double dyn_exchange_clock(void);

void dyn_exchange_begin(struct dyn_exchange *exchange, struct dyn_pool *pool,
                        struct dyn_message *message, const struct dyn_target *target,
                        double until_s, double connect_timeout_s);

/* Returns whether there is something to wait for. */
bool dyn_exchange_advance(struct dyn_exchange *exchange);

/* Returns what to wait for: for nothing while there is no free connection. */
struct dyn_wait dyn_exchange_next(const struct dyn_exchange *exchange);

void dyn_exchange_end(struct dyn_exchange *exchange);

/* Goes on and waits until it is over, or SIGINT comes: see dyn_interrupt_poll. */
void dyn_exchange_perform(struct dyn_exchange *exchange, bool hand_on);

#endif
