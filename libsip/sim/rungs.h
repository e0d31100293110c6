/* The ladder of a simulation as lines of text: "alice -> bob INVITE sdp\n". */
#ifndef SIP_SIM_RUNGS_H
#define SIP_SIM_RUNGS_H

#include <sip/containers.h>
#include <sip/msg.h>

#define SIP__SUMMARY_BYTES 32

typedef struct sip__rungs {
    const sip_allocator *allocator;
    sip_list lines; /* struct rung, in the order of sending */
    sip_map seen;   /* the same, by what was sent from whom to whom */
    char *text;     /* what was last given out */
    bool incomplete;
} sip__rungs;

/* @return 0 or SIP_ENOMEM */
int sip__rungs_init(sip__rungs *rungs, const sip_allocator *allocator, const sip_random *random);
void sip__rungs_finish(sip__rungs *rungs);
/* What a message is called on a ladder: method or status, and whether it carries SDP; "?" if it is
 * no SIP. @return false for a keep-alive */
bool sip__rungs_summary(const sip_allocator *allocator, sip_str bytes,
                        char out[SIP__SUMMARY_BYTES]);
/* Note one message. `arrow` is "->" or "<-"; without memory the ladder says that it is incomplete.
 */
void sip__rungs_add(sip__rungs *rungs, const char *left, const char *arrow, const char *right,
                    const char *summary, sip_str bytes);
/* All lines, or (first_only) none that repeats an earlier one. Never NULL; valid until the next
 * call. */
const char *sip__rungs_text(sip__rungs *rungs, bool first_only);
/* NULL if that is `expected`, else a text with the first difference, both ladders and the seed. */
const char *sip__rungs_diff(sip__rungs *rungs, bool first_only, const char *expected,
                            uint64_t seed);

#endif
