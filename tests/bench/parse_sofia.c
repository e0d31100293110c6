/* sofia-sip: a datagram is received into the message's own buffer, msg_extract() parses it (tport),
 * then nta asks for errors and for sip_sanity_check() before it looks for a transaction. */
#include "parse_main.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>

void parse_setup(void)
{
    su_init();
}

static bool read_values(const sip_t *sip, struct values *values)
{
    if (sip->sip_contact == NULL || sip->sip_content_length == NULL) {
        return false;
    }
    values->from_tag = text_of(sip->sip_from->a_tag);
    values->to_user = text_of(sip->sip_to->a_url->url_user);
    values->to_host = text_of(sip->sip_to->a_url->url_host);
    values->call_id = text_of(sip->sip_call_id->i_id);
    values->cseq_number = sip->sip_cseq->cs_seq;
    values->cseq_method = text_of(sip->sip_cseq->cs_method_name);
    values->branch = text_of(sip->sip_via->v_branch);
    values->contact_host = text_of(sip->sip_contact->m_url->url_host);
    values->content_length = (uint32_t)sip->sip_content_length->l_length;
    return true;
}

static bool receive(msg_t *msg, const char *bytes, size_t len)
{
    msg_iovec_t parts[4];
    const ssize_t n = msg_recv_iovec(msg, parts, 4, (usize_t)len, 1);
    size_t at = 0;

    for (ssize_t i = 0; i < n && at < len; i++) {
        const size_t part = parts[i].mv_len < len - at ? parts[i].mv_len : len - at;

        memcpy(parts[i].mv_base, bytes + at, part);
        at += part;
    }
    if (at < len) {
        return false;
    }
    msg_recv_commit(msg, (usize_t)len, 1);
    return msg_extract(msg) > 0;
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    msg_t *msg = msg_create(sip_default_mclass(), MSG_DO_CANONIC);
    const sip_t *sip = msg == NULL ? NULL : sip_object(msg);
    struct values values;
    const bool same = sip != NULL && receive(msg, bytes, len) && sip->sip_error == NULL &&
                      (sip->sip_flags & MSG_FLG_ERROR) == 0 && sip_sanity_check(sip) == 0 &&
                      read_values(sip, &values) && same_values(&values, wanted);

    msg_destroy(msg);
    return same;
}
