/* SPDX-License-Identifier: MIT */
#ifndef DYN_POOL_H
#define DYN_POOL_H

#include "connection.h"

/* The connections of a client, kept for the next request to the same place.
 * 1. dyn_pool_init makes an empty pool, which dyn_pool_close accepts; dyn_pool_open acquires what
 * it needs.
 * 2. dyn_pool_take gives a connection, kept or new, to one user; dyn_pool_give takes it back for
 *    another, dyn_pool_drop closes it.
 * 3. dyn_pool_close closes all, also those in use; twice is harmless.
 * In a child process nothing is left of what was inherited, without a byte being written to it. */
struct dyn_pool {
  struct dyn_dialler dialler;
  struct dyn_connection *first; /* a list of all */
  size_t count, max_count;
  unsigned generation; /* of the process that made the connections */
  unsigned epoch;      /* how often all were closed or lost */
};

/* Notes forks from now on. False if that cannot be. */
bool dyn_pool_global_init(void);

void dyn_pool_init(struct dyn_pool *pool);

/* False if libcurl lacks memory; the pool is then closed. */
bool dyn_pool_open(struct dyn_pool *pool, const char *ca_file, size_t max_count);

bool dyn_pool_is_open(const struct dyn_pool *pool);

void dyn_pool_close(struct dyn_pool *pool);

/* Whether what was taken from the pool in an epoch is still there. */
bool dyn_pool_has_kept(const struct dyn_pool *pool, unsigned epoch);

/* Returns a kept connection on which all is quiet; NULL if there is none. */
struct dyn_connection *dyn_pool_take_kept(struct dyn_pool *pool, const struct dyn_target *target,
                                          double now_s);

/* Makes room for one more connection, perhaps in place of one that is idle; false if there is none.
 */
bool dyn_pool_make_room(struct dyn_pool *pool);

/* Returns a new connection, which begins to connect. NULL if there is no memory. */
struct dyn_connection *dyn_pool_take_new(struct dyn_pool *pool, const struct dyn_target *target,
                                         double now_s, long timeout_ms);

void dyn_pool_give(struct dyn_connection *connection, double now_s);

void dyn_pool_drop(struct dyn_pool *pool, struct dyn_connection *connection);

#endif
