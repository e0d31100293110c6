/* What is done in a generated world, and what befalls it. */
#ifndef DEEDS_H
#define DEEDS_H

#include "sim/world/globe.h"

typedef struct deed {
    const char *name;
    unsigned weight;
    void (*fn)(globe *it);
} deed;

extern const deed deeds[];
extern const size_t n_deeds;
extern const deed mishaps[];
extern const size_t n_mishaps;

/* One of a table, by weight. @return its index */
size_t deed_choose(globe *it, const deed *table, size_t n);

#endif
