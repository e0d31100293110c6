/* Merged requests (RFC 3261 8.2.2.2): the same request forked on its way and come along two of its
 * branches is taken once. */
#ifndef SIP_TRANSACTION_MERGED_H
#define SIP_TRANSACTION_MERGED_H

#include "base/pool.h"
#include <sip/containers.h>
#include <sip/msg.h>

/* The requests whose transactions are under way, by what two copies share. */
typedef struct sip__merged {
    sip__pool notes;
    sip_map map;
} sip__merged;

typedef struct sip__merged_note sip__merged_note;

/* @return 0 or SIP_ENOMEM */
int sip__merged_init(sip__merged *merged, const sip_allocator *allocator, const sip_random *random);
/* Takes a zeroed one. */
void sip__merged_finish(sip__merged *merged);
/* Remember a request to `user`, of whom there may be several, until its note is dropped; NULL for
 * one that is in a dialog, and without memory.
 * @param ret_is_copy  another copy of it is remembered: this one is merged, and not remembered */
sip__merged_note *sip__merged_add(sip__merged *merged, const void *user, const sip_msg *request,
                                  bool *ret_is_copy);
/* NULL is fine. */
void sip__merged_drop(sip__merged *merged, sip__merged_note *note);

#endif
