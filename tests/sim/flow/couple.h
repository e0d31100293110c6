/* Alice and bob: two managers on a good network, for the flows of requests outside dialogs. */
#ifndef COUPLE_H
#define COUPLE_H

#include <dum/dum.h>
#include <sip/sim.h>

typedef struct couple {
    sip_sim *sim;
    sip_stack *alice_stack, *bob_stack;
    dum_manager *alice, *bob;
    dum_profile *profile; /* alice's */
} couple;

/* `aor` is alice's. */
void couple_init(couple *two, const char *aor);
/* Lets everything come to its end, sees that nothing is left, and destroys the world. */
void couple_finish(couple *two);

#endif
