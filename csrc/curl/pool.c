/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "pool.h"

#include <pthread.h>

enum {
  MAX_IDLE_S = 60,     /* the service drops idle connections at about that age */
  MAX_LIFETIME_S = 300 /* so that connections follow changes of DNS */
};

/* --- forks -------------------------------------------------------------------------------- */

/* How many forks lie between this process and the one that loaded the module. */
static unsigned generation;

static void count_fork(void) {
  generation++;
}

static int global_init_result = -1;

static void global_init(void) {
  global_init_result = pthread_atfork(NULL, NULL, count_fork);
}

bool dyn_pool_global_init(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, global_init);
  return global_init_result == 0;
}

bool dyn_pool_has_kept(const struct dyn_pool *pool, unsigned epoch) {
  return pool->generation == generation && pool->epoch == epoch;
}

static struct dyn_connection *take_first(struct dyn_pool *pool) {
  struct dyn_connection *connection = pool->first;
  if (connection) pool->first = connection->next;
  return connection;
}

/* In a child process: an empty pool. False if there is no memory for it. */
static bool renew_after_fork(struct dyn_pool *pool) {
  struct dyn_connection *connection;
  if (pool->generation == generation) return true;
  while ((connection = take_first(pool)) != NULL) dyn_connection_abandon(connection);
  pool->count = 0;
  pool->epoch++;
  pool->generation = generation;
  return dyn_dialler_renew(&pool->dialler);
}

/* --- the pool ----------------------------------------------------------------------------- */

void dyn_pool_init(struct dyn_pool *pool) {
  dyn_dialler_init(&pool->dialler);
  pool->first = NULL;
  pool->count = pool->max_count = 0;
  pool->generation = generation;
  pool->epoch = 0;
}

bool dyn_pool_open(struct dyn_pool *pool, const char *ca_file, size_t max_count) {
  pool->max_count = max_count;
  return dyn_dialler_open(&pool->dialler, ca_file);
}

bool dyn_pool_is_open(const struct dyn_pool *pool) {
  return pool->dialler.multi != NULL;
}

void dyn_pool_close(struct dyn_pool *pool) {
  struct dyn_connection *connection;
  if (!dyn_pool_is_open(pool) || !renew_after_fork(pool)) return;
  while ((connection = take_first(pool)) != NULL) dyn_connection_destroy(connection);
  pool->count = 0;
  pool->epoch++;
  dyn_dialler_close(&pool->dialler);
}

/* Takes a connection off the list. */
static void remove_connection(struct dyn_pool *pool, struct dyn_connection *connection) {
  struct dyn_connection **place = &pool->first;
  while (*place != connection) place = &(*place)->next;
  *place = connection->next;
  pool->count--;
}

void dyn_pool_drop(struct dyn_pool *pool, struct dyn_connection *connection) {
  remove_connection(pool, connection);
  dyn_connection_destroy(connection);
}

void dyn_pool_give(struct dyn_connection *connection, double now_s) {
  connection->is_idle = true;
  connection->used_s = now_s;
}

/* Whether a connection is too old to be used again. */
static bool is_over(const struct dyn_connection *connection, double now_s) {
  return now_s - connection->used_s >= MAX_IDLE_S || now_s - connection->opened_s >= MAX_LIFETIME_S;
}

/* Whether nothing came over a kept connection, not its end either: it would be taken for the
 * response to the next request. The socket is not asked: what waits there over TLS may be none of
 * ours. */
static bool is_quiet(struct dyn_connection *connection) {
  char byte;
  size_t received;
  return dyn_connection_receive(connection, &byte, 1, &received) == DYN_TRANSFER_WAITS;
}

struct dyn_connection *dyn_pool_take_kept(struct dyn_pool *pool, const struct dyn_target *target,
                                          double now_s) {
  struct dyn_connection *connection, *next;
  if (!dyn_pool_is_open(pool) || !renew_after_fork(pool)) return NULL;
  for (connection = pool->first; connection; connection = next) {
    next = connection->next;
    if (!connection->is_idle) continue;
    bool is_old = is_over(connection, now_s);
    if (!is_old && !dyn_connection_leads_to(connection, target)) continue;
    if (!is_old && is_quiet(connection)) {
      connection->is_idle = false;
      return connection;
    }
    dyn_pool_drop(pool, connection);
  }
  return NULL;
}

/* Returns the connection that was idle for longest, or NULL. */
static struct dyn_connection *longest_idle(const struct dyn_pool *pool) {
  struct dyn_connection *found = NULL, *connection;
  for (connection = pool->first; connection; connection = connection->next) {
    if (!connection->is_idle) continue;
    if (!found || connection->used_s < found->used_s) found = connection;
  }
  return found;
}

bool dyn_pool_make_room(struct dyn_pool *pool) {
  if (pool->count < pool->max_count) return true;
  struct dyn_connection *idle = longest_idle(pool);
  if (idle) dyn_pool_drop(pool, idle);
  return idle != NULL;
}

struct dyn_connection *dyn_pool_take_new(struct dyn_pool *pool, const struct dyn_target *target,
                                         double now_s, long timeout_ms) {
  if (!dyn_pool_is_open(pool)) return NULL;
  struct dyn_connection *connection = dyn_connection_new(&pool->dialler, target, timeout_ms);
  if (!connection) return NULL;
  connection->opened_s = connection->used_s = now_s;
  connection->next = pool->first;
  pool->first = connection;
  pool->count++;
  return connection;
}
