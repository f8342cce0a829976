/* SPDX-License-Identifier: MIT */
#ifndef DYN_INTERRUPT_H
#define DYN_INTERRUPT_H

#include <stdbool.h>

#include <poll.h>

/* A wait that ends when the user presses Ctrl-C. SIGINT is ours for the time of one wait alone, and
 * only where the program handles it itself: what the system does with it, or the program ignores,
 * stays as it is.
 * Polls as poll(2) does. files[0] is this function's own; the caller's begin at files[1].
 * With `hand_on`, SIGINT goes to the program's handler, too. Returns whether it came. */
bool dyn_interrupt_poll(struct pollfd *files, nfds_t count, int timeout_ms, bool hand_on);

#endif
