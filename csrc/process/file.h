/* SPDX-License-Identifier: MIT */
#ifndef DYN_FILE_H
#define DYN_FILE_H

#include "buf.h"

#include <stdbool.h>
#include <stdio.h>

/* Small regular files, read without ever waiting and written without ever being half there. Each
 * function returns NULL, or what went wrong as a text that is valid until the next call of
 * strerror. */

struct dyn_file_facts {
  bool is_regular;      /* there is a regular file, whether or not it can be read */
  unsigned permissions; /* as of chmod; 0 for what is no regular file */
};

/* Appends what the file holds to `out`, whose ceiling is the most it may hold. A pipe, a folder or
 * a device is refused at once: reading one could wait for ever. The facts are filled in always. */
const char *dyn_file_read(const char *path, struct dyn_buf *out, struct dyn_file_facts *facts);

/* Makes `text` the content of the file, readable by its owner alone: written beside it under
 * another name, flushed to the disk and renamed over it. After a failure the old file is as it was
 * and the new one gone. `name` is memory for that other name. */
const char *dyn_file_write(const char *path, struct dyn_slice text, struct dyn_buf *name);

/* Whether an open file is a terminal. */
bool dyn_file_is_terminal(FILE *file);

#endif
