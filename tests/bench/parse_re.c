/* libre, which baresip stands on: its transports call sip_msg_decode() and then ask for the fields
 * that are essential before they hand the message to the transactions. */
#include "parse_main.h"

/* As the library was built: else it takes bool for a name of its own. */
#define HAVE_STDBOOL_H
#include <re.h>

void parse_setup(void)
{
    libre_init();
}

static struct text text(struct pl pl)
{
    return (struct text){pl.p, pl.l};
}

static bool is_whole(const struct sip_msg *msg)
{
    return pl_isset(&msg->to.auri) && pl_isset(&msg->from.auri) && pl_isset(&msg->cseq.met) &&
           pl_isset(&msg->callid) && pl_isset(&msg->via.branch);
}

static bool read_values(const struct sip_msg *msg, struct values *values)
{
    const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
    struct sip_addr address;

    if (contact == NULL || sip_addr_decode(&address, &contact->val) != 0) {
        return false;
    }
    values->from_tag = text(msg->from.tag);
    values->to_user = text(msg->to.uri.user);
    values->to_host = text(msg->to.uri.host);
    values->call_id = text(msg->callid);
    values->cseq_number = msg->cseq.num;
    values->cseq_method = text(msg->cseq.met);
    values->branch = text(msg->via.branch);
    values->contact_host = text(address.uri.host);
    values->content_length = pl_u32(&msg->clen);
    return true;
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    struct mbuf *mb = mbuf_alloc(len);
    struct sip_msg *msg = NULL;
    struct values values;
    bool same = false;

    if (mb != NULL && mbuf_write_mem(mb, (const uint8_t *)bytes, len) == 0) {
        mb->pos = 0;
        same = sip_msg_decode(&msg, mb) == 0 && is_whole(msg) && read_values(msg, &values) &&
               same_values(&values, wanted);
    }
    mem_deref(msg);
    mem_deref(mb);
    return same;
}
