/* SPDX-License-Identifier: MIT */
#ifndef DYN_SOCKETS_H
#define DYN_SOCKETS_H

/* The sockets a libcurl handle has open, so that one that must not be used again can be severed
 * under its hands: libcurl keeps idle connections out of reach. */
enum { DYN_SOCKETS_MAX = 16 /* libcurl keeps 5 connections and tries 2 addresses at once */ };

struct dyn_sockets {
  int open[DYN_SOCKETS_MAX]; /* -1 in free places */
};

void dyn_sockets_init(struct dyn_sockets *sockets);

/* Opens a socket, closed on exec, and notes it. Returns -1 if there is none to be had. */
int dyn_sockets_open(struct dyn_sockets *sockets, int domain, int type, int protocol);

/* Closes a socket of dyn_sockets_open. One that was severed is no longer libcurl's number: then
 * nothing is closed. Returns what close(2) does. */
int dyn_sockets_close(struct dyn_sockets *sockets, int socket);

/* Severs idle connections on which bytes wait, or that the peer has closed. Those bytes answer no
 * request of ours; read, they would be taken for the answer to the next one. libcurl 7.88 reuses
 * such a connection, and one over TLS whose peer has said goodbye. */
void dyn_sockets_sever_unquiet(struct dyn_sockets *sockets);

/* In a child process: lets go of the parent's connections without a byte being written to them. */
void dyn_sockets_sever_all(struct dyn_sockets *sockets);

#endif
