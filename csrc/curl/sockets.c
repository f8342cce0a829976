/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "sockets.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

void dyn_sockets_init(struct dyn_sockets *sockets) {
  for (int i = 0; i < DYN_SOCKETS_MAX; i++) sockets->open[i] = -1;
}

static int *find(struct dyn_sockets *sockets, int socket) {
  for (int i = 0; i < DYN_SOCKETS_MAX; i++) {
    if (sockets->open[i] == socket) return &sockets->open[i];
  }
  return NULL;
}

int dyn_sockets_open(struct dyn_sockets *sockets, int domain, int type, int protocol) {
  int *place = find(sockets, -1);
  if (!place) return -1;
  *place = socket(domain, type, protocol);
  if (*place >= 0) (void)fcntl(*place, F_SETFD, FD_CLOEXEC);
  return *place;
}

int dyn_sockets_close(struct dyn_sockets *sockets, int socket) {
  int *place = find(sockets, socket);
  if (!place) return 0;
  *place = -1;
  return close(socket);
}

/* Puts a socket whose peer is gone in the place of one that libcurl holds: libcurl finds it dead,
 * and what it or TLS writes while closing it reaches nobody. Without a socket to spare it is closed
 * under libcurl's hands, and forgotten so that its number is not closed again. */
static void sever(int *place) {
  int pair[2] = {-1, -1};
  bool severed = socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && dup2(pair[0], *place) >= 0 &&
                 fcntl(*place, F_SETFD, FD_CLOEXEC) == 0; /* dup2 lost that */
  if (!severed) {
    close(*place);
    *place = -1;
  }
  for (int i = 0; i < 2; i++) {
    if (pair[i] >= 0) close(pair[i]);
  }
}

void dyn_sockets_sever_unquiet(struct dyn_sockets *sockets) {
  struct pollfd waiting[DYN_SOCKETS_MAX];
  for (int i = 0; i < DYN_SOCKETS_MAX; i++) {
    waiting[i] = (struct pollfd){sockets->open[i], POLLIN, 0}; /* -1 is passed over */
  }
  if (poll(waiting, DYN_SOCKETS_MAX, 0) <= 0) return;
  for (int i = 0; i < DYN_SOCKETS_MAX; i++) {
    if (waiting[i].revents) sever(&sockets->open[i]);
  }
}

void dyn_sockets_sever_all(struct dyn_sockets *sockets) {
  for (int i = 0; i < DYN_SOCKETS_MAX; i++) {
    if (sockets->open[i] >= 0) sever(&sockets->open[i]);
  }
}
