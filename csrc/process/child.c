/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* close_range */

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  LINGER_MS = 200, /* for what a process substitution still writes after the program's end */
  REAP_MS = 1000,  /* for a killed program to end; one that runs as another user never may */
  RUNNING_MS = 20, /* between looks at a program whose output is open */
  CLOSING_MS = 1,  /* between looks at one that closed it */
  CHUNK_BYTES = 4096,
  FIRST_DESCRIPTOR = 3 /* after the standard ones */
};

static int64_t now_ms(void) {
  struct timespec time = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void dyn_child_init(struct dyn_child *child, size_t max_bytes) {
  child->process = 0;
  child->status = child->system_error = 0;
  for (int i = 0; i < DYN_CHILD_PIPES; i++) {
    child->pipes[i] = -1;
    dyn_buf_init(&child->streams[i], i == DYN_CHILD_ERRNO ? sizeof(int) : max_bytes);
  }
}

static void close_end(int *end) {
  if (*end >= 0) close(*end);
  *end = -1;
}

void dyn_child_clean_up(struct dyn_child *child) {
  for (int i = 0; i < DYN_CHILD_PIPES; i++) {
    close_end(&child->pipes[i]);
    dyn_buf_clean_up(&child->streams[i]);
  }
}

/* --- starting ----------------------------------------------------------------------------- */

/* Marks an end as closed on exec, and above the standard descriptors, which the host may have
 * closed. */
static bool prepare(int *end) {
  if (*end >= FIRST_DESCRIPTOR) return fcntl(*end, F_SETFD, FD_CLOEXEC) == 0;
  int lifted = fcntl(*end, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
  close(*end);
  *end = lifted;
  return lifted >= 0;
}

/* Makes the pipes; ours do not block. False leaves the reason in errno. */
static bool open_pipes(struct dyn_child *child, int far_ends[DYN_CHILD_PIPES]) {
  for (int i = 0; i < DYN_CHILD_PIPES; i++) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    child->pipes[i] = ends[0];
    far_ends[i] = ends[1];
    if (!prepare(&child->pipes[i]) || !prepare(&far_ends[i])) return false;
    if (fcntl(child->pipes[i], F_SETFL, O_NONBLOCK) != 0) return false;
  }
  return true;
}

/* Keeps the descriptors of this process from the program, those of other libraries too. */
static void forget_descriptors(void) {
#ifdef CLOSE_RANGE_CLOEXEC
  (void)close_range(FIRST_DESCRIPTOR, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
}

/* In the forked child, where only async-signal-safe functions may be called: becomes the program,
 * or reports errno and ends. */
static void become(char *const argv[], const int far_ends[DYN_CHILD_PIPES]) {
  sigset_t none;
  sigemptyset(&none);
  setpgid(0, 0);
  int nothing = open("/dev/null", O_RDONLY);
  bool ready = dup2(nothing, STDIN_FILENO) >= 0 &&
               dup2(far_ends[DYN_CHILD_OUTPUT], STDOUT_FILENO) >= 0 &&
               dup2(far_ends[DYN_CHILD_ERRORS], STDERR_FILENO) >= 0;
  if (nothing >= FIRST_DESCRIPTOR) close(nothing);
  forget_descriptors();
  signal(SIGPIPE, SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &none, NULL);
  if (ready) execvp(argv[0], argv);
  int problem = errno;
  ssize_t reported = write(far_ends[DYN_CHILD_ERRNO], &problem, sizeof problem);
  _exit(reported == sizeof problem ? 127 : 126);
}

/* Forks the child that becomes the program. False leaves the reason in errno. */
static bool start(struct dyn_child *child, char *const argv[]) {
  int far_ends[DYN_CHILD_PIPES] = {-1, -1, -1};
  bool started = open_pipes(child, far_ends);
  pid_t process = started ? fork() : -1;
  if (process == 0) become(argv, far_ends);
  int problem = errno;
  if (process > 0) {
    setpgid(process, process); /* whichever of the two is first */
    child->process = process;
  }
  for (int i = 0; i < DYN_CHILD_PIPES; i++) close_end(&far_ends[i]);
  errno = problem;
  return process > 0;
}

/* --- following ---------------------------------------------------------------------------- */

static int shell_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Reaps the child if it has ended. False while it runs; `status` is -1 where nobody knows it. */
static bool reap(struct dyn_child *child) {
  if (child->process == 0) return true;
  int status = 0;
  pid_t reaped = waitpid(child->process, &status, WNOHANG);
  if (reaped == 0 || (reaped < 0 && errno == EINTR)) return false;
  child->process = 0;
  child->status = reaped > 0 ? shell_status(status) : -1;
  return true;
}

/* Reads what waits in one pipe, and closes it at its end. */
static void drain(int *end, struct dyn_buf *stream) {
  char chunk[CHUNK_BYTES];
  while (*end >= 0 && !stream->error) {
    ssize_t length = read(*end, chunk, sizeof chunk);
    if (length > 0) {
      dyn_buf_append(stream, chunk, (size_t)length);
    } else if (length == 0 || (errno != EINTR && errno != EAGAIN)) {
      close_end(end);
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

/* Waits until a pipe has something, but no longer than `wait_ms`, and reads it. */
static void collect(struct dyn_child *child, int wait_ms) {
  struct pollfd waiting[DYN_CHILD_PIPES];
  for (int i = 0; i < DYN_CHILD_PIPES; i++) {
    waiting[i] = (struct pollfd){child->pipes[i], POLLIN, 0}; /* -1 is passed over */
  }
  if (poll(waiting, DYN_CHILD_PIPES, wait_ms) <= 0) return;
  for (int i = 0; i < DYN_CHILD_PIPES; i++) drain(&child->pipes[i], &child->streams[i]);
}

static bool all_closed(const struct dyn_child *child) {
  for (int i = 0; i < DYN_CHILD_PIPES; i++) {
    if (child->pipes[i] >= 0) return false;
  }
  return true;
}

/* The first error of a stream, DYN_OK if there is none. */
static enum dyn_status stream_error(const struct dyn_child *child) {
  for (int i = 0; i < DYN_CHILD_PIPES; i++) {
    if (child->streams[i].error) return child->streams[i].error;
  }
  return DYN_OK;
}

/* How long to wait for output at most before the next look at the child. */
static int pause_ms(const struct dyn_child *child, int64_t left_ms) {
  int64_t pause = all_closed(child) ? CLOSING_MS : RUNNING_MS;
  return (int)(left_ms < pause ? left_ms : pause);
}

/* What became of a child that has ended and whose output was read. */
static enum dyn_child_end end_of(struct dyn_child *child) {
  const struct dyn_buf *report = &child->streams[DYN_CHILD_ERRNO];
  if (report->length == sizeof child->system_error) {
    memcpy(&child->system_error, report->data, sizeof child->system_error);
    return DYN_CHILD_NOT_STARTED;
  }
  return child->status >= 0 ? DYN_CHILD_EXITED : DYN_CHILD_LOST;
}

/* Reads until the child has ended and its output is closed, or a limit is met. The child is asked
 * first: what it wrote before its end is then there to be read. */
static enum dyn_child_end follow(struct dyn_child *child, int64_t deadline_ms) {
  bool ended = false;
  for (;;) {
    int64_t now = now_ms();
    if (!ended && reap(child)) {
      ended = true;
      if (deadline_ms > now + LINGER_MS) deadline_ms = now + LINGER_MS;
    }
    int64_t left_ms = deadline_ms > now ? deadline_ms - now : 0;
    collect(child, pause_ms(child, left_ms));
    enum dyn_status error = stream_error(child);
    if (error) return error == DYN_ERR_TOO_LARGE ? DYN_CHILD_TOO_LARGE : DYN_CHILD_NO_MEMORY;
    if (ended && (all_closed(child) || left_ms == 0)) return end_of(child);
    if (left_ms == 0) return DYN_CHILD_TIMED_OUT;
  }
}

/* Kills the child with its group, if it still runs, and reaps it. */
static void stop(struct dyn_child *child) {
  if (child->process == 0) return;
  kill(-child->process, SIGKILL);
  int64_t deadline_ms = now_ms() + REAP_MS;
  while (!reap(child) && now_ms() < deadline_ms) (void)poll(NULL, 0, CLOSING_MS);
  child->process = 0;
}

/* SIGCHLD waits meanwhile, as in system(3): a handler of the host, such as nginx's, that reaps
 * whatever child has ended would take ours. */
enum dyn_child_end dyn_child_run(struct dyn_child *child, char *const argv[], int timeout_ms) {
  sigset_t child_signal, before;
  sigemptyset(&child_signal);
  sigaddset(&child_signal, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &child_signal, &before);
  enum dyn_child_end end = DYN_CHILD_NOT_STARTED;
  if (start(child, argv)) {
    end = follow(child, now_ms() + timeout_ms);
  } else {
    child->system_error = errno;
  }
  stop(child);
  for (int i = 0; i < DYN_CHILD_PIPES; i++) close_end(&child->pipes[i]);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return end;
}
