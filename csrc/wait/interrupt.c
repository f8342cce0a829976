/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "interrupt.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

/* In the thread's own block from its start on: a signal handler must not be the first to ask for
 * it, for then it would be allocated there. */
#ifdef __ELF__
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
#else
#define THREAD_LOCAL __thread
#endif

enum {
  NO_FILE = -1,         /* poll(2) passes it over */
  CLOSED_FILE = INT_MAX /* no process has it open: poll(2) returns at once */
};

/* The array that this thread polls; NULL while it does not wait. */
static THREAD_LOCAL struct pollfd *volatile polled;
static THREAD_LOCAL volatile sig_atomic_t hands_on;

/* The program's own action as it was found last, ours in its place, and the number of waiting
 * threads. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction host, own;
static bool has_host, is_installed;
static int waiting;

/* Does what the program would have done. */
static void call_host(int number, siginfo_t *info, void *context) {
  if (host.sa_flags & SA_SIGINFO) {
    host.sa_sigaction(number, info, context);
  } else {
    host.sa_handler(number);
  }
}

/* What is stored here is seen even by a poll that has not begun yet: there is no moment in which a
 * signal is lost. */
static void on_signal(int number, siginfo_t *info, void *context) {
  bool in_wait = polled != NULL;
  if (in_wait) polled[0].fd = CLOSED_FILE;
  if (!in_wait || hands_on) call_host(number, info, context);
}

static bool is_handled(const struct sigaction *action) {
  if (action->sa_flags & SA_SIGINFO) return true;
  return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

static bool is_ours(const struct sigaction *action) {
  return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == on_signal;
}

/* Whether two actions are the same. Only the first bytes of a mask are written by the system, which
 * knows 64 signals; the rest is whatever was there. */
static bool is_same(const struct sigaction *a, const struct sigaction *b) {
  enum { KNOWN_BYTES = 64 / 8, BYTES = sizeof a->sa_mask };
  return a->sa_flags == b->sa_flags && a->sa_handler == b->sa_handler &&
         memcmp(&a->sa_mask, &b->sa_mask, BYTES < KNOWN_BYTES ? BYTES : KNOWN_BYTES) == 0;
}

/* Takes an action of the program's for its own from now on; false if it is none that handles. */
static bool take_host(const struct sigaction *found) {
  has_host = is_handled(found);
  if (!has_host) return false;
  host = own = *found;
  own.sa_flags |= SA_SIGINFO;
  own.sa_sigaction = on_signal;
  return true;
}

/* Puts ours into the place of the program's action. What that was the last time it mostly is, so it
 * is looked at in the same step: a call of the system's costs as much as a hundred of ours. */
static bool install(void) {
  struct sigaction found;
  if (!has_host) {
    if (sigaction(SIGINT, NULL, &found) != 0 || !take_host(&found)) return false;
    return sigaction(SIGINT, &own, NULL) == 0;
  }
  if (sigaction(SIGINT, &own, &found) != 0) return false;
  if (is_same(&found, &host) || is_ours(&found)) return true;
  const struct sigaction *next = take_host(&found) ? &own : &found;
  sigaction(SIGINT, next, NULL);
  return has_host;
}

/* The program's handler may have changed the action itself, as lua does, which ends at the second
 * Ctrl-C: that stays. */
static void restore(void) {
  struct sigaction found;
  if (sigaction(SIGINT, &host, &found) == 0 && !is_ours(&found)) sigaction(SIGINT, &found, NULL);
}

static void begin(struct pollfd *files) {
  files[0] = (struct pollfd){NO_FILE, 0, 0};
  pthread_mutex_lock(&lock);
  if (waiting++ == 0) is_installed = install();
  pthread_mutex_unlock(&lock);
  polled = files;
}

static void end(void) {
  polled = NULL;
  pthread_mutex_lock(&lock);
  if (--waiting == 0 && is_installed) restore();
  pthread_mutex_unlock(&lock);
}

bool dyn_interrupt_poll(struct pollfd *files, nfds_t count, int timeout_ms, bool hand_on) {
  hands_on = hand_on;
  begin(files);
  (void)poll(files, count, timeout_ms);
  end();
  return files[0].fd == CLOSED_FILE;
}
