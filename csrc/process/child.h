/* SPDX-License-Identifier: MIT */
#ifndef DYN_CHILD_H
#define DYN_CHILD_H

#include "buf.h"

#include <sys/types.h>

/* One run of another program: no shell, nothing on its standard input, what it writes collected.
 * 1. dyn_child_init gives an empty child, which dyn_child_clean_up accepts.
 * 2. dyn_child_run starts the program, reads until it has ended or one of the limits is met, and in
 *    the latter case kills it with every process of its group. It returns within the time limit and
 *    REAP_MS whatever the program does.
 * 3. dyn_child_clean_up frees what was collected; twice is harmless.
 * The program leads a process group of its own, has SIGPIPE as the system has it, no signal blocked
 * and no descriptor of this process beside the three standard ones. */

/* The pipes from the child. The third is empty once the program runs: errno, where it could not be
 * started. */
enum { DYN_CHILD_OUTPUT, DYN_CHILD_ERRORS, DYN_CHILD_ERRNO, DYN_CHILD_PIPES };

enum dyn_child_end {
  DYN_CHILD_EXITED,      /* `status` says how */
  DYN_CHILD_NOT_STARTED, /* `system_error` says why */
  DYN_CHILD_TIMED_OUT,   /* killed */
  DYN_CHILD_TOO_LARGE,   /* killed: it wrote more than a stream may hold */
  DYN_CHILD_NO_MEMORY,   /* killed */
  DYN_CHILD_LOST         /* it ended, but the process ignores SIGCHLD, so nobody knows how */
};

struct dyn_child {
  pid_t process;                           /* 0: none, or reaped */
  int pipes[DYN_CHILD_PIPES];              /* our ends; -1 closed */
  struct dyn_buf streams[DYN_CHILD_PIPES]; /* what came through them */
  int status;                              /* exit status; 128 + n after signal n, as in a shell */
  int system_error;                        /* errno */
};

/* Makes `child` empty; its output and its error output may take `max_bytes` each. */
void dyn_child_init(struct dyn_child *child, size_t max_bytes);

/* Runs the program argv[0], looked for in PATH; `argv` ends with NULL. Blocks; calls nothing of the
 * caller's. A process that the program left behind, and that holds its output open, is waited for
 * only shortly and then left alone. */
enum dyn_child_end dyn_child_run(struct dyn_child *child, char *const argv[], int timeout_ms);

/* Frees what was collected. */
void dyn_child_clean_up(struct dyn_child *child);

#endif
