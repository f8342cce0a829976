/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "exchange.h"

#include "interrupt.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

double dyn_exchange_clock(void) {
  struct timespec time = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Whether the connection is still there: not if the pool was closed, or in a child process. */
static bool has_connection(const struct dyn_exchange *exchange) {
  return exchange->connection && dyn_pool_has_kept(exchange->pool, exchange->epoch);
}

static void drop_connection(struct dyn_exchange *exchange) {
  if (has_connection(exchange)) dyn_pool_drop(exchange->pool, exchange->connection);
  exchange->connection = NULL;
}

void dyn_exchange_end(struct dyn_exchange *exchange) {
  drop_connection(exchange);
  exchange->stage = DYN_EXCHANGE_OVER;
}

/* Each step returns whether to go on with the next one at once: false if there is something to wait
 * for, and when it is over. */

static bool fail(struct dyn_exchange *exchange, struct dyn_failure failure) {
  exchange->failure = failure;
  dyn_exchange_end(exchange);
  return false;
}

static bool fail_too_late(struct dyn_exchange *exchange) {
  return fail(exchange, (struct dyn_failure){"timeout", "DeadlineExceeded",
                                             "the deadline passed before the request was sent"});
}

void dyn_exchange_begin(struct dyn_exchange *exchange, struct dyn_pool *pool,
                        struct dyn_message *message, const struct dyn_target *target,
                        double until_s, double connect_timeout_s) {
  double now_s = dyn_exchange_clock(), connect_until_s = now_s + connect_timeout_s;
  exchange->pool = pool;
  exchange->message = message;
  exchange->target = *target;
  exchange->until_s = until_s;
  exchange->connect_until_s = connect_until_s < until_s ? connect_until_s : until_s;
  exchange->stage = DYN_EXCHANGE_WANTS;
  exchange->connection = NULL;
  exchange->failure = (struct dyn_failure){NULL, NULL, NULL};
  dyn_message_expect(message, false);
  if (now_s >= until_s) fail_too_late(exchange);
}

static bool fail_to_connect_in_time(struct dyn_exchange *exchange) {
  return fail(exchange, (struct dyn_failure){"timeout", "ConnectTimeout",
                                             "no connection within the timeout"});
}

static bool fail_for_want_of_room(struct dyn_exchange *exchange) {
  return fail(exchange, (struct dyn_failure){"timeout", "NoFreeConnection",
                                             "all of max_connections are in use"});
}

static bool use(struct dyn_exchange *exchange, struct dyn_connection *connection, bool is_kept) {
  exchange->connection = connection;
  exchange->epoch = exchange->pool->epoch;
  exchange->stage = is_kept ? DYN_EXCHANGE_SENDS : DYN_EXCHANGE_CONNECTS;
  dyn_message_expect(exchange->message, is_kept);
  return true;
}

static bool connect_anew(struct dyn_exchange *exchange, double now_s) {
  double left_ms = (exchange->connect_until_s - now_s) * 1000;
  long timeout_ms = left_ms < INT_MAX ? (long)left_ms + 1 : INT_MAX;
  if (left_ms <= 0) return fail_to_connect_in_time(exchange);
  struct dyn_connection *connection =
      dyn_pool_take_new(exchange->pool, &exchange->target, now_s, timeout_ms);
  if (connection) return use(exchange, connection, false);
  return fail(exchange, (struct dyn_failure){"transport", "OutOfMemory", "out of memory"});
}

static bool take_connection(struct dyn_exchange *exchange, double now_s) {
  struct dyn_connection *kept = dyn_pool_take_kept(exchange->pool, &exchange->target, now_s);
  if (kept) return use(exchange, kept, true);
  if (dyn_pool_make_room(exchange->pool)) return connect_anew(exchange, now_s);
  return now_s >= exchange->until_s && fail_for_want_of_room(exchange);
}

/* The text of a failure to connect ends with the connection. */
static bool fail_to_connect(struct dyn_exchange *exchange) {
  struct dyn_failure failure = dyn_connection_failure(exchange->connection);
  snprintf(exchange->text, sizeof exchange->text, "%s", failure.text);
  failure.text = exchange->text;
  return fail(exchange, failure);
}

static bool go_on_connecting(struct dyn_exchange *exchange, double now_s) {
  dyn_connection_advance(exchange->connection);
  switch (exchange->connection->state) {
  case DYN_CONNECTION_READY:
    exchange->stage = DYN_EXCHANGE_SENDS;
    return true;
  case DYN_CONNECTION_FAILED:
    return fail_to_connect(exchange);
  case DYN_CONNECTION_CONNECTING:
    break;
  }
  return now_s >= exchange->connect_until_s && fail_to_connect_in_time(exchange);
}

/* A kept connection that fails while it is written to has not carried the request whole, and the
 * signature covers the whole: it cannot have been carried out, so another connection is tried. */
static bool fail_to_send(struct dyn_exchange *exchange) {
  if (exchange->message->is_kept) {
    drop_connection(exchange);
    exchange->stage = DYN_EXCHANGE_WANTS;
    return true;
  }
  return fail(exchange, (struct dyn_failure){"transport", "ConnectionLost",
                                             "the connection was lost while the request was "
                                             "written"});
}

/* Once the request is written over a kept connection, on which all was quiet before, the response
 * is waited for at once. */
static bool send_request(struct dyn_exchange *exchange, double now_s) {
  struct dyn_message *message = exchange->message;
  size_t sent;
  switch (dyn_connection_send(exchange->connection, dyn_message_unsent(message), &sent)) {
  case DYN_TRANSFER_DONE:
    dyn_message_count_sent(message, sent);
    if (dyn_message_unsent(message).length > 0) return true;
    exchange->stage = DYN_EXCHANGE_RECEIVES;
    return !message->is_kept;
  case DYN_TRANSFER_WAITS:
    if (now_s < exchange->until_s) return false;
    return fail(exchange, (struct dyn_failure){"timeout", "AttemptTimeout",
                                               "the server took too long to read"});
  case DYN_TRANSFER_CLOSED:
  case DYN_TRANSFER_BROKEN:
    break;
  }
  return fail_to_send(exchange);
}

static bool finish(struct dyn_exchange *exchange, double now_s) {
  if (dyn_message_is_reusable(exchange->message)) {
    dyn_pool_give(exchange->connection, now_s);
    exchange->connection = NULL;
  }
  dyn_exchange_end(exchange);
  return false;
}

static bool lose(struct dyn_exchange *exchange, enum dyn_message_loss loss) {
  dyn_message_lose(exchange->message, loss);
  dyn_exchange_end(exchange);
  return false;
}

static bool receive_response(struct dyn_exchange *exchange, double now_s) {
  struct dyn_message *message = exchange->message;
  size_t size, received;
  char *room = dyn_message_room(message, &size);
  if (!room) return finish(exchange, now_s);
  switch (dyn_connection_receive(exchange->connection, room, size, &received)) {
  case DYN_TRANSFER_DONE:
    if (dyn_message_read(message, received) == DYN_MESSAGE_MORE) return true;
    return finish(exchange, now_s);
  case DYN_TRANSFER_WAITS:
    return now_s >= exchange->until_s && lose(exchange, DYN_LOSS_TIMEOUT);
  case DYN_TRANSFER_CLOSED:
    return lose(exchange, DYN_LOSS_CLOSED);
  case DYN_TRANSFER_BROKEN:
    break;
  }
  return lose(exchange, DYN_LOSS_BROKEN);
}

static bool step(struct dyn_exchange *exchange, double now_s) {
  if (exchange->connection && !has_connection(exchange)) return lose(exchange, DYN_LOSS_BROKEN);
  switch (exchange->stage) {
  case DYN_EXCHANGE_WANTS:
    return take_connection(exchange, now_s);
  case DYN_EXCHANGE_CONNECTS:
    return go_on_connecting(exchange, now_s);
  case DYN_EXCHANGE_SENDS:
    return send_request(exchange, now_s);
  case DYN_EXCHANGE_RECEIVES:
    return receive_response(exchange, now_s);
  case DYN_EXCHANGE_OVER:
    break;
  }
  return false;
}

bool dyn_exchange_advance(struct dyn_exchange *exchange) {
  double now_s = dyn_exchange_clock();
  while (step(exchange, now_s)) continue;
  return exchange->stage != DYN_EXCHANGE_OVER;
}

/* Returns how many milliseconds are left, rounded up. */
static int milliseconds_left(const struct dyn_exchange *exchange) {
  bool connects = exchange->stage == DYN_EXCHANGE_CONNECTS;
  double until_s = connects ? exchange->connect_until_s : exchange->until_s;
  double left_ms = (until_s - dyn_exchange_clock()) * 1000;
  if (left_ms <= 0) return 0;
  return left_ms < INT_MAX - 1 ? (int)left_ms + 1 : INT_MAX;
}

struct dyn_wait dyn_exchange_next(const struct dyn_exchange *exchange) {
  struct dyn_wait wait = {-1, exchange->stage == DYN_EXCHANGE_SENDS, milliseconds_left(exchange)};
  if (exchange->stage == DYN_EXCHANGE_CONNECTS) {
    return dyn_connection_next(exchange->connection, wait.most_ms);
  }
  if (exchange->connection) wait.fd = exchange->connection->socket;
  return wait;
}

/* Waits for that; returns whether SIGINT came. */
static bool wait_for_next(const struct dyn_exchange *exchange, bool hand_on) {
  if (exchange->stage == DYN_EXCHANGE_CONNECTS) {
    return dyn_connection_wait(exchange->connection, milliseconds_left(exchange), hand_on);
  }
  struct dyn_wait next = dyn_exchange_next(exchange);
  struct pollfd files[] = {{-1, 0, 0}, {next.fd, next.to_write ? POLLOUT : POLLIN, 0}};
  return dyn_interrupt_poll(files, 2, next.most_ms, hand_on);
}

void dyn_exchange_perform(struct dyn_exchange *exchange, bool hand_on) {
  while (dyn_exchange_advance(exchange)) {
    if (exchange->stage == DYN_EXCHANGE_WANTS) {
      fail_for_want_of_room(exchange); /* while this waits, nobody gives one back */
    } else if (wait_for_next(exchange, hand_on)) {
      fail(exchange,
           (struct dyn_failure){"cancelled", "Interrupted", "the call was interrupted (SIGINT)"});
    }
  }
}
