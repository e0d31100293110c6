/* Runs a function once for each of its allocations, each time with that one failing: every step
 * says what it says with memory enough, or SIP_ENOMEM, and nothing is left allocated. */
#ifndef OOM_SWEEP_H
#define OOM_SWEEP_H

#include <sip/base.h>

typedef struct oom_log oom_log;

/* What is swept: does its steps with `allocator` and tells `log` of each. */
typedef void (*oom_run)(const sip_allocator *allocator, oom_log *log, const void *subject);

/* A step was done: `name` and `n` say which, once in a run; `err` and `text` what came of it. */
void oom_step(oom_log *log, const char *name, size_t n, int err, sip_str text);

/* Sweep one subject; says what is wrong and ends the process if anything is. Returns the number of
 * runs. */
size_t oom_sweep(const char *name, oom_run run, const void *subject);

#endif
