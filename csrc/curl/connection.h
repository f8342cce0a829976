/* SPDX-License-Identifier: MIT */
#ifndef DYN_CONNECTION_H
#define DYN_CONNECTION_H

#include "message.h"

/* Connections that libcurl makes: names, TCP, TLS with verification, proxies. What goes over them
 * is the caller's. No call waits but
 * dyn_connection_wait.
 * 1. The caller provides a dialler and dyn_dialler_init makes it an empty one, which
 *    dyn_dialler_close accepts; dyn_dialler_open acquires what libcurl needs.
 * 2. dyn_connection_new begins to connect. dyn_connection_advance goes on with that, until the
 *    state is another.
 * 3. dyn_connection_send and dyn_connection_receive carry bytes over one that is ready.
 * 4. dyn_connection_destroy closes it; dyn_dialler_close comes after all connections. */

struct dyn_dialler {
  void *multi;   /* a CURLM, NULL while empty or closed */
  void *share;   /* a CURLSH: TLS sessions to take up again */
  char *ca_file; /* the only authorities trusted; NULL: the system's */
};

/* Where to, "http://host:port", and through which proxy, "" for none. NUL-terminated. */
struct dyn_target {
  struct dyn_slice url, proxy;
};

enum dyn_connection_state {
  DYN_CONNECTION_CONNECTING,
  DYN_CONNECTION_READY,
  DYN_CONNECTION_FAILED
};

/* What somebody waits for before going on. */
struct dyn_wait {
  int fd; /* -1: for nothing but time */
  bool to_write;
  int most_ms;
};

enum dyn_transfer {
  DYN_TRANSFER_DONE,  /* some bytes at least */
  DYN_TRANSFER_WAITS, /* none now */
  DYN_TRANSFER_CLOSED,
  DYN_TRANSFER_BROKEN
};

struct dyn_connection {
  struct dyn_connection *next; /* the owner's */
  bool is_idle;                /* the owner's, as the times on its clock */
  double opened_s, used_s;
  struct dyn_dialler *dialler;
  void *easy; /* a CURL */
  enum dyn_connection_state state;
  int socket;           /* once it is ready */
  int tried[2];         /* the last sockets opened for it, the newest first; -1: none */
  int curl_code;        /* of a failure */
  char error_text[256]; /* CURL_ERROR_SIZE: libcurl's words about a failure */
  size_t url_length, proxy_length;
  char target[]; /* the URL, a NUL, the proxy, a NUL */
};

/* Initialises libcurl once in this process. False if it cannot be. */
bool dyn_connection_global_init(void);

/* The version of the libcurl in use, which may be older than the one this was built with, and the
 * least that will do: 0xXXYYZZ. */
unsigned dyn_connection_version_number(void);
unsigned dyn_connection_min_version(void);

/* The name and version of libcurl and its TLS library. */
const char *dyn_connection_version(void);

void dyn_dialler_init(struct dyn_dialler *dialler);

/* Acquires libcurl's handle. False if there is no memory; the dialler is then closed. */
bool dyn_dialler_open(struct dyn_dialler *dialler, const char *ca_file);

void dyn_dialler_close(struct dyn_dialler *dialler);

/* In a child process, after all connections were abandoned: makes it as it was opened. False if
 * there is no memory; the dialler is then closed. */
bool dyn_dialler_renew(struct dyn_dialler *dialler);

/* Begins to connect. NULL if there is no memory, or libcurl lacks an option that is relied on. */
struct dyn_connection *dyn_connection_new(struct dyn_dialler *dialler,
                                          const struct dyn_target *target, long timeout_ms);

void dyn_connection_destroy(struct dyn_connection *connection);

bool dyn_connection_leads_to(const struct dyn_connection *connection,
                             const struct dyn_target *target);

/* Goes on connecting. */
void dyn_connection_advance(struct dyn_connection *connection);

/* Returns what to wait for before going on connecting, so many milliseconds at most. */
struct dyn_wait dyn_connection_next(const struct dyn_connection *connection, int most_ms);

/* Waits for all that libcurl waits for while it connects, so many milliseconds at most. Returns
 * whether SIGINT came: see dyn_interrupt_poll. */
bool dyn_connection_wait(const struct dyn_connection *connection, int most_ms, bool hand_on);

/* Why it failed to connect: the text is the connection's. */
struct dyn_failure dyn_connection_failure(const struct dyn_connection *connection);

enum dyn_transfer dyn_connection_send(struct dyn_connection *connection, struct dyn_slice bytes,
                                      size_t *sent);
enum dyn_transfer dyn_connection_receive(struct dyn_connection *connection, char *room, size_t size,
                                         size_t *received);

/* In a child process: lets go of it without a byte being written to it. */
void dyn_connection_abandon(struct dyn_connection *connection);

#endif
