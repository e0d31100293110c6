#include "oom_sweep.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/fail_alloc.h"

#define MAX_STEPS 16384
#define PRIME UINT64_C(1099511628211)

struct step {
    uint64_t key, sum;
    int err;
};

struct oom_log {
    const char *subject;
    size_t fail_at; /* 0: the run that tells what is right */
    size_t next;    /* where the step is looked for first */
    size_t n_steps;
    struct step steps[MAX_STEPS];
};

static _Noreturn void give_up(const oom_log *log, const char *what, const char *step, size_t n,
                              int err)
{
    fprintf(stderr, "%s, allocation %zu failing: %s: %s %zu: %d\n", log->subject, log->fail_at,
            what, step, n, err);
    exit(1);
}

static uint64_t add(uint64_t sum, sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        sum = (sum ^ (unsigned char)text.ptr[i]) * PRIME;
    }
    return (sum ^ text.len) * PRIME;
}

/* The step of the first run; steps that follow from one that failed are missing, so it may stand
 * further on. */
static const struct step *find(oom_log *log, uint64_t key)
{
    for (size_t i = 0; i < log->n_steps; i++) {
        const size_t at = (log->next + i) % log->n_steps;

        if (log->steps[at].key == key) {
            log->next = at + 1;
            return &log->steps[at];
        }
    }
    return NULL;
}

void oom_step(oom_log *log, const char *name, size_t n, int err, sip_str text)
{
    const struct step done = {
        .key = (add(1, sip_str_of(name)) ^ n) * PRIME, .sum = add(1, text), .err = err};
    const struct step *right;

    if (log->fail_at == 0) {
        if (log->n_steps == MAX_STEPS) {
            give_up(log, "too many steps", name, n, err);
        }
        log->steps[log->n_steps++] = done;
        return;
    }
    right = find(log, done.key);
    if (right == NULL) {
        give_up(log, "a step that is otherwise not done", name, n, err);
    } else if (err != SIP_ENOMEM && (err != right->err || done.sum != right->sum)) {
        give_up(log, err < 0 ? "another error" : "a wrong success", name, n, err);
    }
}

size_t oom_sweep(const char *name, oom_run run, const void *subject)
{
    static oom_log log;
    fail_alloc fail;

    log.subject = name;
    log.n_steps = 0;
    log.fail_at = 0;
    do {
        fail_alloc_init(&fail, log.fail_at);
        log.next = 0;
        run(&fail.allocator, &log, subject);
        if (fail.live != 0) {
            give_up(&log, "blocks are left", "", fail.live, 0);
        }
        log.fail_at++;
    } while (fail.failed || log.fail_at == 1);
    return log.fail_at;
}
