/* SPDX-License-Identifier: MIT */
#ifndef DYN_INTERRUPT_H
#define DYN_INTERRUPT_H

#include <stdbool.h>

#include <poll.h>

/* A wait that ends when the user presses Ctrl-C. SIGINT is ours for the time of one wait alone, and
 * only where the program handles it itself: what the system does with it, or the program ignores,
 * stays as it is. The first that comes in a wait ends it and goes no further; every later one is
 * handed on to the program's own handler, too, so that a program that goes on regardless can be
 * ended. */

/* Polls as poll(2) does. files[0] is this function's own; the caller's begin at files[1].
 * `interrupted` is set to whether SIGINT came. */
int dyn_interrupt_poll(struct pollfd *files, nfds_t count, int timeout_ms, bool *interrupted);

/* Says that the program has been told of the last SIGINT: the next one is the first again. */
void dyn_interrupt_settle(void);

#endif
