/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "waits.h"

#include "interrupt.h"

#include <limits.h>
#include <math.h>
#include <time.h>

static double now(void) {
  struct timespec time = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void dyn_waits_init(struct dyn_waits *waits, size_t max_waits) {
  dyn_buf_init(&waits->files, (max_waits + 1) * sizeof(struct pollfd));
  dyn_buf_init(&waits->entries, max_waits * sizeof(struct dyn_wait));
  waits->next = 0;
  waits->polled_at = 0;
}

void dyn_waits_clean_up(struct dyn_waits *waits) {
  dyn_buf_clean_up(&waits->files);
  dyn_buf_clean_up(&waits->entries);
  waits->next = 0;
}

static size_t count_of(const struct dyn_waits *waits) {
  return waits->entries.length / sizeof(struct dyn_wait);
}

static struct dyn_wait *entry_at(const struct dyn_waits *waits, size_t index) {
  return (struct dyn_wait *)(void *)waits->entries.data + index;
}

/* The file of entry `index` is at index + 1. */
static struct pollfd *file_at(const struct dyn_waits *waits, size_t index) {
  return (struct pollfd *)(void *)waits->files.data + index;
}

static void append(struct dyn_buf *buf, const void *record, size_t size) {
  dyn_buf_append(buf, record, size);
}

/* The first file is there before any wait is. */
static bool make_first(struct dyn_waits *waits) {
  struct pollfd none = {-1, 0, 0};
  if (waits->files.length == 0) append(&waits->files, &none, sizeof none);
  return !waits->files.error;
}

bool dyn_waits_add(struct dyn_waits *waits, int64_t number, int fd, short events, double seconds) {
  struct pollfd file = {fd, events, 0};
  struct dyn_wait wait = {number, now() + seconds};
  size_t files = sizeof file * (count_of(waits) + 1);
  if (!make_first(waits)) return false;
  append(&waits->files, &file, sizeof file);
  if (waits->files.error) return false;
  append(&waits->entries, &wait, sizeof wait);
  if (waits->entries.error) dyn_buf_truncate(&waits->files, files);
  return !waits->entries.error;
}

/* Takes the entry out; the last one has its place then. */
static void drop(struct dyn_waits *waits, size_t index) {
  size_t last = count_of(waits) - 1;
  *entry_at(waits, index) = *entry_at(waits, last);
  *file_at(waits, index + 1) = *file_at(waits, last + 1);
  dyn_buf_truncate(&waits->entries, last * sizeof(struct dyn_wait));
  dyn_buf_truncate(&waits->files, (last + 1) * sizeof(struct pollfd));
}

/* From the end, so that what dyn_waits_take has not looked at stays below `next`. */
void dyn_waits_remove(struct dyn_waits *waits, int64_t number) {
  for (size_t i = count_of(waits); i-- > 0;) {
    if (entry_at(waits, i)->number != number) continue;
    drop(waits, i);
    if (waits->next > count_of(waits)) waits->next = count_of(waits);
    return;
  }
}

/* What poll(2) takes for a wait until then: milliseconds, rounded up; -1: for ever. */
static int milliseconds_to(double until) {
  if (until == INFINITY) return -1;
  double left = (until - now()) * 1000;
  if (left <= 0) return 0;
  if (left >= INT_MAX) return INT_MAX;
  return (int)left + ((int)left < left);
}

/* Until the first of all times. */
static int timeout_of(const struct dyn_waits *waits) {
  double until = INFINITY;
  for (size_t i = 0; i < count_of(waits); i++) {
    if (entry_at(waits, i)->until < until) until = entry_at(waits, i)->until;
  }
  return milliseconds_to(until);
}

bool dyn_waits_poll(struct dyn_waits *waits, bool block, bool hand_on) {
  if (!make_first(waits)) return false;
  size_t count = count_of(waits);
  for (size_t i = 1; i <= count; i++) file_at(waits, i)->revents = 0;
  int timeout_ms = block ? timeout_of(waits) : 0;
  bool interrupted = dyn_interrupt_poll(file_at(waits, 0), count + 1, timeout_ms, hand_on);
  waits->next = count;
  waits->polled_at = now();
  return interrupted;
}

bool dyn_waits_take(struct dyn_waits *waits, int64_t *number) {
  while (waits->next > 0) {
    size_t index = --waits->next;
    const struct dyn_wait *wait = entry_at(waits, index);
    if (file_at(waits, index + 1)->revents == 0 && wait->until > waits->polled_at) continue;
    *number = wait->number;
    drop(waits, index);
    return true;
  }
  return false;
}

bool dyn_waits_one(int fd, short events, double seconds, bool hand_on) {
  struct pollfd files[2] = {{-1, 0, 0}, {fd, events, 0}};
  double until = now() + seconds;
  bool interrupted = false;
  while (!interrupted && files[1].revents == 0 && now() < until) {
    interrupted = dyn_interrupt_poll(files, 2, milliseconds_to(until), hand_on);
  }
  return interrupted;
}
