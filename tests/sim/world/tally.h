/* How often everything has happened in all worlds together; what never did fails the run. */
#ifndef TALLY_H
#define TALLY_H

#include "sim/world/audit.h"
#include "transaction/cells.h"

#define TALLY_ROWS 64

typedef struct tally {
    uint64_t seeds, messages;
    sip__cells cells;
    uint64_t rules[RULES];
    uint64_t deeds[TALLY_ROWS], mishaps[TALLY_ROWS];
    sip_sim_faults faults;
    uint64_t turned_away; /* requests at hosts that were full */
} tally;

void tally_add_faults(tally *it, const sip_sim_faults *faults);
void tally_print(const tally *it);
/* How many of what should have happened never did; prints them. */
unsigned tally_missing(const tally *it);

#endif
