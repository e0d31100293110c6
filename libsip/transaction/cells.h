/* How often each cell of the machines' tables was entered, for tests that must have reached them
 * all. Without a test nothing is counted: layer->cells is NULL. */
#ifndef SIP_TRANSACTION_CELLS_H
#define SIP_TRANSACTION_CELLS_H

#include <stddef.h>
#include <stdint.h>

typedef enum sip__machine {
    SIP__MACHINE_ICT,
    SIP__MACHINE_NICT,
    SIP__MACHINE_IST,
    SIP__MACHINE_NIST,
    SIP__MACHINES
} sip__machine;

#define SIP__CELL_STATES 8
#define SIP__CELL_EVENTS 12

typedef struct sip__cells {
    uint64_t count[SIP__MACHINES][SIP__CELL_STATES][SIP__CELL_EVENTS];
} sip__cells;

static inline void sip__cells_note(sip__cells *cells, sip__machine machine, unsigned state,
                                   unsigned event)
{
    if (cells != NULL) {
        cells->count[machine][state][event]++;
    }
}

#endif
