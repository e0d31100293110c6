/* The grammar of RFC 8866 9 as strict rules want it: what each line may be, and their order. */
#ifndef SIP_BODY_SDP_GRAMMAR_H
#define SIP_BODY_SDP_GRAMMAR_H

#include <sip/sdp.h>

/** Where in the order of its level a reading is. */
struct sip__sdp_order {
    bool in_media;
    char last; /**< the line before, of this level; 0: none */
};

/** True if a line of this type may come now; moves on to it. */
bool sip__sdp_order_step(struct sip__sdp_order *order, char type);
/** True if the value is one that the grammar lets such a line have. */
bool sip__sdp_value_is_strict(const sip_sdp_line *line);
/** The names of a line's rule and of its section, for errors. */
void sip__sdp_rule_of(char type, const char **ret_rule, const char **ret_section);

#endif
