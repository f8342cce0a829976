/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 4096 };

/* --- reading ------------------------------------------------------------------------------ */

static void fill_in(struct dyn_file_facts *facts, const struct stat *status) {
  facts->is_regular = S_ISREG(status->st_mode);
  facts->permissions = facts->is_regular ? (unsigned)status->st_mode & 07777U : 0;
}

/* Returns NULL if the open file is one to be read to its end, or why it is none. */
static const char *refusal(int file, struct dyn_file_facts *facts) {
  struct stat status;
  if (fstat(file, &status) != 0) return strerror(errno);
  fill_in(facts, &status);
  if (S_ISDIR(status.st_mode)) return strerror(EISDIR);
  return facts->is_regular ? NULL : "not a regular file";
}

static const char *read_all(int file, struct dyn_buf *out) {
  char chunk[CHUNK_BYTES];
  ssize_t length;
  while ((length = read(file, chunk, sizeof chunk)) != 0) {
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return strerror(errno);
    dyn_buf_append(out, chunk, (size_t)length);
    if (out->error) return strerror(out->error == DYN_ERR_TOO_LARGE ? EFBIG : ENOMEM);
  }
  return NULL;
}

/* Returns why the file could not be opened, as errno says, and fills in what is known of it. */
static const char *not_opened(const char *path, struct dyn_file_facts *facts) {
  struct stat status;
  const char *problem = strerror(errno);
  if (stat(path, &status) == 0) fill_in(facts, &status);
  return problem;
}

const char *dyn_file_read(const char *path, struct dyn_buf *out, struct dyn_file_facts *facts) {
  *facts = (struct dyn_file_facts){0};
  int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) return not_opened(path, facts);
  const char *problem = refusal(file, facts);
  if (!problem) problem = read_all(file, out);
  close(file);
  return problem;
}

/* --- writing ------------------------------------------------------------------------------ */

static bool write_all(int file, struct dyn_slice text) {
  while (text.length > 0) {
    ssize_t written = write(file, text.data, text.length);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text = dyn_slice_of(text.data + written, text.length - (size_t)written);
  }
  return true;
}

/* Writes, flushes and closes the file. False leaves the reason in errno. */
static bool fill(int file, struct dyn_slice text) {
  bool filled = write_all(file, text) && fsync(file) == 0;
  int problem = errno;
  if (close(file) != 0 && filled) return false;
  errno = problem;
  return filled;
}

const char *dyn_file_write(const char *path, struct dyn_slice text, struct dyn_buf *name) {
  dyn_buf_append(name, path, strlen(path));
  dyn_buf_append(name, ".XXXXXX", sizeof ".XXXXXX");
  if (name->error) return strerror(ENAMETOOLONG);
  int file = mkstemp(name->data); /* for its owner alone */
  if (file < 0) return strerror(errno);
  (void)fcntl(file, F_SETFD, FD_CLOEXEC);
  if (fill(file, text) && rename(name->data, path) == 0) return NULL;
  const char *problem = strerror(errno);
  (void)unlink(name->data);
  return problem;
}

/* --- terminals ---------------------------------------------------------------------------- */

bool dyn_file_is_terminal(FILE *file) {
  return isatty(fileno(file)) == 1;
}
