/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "interrupt.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

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

/* The program's own handler while there are waiting threads, whose number this is. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction host;
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

static void install(void) {
  struct sigaction own;
  if (sigaction(SIGINT, NULL, &host) != 0 || !is_handled(&host)) return;
  own = host;
  own.sa_flags |= SA_SIGINFO;
  own.sa_sigaction = on_signal;
  sigaction(SIGINT, &own, NULL);
}

/* The program's handler may have changed the action itself, as lua does, which ends at the second
 * Ctrl-C: that stays. */
static void restore(void) {
  struct sigaction now;
  bool is_ours = sigaction(SIGINT, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
                 now.sa_sigaction == on_signal;
  if (is_ours) sigaction(SIGINT, &host, NULL);
}

static void begin(struct pollfd *files) {
  files[0] = (struct pollfd){NO_FILE, 0, 0};
  pthread_mutex_lock(&lock);
  if (waiting++ == 0) install();
  pthread_mutex_unlock(&lock);
  polled = files;
}

static void end(void) {
  polled = NULL;
  pthread_mutex_lock(&lock);
  if (--waiting == 0) restore();
  pthread_mutex_unlock(&lock);
}

bool dyn_interrupt_poll(struct pollfd *files, nfds_t count, int timeout_ms, bool hand_on) {
  hands_on = hand_on;
  begin(files);
  (void)poll(files, count, timeout_ms);
  end();
  return files[0].fd == CLOSED_FILE;
}
