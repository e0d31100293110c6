/* Generated worlds: in each, agents and proxies do two hundred things within an hour over a bad
 * network, and a witness looks whether transactions and forks keep the rules.
 *
 *     test_worlds [--seeds N] [--first N] [--seconds N [--least N]] [--seed N]
 *     [--quiet] [--trace]
 *
 * N seeds from the first on, or as many as there is time for, but the least number; --seed runs one
 * and prints its ladder if it fails. A failing seed ends the run. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/world/globe.h"

#define SAME_AGAIN 3

typedef struct choice {
    uint64_t seeds, least, first, seconds, seed;
    bool one, quiet, traces;
} choice;

static bool read_number(const char *text, uint64_t *ret_value)
{
    char *end;

    errno = 0;
    *ret_value = text == NULL ? 0 : strtoull(text, &end, 10);
    return text != NULL && errno == 0 && end != text && *end == '\0';
}

static bool read_choice(int argc, char **argv, choice *out)
{
    for (int i = 1; i < argc; i++) {
        uint64_t *value = NULL;

        if (strcmp(argv[i], "--quiet") == 0) {
            out->quiet = true;
            continue;
        }
        if (strcmp(argv[i], "--trace") == 0) {
            out->traces = true;
            continue;
        }
        if (strcmp(argv[i], "--seeds") == 0) {
            value = &out->seeds;
        } else if (strcmp(argv[i], "--least") == 0) {
            value = &out->least;
        } else if (strcmp(argv[i], "--first") == 0) {
            value = &out->first;
        } else if (strcmp(argv[i], "--seconds") == 0) {
            value = &out->seconds;
        } else if (strcmp(argv[i], "--seed") == 0) {
            value = &out->seed;
            out->one = true;
        }
        if (value == NULL || i + 1 == argc || !read_number(argv[++i], value)) {
            return false;
        }
    }
    return true;
}

static bool fail(globe *world, uint64_t seed)
{
    printf("FAILED seed %" PRIu64 ": %s\nreplay: ./dev test sim --seed %" PRIu64 "\n", seed,
           world->audit->failure, seed);
    fflush(stdout);
    /* Once more for the ladder, which is not kept in the first place. */
    if (globe_run(world, seed, true)) {
        printf("it does not fail again\n");
    }
    return false;
}

static bool run_seed(globe *world, uint64_t seed, bool again)
{
    uint64_t digest;

    if (!globe_run(world, seed, false)) {
        return fail(world, seed);
    }
    digest = world->audit->digest;
    if (!again) {
        return true;
    }
    if (!globe_run(world, seed, true) ||
        !audit_check(world->audit, RULE_SAME_AGAIN, digest == world->audit->digest, "seed %" PRIu64,
                     seed)) {
        printf("FAILED seed %" PRIu64 ": %s\n", seed, world->audit->failure);
        return false;
    }
    return true;
}

/* The end of a run of many seeds. */
static bool conclude(const choice *what, const tally *counts, clock_t began)
{
    double cpu_s = (double)(clock() - began) / CLOCKS_PER_SEC;
    unsigned missing = 0;

    if (!what->quiet) {
        tally_print(counts);
        missing = tally_missing(counts);
    }
    printf("%" PRIu64 " worlds, %" PRIu64 " messages, %.1f s of CPU, %.1f ms a world\n",
           counts->seeds, counts->messages, cpu_s, cpu_s * 1000 / (double)counts->seeds);
    return missing == 0;
}

static bool run(globe *world, const choice *what)
{
    clock_t began = clock();
    struct timespec start, now;

    (void)timespec_get(&start, TIME_UTC);
    for (uint64_t i = 0; i < what->seeds; i++) {
        if (!run_seed(world, what->first + i, i < SAME_AGAIN)) {
            return false;
        }
        (void)timespec_get(&now, TIME_UTC);
        if (what->seconds != 0 && i + 1 >= what->least &&
            (uint64_t)(now.tv_sec - start.tv_sec) >= what->seconds) {
            break;
        }
    }
    return conclude(what, world->tally, began);
}

int main(int argc, char **argv)
{
    choice what = {.seeds = 1000};
    globe *world = calloc(1, sizeof *world);
    tally *counts = calloc(1, sizeof *counts);
    audit *witness = calloc(1, sizeof *witness);
    bool fine;

    if (!read_choice(argc, argv, &what) || world == NULL || counts == NULL || witness == NULL) {
        fprintf(stderr,
                "usage: test_worlds [--seeds N] [--first N] [--seconds N] [--least N] [--seed N] "
                "[--quiet] [--trace]\n");
        return 2;
    }
    audit_init(witness, counts->rules);
    world->audit = witness;
    world->tally = counts;
    world->traces = what.traces;
    fine = what.one ? globe_run(world, what.seed, true) : run(world, &what);
    audit_finish(witness);
    free(witness);
    free(counts);
    free(world);
    return fine ? 0 : 1;
}
