#include "sim/world/tally.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/world/deeds.h"
#include "sim/world/tables.h"

#define FAULTS 10

/* The counts as rows, so that adding, printing and looking for zeros are one loop each. */
static void rows_of(const sip_sim_faults *faults, uint64_t out[FAULTS])
{
    const uint64_t rows[FAULTS] = {
        faults->lost,   faults->doubled, faults->chosen, faults->held_back,  faults->overtaken,
        faults->barred, faults->refused, faults->broken, faults->slow_names, faults->failed_names};

    for (size_t i = 0; i < FAULTS; i++) {
        out[i] = rows[i];
    }
}

static const char *const fault_names[FAULTS] = {
    "lost by chance", "doubled",      "lost by choice",     "held back",  "overtaken",
    "barred",         "nobody there", "broken connections", "slow names", "failed names"};

void tally_add_faults(tally *it, const sip_sim_faults *faults)
{
    sip_sim_faults *sum = &it->faults;

    sum->lost += faults->lost;
    sum->doubled += faults->doubled;
    sum->chosen += faults->chosen;
    sum->held_back += faults->held_back;
    sum->overtaken += faults->overtaken;
    sum->barred += faults->barred;
    sum->refused += faults->refused;
    sum->broken += faults->broken;
    sum->slow_names += faults->slow_names;
    sum->failed_names += faults->failed_names;
}

static void row(const char *name, uint64_t count)
{
    printf("  %-64s %14" PRIu64 "\n", name, count);
}

/* Every cell that can be reached, and each that was entered although it has no effect. */
static unsigned walk_cells(const tally *it, bool prints)
{
    unsigned missing = 0;
    char name[80];

    for (unsigned m = 0; m < SIP__MACHINES; m++) {
        for (unsigned s = 0; s < SIP__CELL_STATES; s++) {
            for (unsigned e = 0; e < SIP__CELL_EVENTS; e++) {
                bool is_legal = tables_has_cell((sip__machine)m, s, e);
                uint64_t count = it->cells.count[m][s][e];

                tables_cell_name((sip__machine)m, s, e, name, sizeof name);
                if (prints && is_legal) {
                    row(name, count);
                } else if (prints && count > 0) {
                    printf("  %-46s without effect   %14" PRIu64 "\n", name, count);
                } else if (!prints && is_legal && count == 0) {
                    printf("never reached: %s\n", name);
                    missing++;
                }
            }
        }
    }
    return missing;
}

void tally_print(const tally *it)
{
    uint64_t faults[FAULTS];

    printf("cells of the machines\n");
    (void)walk_cells(it, true);
    printf("operations\n");
    for (size_t i = 0; i < n_deeds; i++) {
        row(deeds[i].name, it->deeds[i]);
    }
    printf("mishaps\n");
    for (size_t i = 0; i < n_mishaps; i++) {
        row(mishaps[i].name, it->mishaps[i]);
    }
    printf("faults\n");
    rows_of(&it->faults, faults);
    for (size_t i = 0; i < FAULTS; i++) {
        row(fault_names[i], faults[i]);
    }
    row("turned away by full hosts", it->turned_away);
    printf("invariants checked\n");
    for (size_t i = 0; i < RULES; i++) {
        row(rule_names[i], it->rules[i]);
    }
}

static unsigned complain(const char *name, uint64_t count)
{
    if (count > 0) {
        return 0;
    }
    printf("never happened: %s\n", name);
    return 1;
}

unsigned tally_missing(const tally *it)
{
    unsigned missing = walk_cells(it, false);
    uint64_t faults[FAULTS];

    rows_of(&it->faults, faults);
    for (size_t i = 0; i < n_deeds; i++) {
        missing += complain(deeds[i].name, it->deeds[i]);
    }
    for (size_t i = 0; i < n_mishaps; i++) {
        missing += complain(mishaps[i].name, it->mishaps[i]);
    }
    for (size_t i = 0; i < FAULTS; i++) {
        missing += complain(fault_names[i], faults[i]);
    }
    missing += complain("turned away by full hosts", it->turned_away);
    for (size_t i = 0; i < RULES; i++) {
        missing += complain(rule_names[i], it->rules[i]);
    }
    return missing;
}
