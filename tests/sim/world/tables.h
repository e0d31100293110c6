/* A look into the tables of a stack's transaction layer: the only place where the tests of
 * generated worlds see more than a user or the wire does. */
#ifndef TABLES_H
#define TABLES_H

#include "transaction/cells.h"
#include <sip/stack.h>

/* Have the machines' cells counted there. */
void tables_count_cells(sip_stack *stack, sip__cells *cells);
/* NULL if lists, maps and pools agree with each other; with `is_empty`, if there is nothing in
 * them. Else what is wrong. */
const char *tables_find_fault(sip_stack *stack, bool is_empty);
/* The first transaction that is left, in words. @return false: there is none */
bool tables_first_left(sip_stack *stack, char *out, size_t size);
/* True if a cell of a machine's table has an effect; false past its end. */
bool tables_has_cell(sip__machine machine, unsigned state, unsigned event);
/* What it is called: "INVITE client PROCEEDING / 2xx". */
void tables_cell_name(sip__machine machine, unsigned state, unsigned event, char *out, size_t size);

#endif
