/* SPDX-License-Identifier: MIT */
/* A Lua module that interrupts its process with SIGALRM, for process_spec.lua: start(microseconds)
 * and stop() -> how many signals came. The handler is installed without SA_RESTART, so that every
 * system call that can fail with EINTR does. */
#define _XOPEN_SOURCE 600
#include <lauxlib.h>
#include <signal.h>
#include <sys/time.h>

int luaopen_interrupts(lua_State *L);

static volatile sig_atomic_t count;

static void on_alarm(int number) {
  (void)number;
  count++;
}

static void every(long microseconds) {
  struct itimerval interval = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_REAL, &interval, NULL);
}

static int l_start(lua_State *L) {
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
  count = 0;
  every((long)luaL_checkinteger(L, 1));
  return 0;
}

static int l_stop(lua_State *L) {
  every(0);
  lua_pushinteger(L, count);
  return 1;
}

int luaopen_interrupts(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, l_start);
  lua_setfield(L, -2, "start");
  lua_pushcfunction(L, l_stop);
  lua_setfield(L, -2, "stop");
  return 1;
}
